import type { DialectName } from '../spec/stream-format.ts'
import type { Completion, Dialect, UsageRule } from './dialect.ts'
import { findAt, parsePath } from './path.ts'

const eventStream: readonly string[] = ['text/event-stream']
const keepAlives: readonly string[] = ['ping', 'keep-alive', 'keepalive', 'heartbeat']
const done: Completion = { kind: 'sentinel', data: '[DONE]' }
const openaiUsage: readonly UsageRule[] = [
  { promptTokens: 'usage.prompt_tokens', completionTokens: 'usage.completion_tokens' },
]

const openaiChat: Dialect = {
  name: 'openai-chat',
  framing: 'sse',
  contentTypes: eventStream,
  payload: 'json',
  content: [{ path: 'choices.*.delta.content' }, { path: 'choices.*.delta.refusal' }],
  reasoning: [
    { path: 'choices.*.delta.reasoning' },
    { path: 'choices.*.delta.reasoning_content' },
    { path: 'choices.*.delta.reasoning_details.*.text' },
  ],
  toolCalls: [
    { path: 'choices.*.delta.tool_calls.*.function.name' },
    { path: 'choices.*.delta.tool_calls.*.function.arguments' },
    { path: 'choices.*.delta.function_call.name' },
    { path: 'choices.*.delta.function_call.arguments' },
  ],
  tokenEvents: 'content',
  completion: [done],
  error: { events: ['error'], path: 'error' },
  usage: openaiUsage,
  ignoredEvents: keepAlives,
  sniff: { path: 'object', in: ['chat.completion.chunk'] },
}

const openaiCompletions: Dialect = {
  name: 'openai-completions',
  framing: 'sse',
  contentTypes: eventStream,
  payload: 'json',
  content: [{ path: 'choices.*.text' }],
  reasoning: [],
  toolCalls: [],
  tokenEvents: 'content',
  completion: [done],
  error: { events: ['error'], path: 'error' },
  usage: openaiUsage,
  ignoredEvents: keepAlives,
  sniff: { path: 'object', in: ['text_completion'] },
}

const dify: Dialect = {
  name: 'dify',
  framing: 'sse',
  contentTypes: eventStream,
  payload: 'json',
  eventNamePath: 'event',
  content: [
    { events: ['message', 'agent_message'], path: 'answer' },
    { events: ['text_chunk'], path: 'data.text' },
  ],
  reasoning: [{ events: ['reasoning_chunk'], path: 'data.reasoning' }],
  toolCalls: [],
  tokenEvents: 'content',
  completion: [{ kind: 'event', names: ['message_end', 'workflow_finished', 'workflow_paused'] }],
  error: {
    events: ['error'],
    status: {
      events: ['workflow_finished', 'node_finished'],
      path: 'data.status',
      values: ['failed'],
    },
    messagePath: 'data.error',
  },
  usage: [
    {
      promptTokens: 'metadata.usage.prompt_tokens',
      completionTokens: 'metadata.usage.completion_tokens',
    },
  ],
  ignoredEvents: keepAlives,
  sniff: {
    path: 'event',
    in: [
      'message',
      'agent_message',
      'agent_thought',
      'message_file',
      'message_end',
      'workflow_started',
      'workflow_finished',
      'workflow_paused',
      'node_started',
      'node_finished',
      'text_chunk',
      'reasoning_chunk',
      'iteration_started',
      'loop_started',
    ],
  },
}

const named: readonly Dialect[] = [openaiChat, openaiCompletions, dify]

/** A stream of a shape nobody described: text is looked for where the named dialects keep it. */
const unknownShape = {
  eventNamePath: 'event',
  content: named.flatMap(({ content }) => content),
  reasoning: named.flatMap(({ reasoning }) => reasoning),
  toolCalls: named.flatMap(({ toolCalls }) => toolCalls),
  tokenEvents: 'all',
  usage: [...openaiUsage, ...dify.usage],
  error: { ...dify.error, path: 'error' },
  ignoredEvents: keepAlives,
} as const

const sse: Dialect = {
  ...unknownShape,
  name: 'sse',
  framing: 'sse',
  contentTypes: eventStream,
  payload: 'text',
  completion: [done, { kind: 'event', names: ['workflow_finished'] }, { kind: 'eof' }],
}

const ndjson: Dialect = {
  ...unknownShape,
  name: 'ndjson',
  framing: 'ndjson',
  contentTypes: [
    'application/x-ndjson',
    'application/ndjson',
    'application/jsonl',
    'application/x-jsonl',
    'application/jsonlines',
    'application/x-jsonlines',
    'application/stream+json',
    'application/json',
  ],
  payload: 'json',
  completion: [{ kind: 'field', path: 'done', equals: true }, { kind: 'eof' }],
}

const raw: Dialect = {
  name: 'raw',
  framing: 'raw',
  contentTypes: [],
  payload: 'text',
  content: [],
  reasoning: [],
  toolCalls: [],
  tokenEvents: 'all',
  completion: [{ kind: 'eof' }],
  error: {},
  usage: [],
  ignoredEvents: [],
}

/** Every stream format there is. */
export const dialects: Readonly<Record<DialectName, Dialect>> = {
  'openai-chat': openaiChat,
  'openai-completions': openaiCompletions,
  dify,
  sse,
  ndjson,
  raw,
}

/** The named dialect that a payload belongs to; `undefined`: none that is known by its payload. */
export function sniffDialect(payload: unknown): Dialect | undefined {
  return named.find(({ sniff }) => sniff?.in.includes(findAt(payload, parsePath(sniff.path))))
}
