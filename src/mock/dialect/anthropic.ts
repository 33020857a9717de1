import { type Answer, type Block, explainFinish, findLastMs, listBlocks } from '../answer/answer.ts'
import type { Ask, Rendering } from '../answer/ask.ts'
import { keepKnown } from '../plan/known.ts'
import type { PlanEvent } from '../plan/plan.ts'
import type { Refusal } from '../plan/refusal.ts'
import { countPromptTokens } from '../plan/tokens.ts'
import {
  parseBody,
  readCount,
  readFlag,
  readMessages,
  readSampling,
  readSystem,
  refuse,
} from './body.ts'
import type { Dialect, Failure } from './dialect.ts'
import { frameEvent, insertPings, renderStream, renderWhole } from './framing.ts'

/** Anthropic's /v1/messages. */
export const anthropicDialect: Dialect = {
  name: 'anthropic',
  methods: ['POST'],
  key: { header: 'x-api-key' },
  readAsk,
  renderError: ({ status, message }: Refusal) => describe(status, message),
  renderFailure: ({ message }: Failure) =>
    `event: error\ndata: ${JSON.stringify(describe(500, message))}\n\n`,
  textKeys: ['text', 'thinking', 'partial_json'],
  usageKeys: { generated: ['output_tokens'], total: [] },
}

/** ms between two pings. */
const pingPeriod = 10_000

const errorTypes: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  529: 'overloaded_error',
}

function describe(status: number, message: string): object {
  const fallback = status < 500 ? 'invalid_request_error' : 'api_error'
  return { type: 'error', error: { type: errorTypes[status] ?? fallback, message } }
}

function readAsk(text: string): Ask {
  const body = parseBody(text)
  const prompt = `${readSystem(body['system'])}${readMessages(body, 'messages')}`
  const maxTokens = readCount(body, 'max_tokens', 1)
  if (maxTokens === undefined) refuse('max_tokens', 'given')
  const stream = readFlag(body, 'stream')
  return {
    ...readSampling(body),
    prompt,
    promptTokens: countPromptTokens(prompt),
    maxTokens,
    kinds: ['reasoning', 'tool_call'],
    render: (answer) => (stream ? renderEvents(answer) : renderMessage(answer)),
  }
}

function describeMessage(answer: Answer): Record<string, unknown> {
  return {
    id: `msg_${answer.ref}`,
    type: 'message',
    role: 'assistant',
    content: [],
    model: answer.model,
    stop_reason: null,
    stop_sequence: null,
  }
}

/** Of the prompt `input_tokens` counts what did not come from the cache. */
function renderUsage({ shape, promptTokens, cachedTokens }: Answer, outputTokens: number): object {
  const usage = {
    input_tokens: promptTokens - cachedTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: cachedTokens,
    output_tokens: outputTokens,
  }
  return keepKnown({ usage: shape.usage === 'never' ? undefined : usage })
}

function explainStop(answer: Answer): string {
  return { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' }[explainFinish(answer)]
}

function say(atMs: number, kind: PlanEvent['kind'], type: string, rest: object): PlanEvent {
  return frameEvent(atMs, kind, { type, ...rest }, { event: type })
}

/** message_start on admission, a block for each part of the answer, message_delta, message_stop. */
function renderEvents(answer: Answer): Rendering {
  const endAtMs = findLastMs(answer)
  // Its count of output tokens is what there is at the start.
  const message = { ...describeMessage(answer), ...renderUsage(answer, 1) }
  const events = [
    say(0, 'lifecycle', 'message_start', { message }),
    ...listBlocks(answer).flatMap((block, index) => renderBlock(block, index)),
    say(endAtMs, 'usage', 'message_delta', {
      delta: { stop_reason: explainStop(answer), stop_sequence: null },
      ...renderUsage(answer, answer.completionTokens),
    }),
    say(endAtMs, 'done', 'message_stop', {}),
  ]
  const ping = 'event: ping\ndata: {"type":"ping"}\n\n'
  return renderStream(insertPings(answer, events, pingPeriod, ping))
}

function renderBlock(block: Block, index: number): PlanEvent[] {
  const { kind, contents } = block
  const announce = (atMs: number, type: string, rest: object): PlanEvent =>
    say(atMs, 'lifecycle', type, { index, ...rest })
  const deltas = contents.map(({ atMs, text, tokens }) =>
    frameEvent(
      atMs,
      'content',
      { type: 'content_block_delta', index, delta: renderDelta(kind, text) },
      { event: 'content_block_delta', tokens, reasoning: kind === 'reasoning' },
    ),
  )
  const endAtMs = contents.at(-1)!.atMs
  const signature = { delta: { type: 'signature_delta', signature: 'bW9jaw==' } }
  return [
    announce(contents[0]!.atMs, 'content_block_start', { content_block: openBlock(block) }),
    ...deltas,
    ...(kind === 'reasoning' ? [announce(endAtMs, 'content_block_delta', signature)] : []),
    announce(endAtMs, 'content_block_stop', {}),
  ]
}

function openBlock({ kind, call }: Block): object {
  if (kind === 'reasoning') return { type: 'thinking', thinking: '', signature: '' }
  return call === undefined
    ? { type: 'text', text: '' }
    : { type: 'tool_use', id: call.id, name: call.name, input: {} }
}

function renderDelta(kind: Block['kind'], text: string): object {
  if (kind === 'reasoning') return { type: 'thinking_delta', thinking: text }
  return kind === 'text'
    ? { type: 'text_delta', text }
    : { type: 'input_json_delta', partial_json: text }
}

function renderMessage(answer: Answer): Rendering {
  const content = listBlocks(answer).map(({ kind, call, text }) => {
    if (kind === 'reasoning') return { type: 'thinking', thinking: text, signature: 'bW9jaw==' }
    return call === undefined
      ? { type: 'text', text }
      : { type: 'tool_use', id: call.id, name: call.name, input: JSON.parse(call.argumentsJson) }
  })
  const body = {
    ...describeMessage(answer),
    content,
    stop_reason: explainStop(answer),
    ...renderUsage(answer, answer.completionTokens),
  }
  return renderWhole(body, answer)
}
