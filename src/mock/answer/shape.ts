import type { DurationOption } from '../latency/distribution-option.ts'
import {
  type Fields,
  isFields,
  readChoice,
  readDuration,
  readFlag,
  readNumber,
  rejectUnknown,
  type Report,
} from '../plan/fields.ts'
import type { Profile } from './profile.ts'
import { readScript, type Script } from './stream-script.ts'
import type { TextKind } from './vocabulary.ts'

/** Options of what an answer consists of and how it is written. */
export interface ShapeOption {
  /**
   * What an answer says: `plain` by default; `tricky` has U+2028, U+2029 and U+0085, which end no line
   * of a stream, `data: ` and `[DONE]`.
   */
  text?: TextKind
  /** When the role chunk is sent: with the first content (default) or on admission. */
  role_chunk?: 'first_token' | 'accept'
  /** Usage in a stream: when asked for by stream_options (default), always, never. */
  usage?: 'asked' | 'always' | 'never'
  /** Whether the finish reason comes with the last content; by default as the profile does it. */
  finish_style?: 'merged' | 'separate'
  /** The first tokens of an answer are reasoning; `field`: its name in chat completions. */
  reasoning?: { tokens: number; field?: 'reasoning' | 'reasoning_content' | 'both' }
  /**
   * What follows the reasoning are tool calls, after so many tokens of text (0 by default). `hold`: each
   * is sent whole with its last token, as by a parser that waits for the end of a call.
   */
  tool_calls?: { count?: number; name?: string; after?: number; hold?: boolean }
  /** Time between the last content and the usage. */
  usage_delay?: DurationOption
  /** Time between the end of the answer and the end of the body. */
  close_delay?: DurationOption
  dify?: {
    /** What answers under /v1/chat-messages; `chatflow` by default. */
    app?: 'chat' | 'agent' | 'chatflow'
    /** Where the name of an event stands: in the JSON (default), on an `event:` line, in both. */
    event_name?: 'data' | 'field' | 'both'
    end_order?: 'workflow_finished_first' | 'message_end_first'
    /** 10 s by default. */
    ping_every?: DurationOption
  }
  /** File with what /stream/sse and /stream/ndjson send, as recorded. */
  script?: string
}

/** Times in ms, multiplied by `latency_factor`. */
export interface Shape {
  /** How chunks of OpenAI's formats are written: by the profile. */
  chunks: Profile['chunks']
  usageTotal: Profile['usageTotal']
  text: TextKind
  roleChunk: 'first_token' | 'accept'
  usage: 'asked' | 'always' | 'never'
  finishStyle: 'merged' | 'separate'
  reasoning: { tokens: number; field: 'reasoning' | 'reasoning_content' | 'both' }
  /** `undefined`: none. */
  toolCalls: { count: number; name: string; after: number; hold: boolean } | undefined
  usageDelay: number
  closeDelay: number
  dify: {
    app: 'chat' | 'agent' | 'chatflow'
    eventName: 'data' | 'field' | 'both'
    endOrder: 'workflow_finished_first' | 'message_end_first'
    pingEvery: number
  }
  script: Script | undefined
}

export const shapeKeys: readonly (keyof ShapeOption)[] = [
  'text',
  'role_chunk',
  'usage',
  'finish_style',
  'reasoning',
  'tool_calls',
  'usage_delay',
  'close_delay',
  'dify',
  'script',
]

export function readShape(
  report: Report,
  json: Fields,
  profile: Profile,
  latencyFactor: number,
): Shape {
  return {
    chunks: profile.chunks,
    usageTotal: profile.usageTotal,
    text: readChoice(report, 'text', json['text'], ['plain', 'tricky'], 'plain'),
    roleChunk: readChoice(
      report,
      'role_chunk',
      json['role_chunk'],
      ['first_token', 'accept'],
      'first_token',
    ),
    usage: readChoice(report, 'usage', json['usage'], ['asked', 'always', 'never'], 'asked'),
    finishStyle: readChoice(
      report,
      'finish_style',
      json['finish_style'],
      ['merged', 'separate'],
      profile.chunks === 'openai' ? 'separate' : 'merged',
    ),
    reasoning: readReasoning(report, json['reasoning']),
    toolCalls: readToolCalls(report, json['tool_calls']),
    usageDelay: readDuration(report, 'usage_delay', json['usage_delay'], 0) * latencyFactor,
    closeDelay: readDuration(report, 'close_delay', json['close_delay'], 0) * latencyFactor,
    dify: readDify(report, json['dify'], latencyFactor),
    script: readScript(report, json['script'], latencyFactor),
  }
}

function readReasoning(report: Report, value: unknown): Shape['reasoning'] {
  const fields = readBlock(report, 'reasoning', value, ['tokens', 'field'], '{ tokens: 20 }')
  const fallback = value === undefined ? 0 : 1
  if (value !== undefined && fields['tokens'] === undefined) {
    report('reasoning.tokens', 'a number of tokens', undefined, 'Write e.g. { tokens: 20 }')
  }
  return {
    tokens: readNumber(report, 'reasoning.tokens', fields['tokens'], places, fallback),
    field: readChoice(
      report,
      'reasoning.field',
      fields['field'],
      ['reasoning', 'reasoning_content', 'both'],
      'reasoning',
    ),
  }
}

function readToolCalls(report: Report, value: unknown): Shape['toolCalls'] {
  if (value === undefined) return undefined
  const known = ['count', 'name', 'after', 'hold']
  const fields = readBlock(report, 'tool_calls', value, known, '{ count: 1 }')
  const { name = 'get_weather' } = fields
  if (typeof name !== 'string' || !/^[\w-]{1,64}$/.test(name)) {
    report('tool_calls.name', 'the name of a function', name, 'Write e.g. get_weather')
  }
  return {
    count: readNumber(report, 'tool_calls.count', fields['count'], { whole: true, min: 1 }, 1),
    name: String(name),
    after: readNumber(report, 'tool_calls.after', fields['after'], places, 0),
    hold: readFlag(report, 'tool_calls.hold', fields['hold']),
  }
}

function readDify(report: Report, value: unknown, latencyFactor: number): Shape['dify'] {
  const known = ['app', 'event_name', 'end_order', 'ping_every']
  const fields = readBlock(report, 'dify', value, known, '{ app: chatflow }')
  return {
    app: readChoice(report, 'dify.app', fields['app'], ['chat', 'agent', 'chatflow'], 'chatflow'),
    eventName: readChoice(
      report,
      'dify.event_name',
      fields['event_name'],
      ['data', 'field', 'both'],
      'data',
    ),
    endOrder: readChoice(
      report,
      'dify.end_order',
      fields['end_order'],
      ['workflow_finished_first', 'message_end_first'],
      'workflow_finished_first',
    ),
    pingEvery:
      readDuration(report, 'dify.ping_every', fields['ping_every'], 10_000) * latencyFactor,
  }
}

const places = { whole: true, min: 0 }

function readBlock(
  report: Report,
  path: string,
  value: unknown,
  known: readonly string[],
  example: string,
): Fields {
  if (value === undefined) return {}
  if (!isFields(value)) {
    report(path, 'an object', value, `Write e.g. ${example}`)
    return {}
  }
  rejectUnknown(report, path, value, known)
  return value
}
