import type { DialectName } from '../bench-spec/stream-format.ts'
import type { Completion, Dialect, FinishRule, UsageRule } from './dialect.ts'

export const eventStream: readonly string[] = ['text/event-stream']
export const keepAlives: readonly string[] = ['ping', 'keep-alive', 'keepalive', 'heartbeat']
export const jsonLines: readonly string[] = [
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonl',
  'application/jsonlines',
  'application/x-jsonlines',
  'application/stream+json',
  'application/json',
]
export const done: Completion = { kind: 'sentinel', data: '[DONE]' }
export const openaiUsage: readonly UsageRule[] = [
  {
    promptTokens: 'usage.prompt_tokens',
    cachedTokens: 'usage.prompt_tokens_details.cached_tokens',
    completionTokens: 'usage.completion_tokens',
  },
]
const choicesFinish: FinishRule = { choices: 'choices', reason: 'finish_reason' }

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
  finish: choicesFinish,
  error: { events: ['error'], path: 'error' },
  usage: openaiUsage,
  ignoredEvents: keepAlives,
  // Azure begins with what its filters found in the prompt, an object without a name.
  signs: [{ path: 'object', in: ['chat.completion.chunk', ''] }, { path: 'choices' }],
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
  finish: choicesFinish,
  error: { events: ['error'], path: 'error' },
  usage: openaiUsage,
  ignoredEvents: keepAlives,
  signs: [{ path: 'object', in: ['text_completion'] }],
}

const openaiResponses: Dialect = {
  name: 'openai-responses',
  framing: 'sse',
  contentTypes: eventStream,
  payload: 'json',
  eventNamePath: 'type',
  content: [{ events: ['response.output_text.delta', 'response.refusal.delta'], path: 'delta' }],
  reasoning: [
    {
      events: ['response.reasoning_text.delta', 'response.reasoning_summary_text.delta'],
      path: 'delta',
    },
  ],
  toolCalls: [
    {
      events: [
        'response.function_call_arguments.delta',
        'response.custom_tool_call_input.delta',
        'response.mcp_call_arguments.delta',
      ],
      path: 'delta',
    },
  ],
  tokenEvents: 'content',
  completion: [{ kind: 'event', names: ['response.completed', 'response.incomplete'] }, done],
  error: {
    events: ['error', 'response.failed'],
    path: 'error',
    messagePath: 'response.error.message',
  },
  usage: [
    {
      events: ['response.completed', 'response.incomplete'],
      promptTokens: 'response.usage.input_tokens',
      cachedTokens: 'response.usage.input_tokens_details.cached_tokens',
      completionTokens: 'response.usage.output_tokens',
    },
  ],
  ignoredEvents: keepAlives,
  signs: [{ path: 'type', in: ['response.created', 'response.queued', 'response.in_progress'] }],
}

const anthropic: Dialect = {
  name: 'anthropic',
  framing: 'sse',
  contentTypes: eventStream,
  payload: 'json',
  eventNamePath: 'type',
  content: [{ events: ['content_block_delta'], path: 'delta.text' }],
  reasoning: [{ events: ['content_block_delta'], path: 'delta.thinking' }],
  toolCalls: [{ events: ['content_block_delta'], path: 'delta.partial_json' }],
  tokenEvents: 'content',
  completion: [{ kind: 'event', names: ['message_stop'] }],
  finish: { reason: 'delta.stop_reason' },
  error: { events: ['error'], path: 'error' },
  usage: [
    // Its output_tokens is only what was there at the start.
    {
      events: ['message_start'],
      // Behind the last breakpoint of the cache.
      promptTokens: 'message.usage.input_tokens',
      promptBesides: [
        'message.usage.cache_read_input_tokens',
        'message.usage.cache_creation_input_tokens',
      ],
      cachedTokens: 'message.usage.cache_read_input_tokens',
    },
    { events: ['message_delta'], completionTokens: 'usage.output_tokens' },
  ],
  ignoredEvents: keepAlives,
  // Not every server begins with the message.
  signs: [{ path: 'type', in: ['message_start', 'content_block_start'] }],
}

const gemini: Dialect = {
  name: 'gemini',
  framing: 'sse',
  arrays: true,
  contentTypes: [...eventStream, 'application/json'],
  payload: 'json',
  content: [
    { path: 'candidates.*.content.parts.*.text', where: { key: 'thought', equals: undefined } },
    { path: 'candidates.*.content.parts.*.text', where: { key: 'thought', equals: false } },
  ],
  reasoning: [
    { path: 'candidates.*.content.parts.*.text', where: { key: 'thought', equals: true } },
  ],
  toolCalls: [{ path: 'candidates.*.content.parts.*.functionCall.name' }],
  tokenEvents: 'content',
  completion: [{ kind: 'field', path: 'candidates.*.finishReason', untilEnd: true }],
  error: { events: ['error'], path: 'error' },
  usage: [
    {
      promptTokens: 'usageMetadata.promptTokenCount',
      cachedTokens: 'usageMetadata.cachedContentTokenCount',
      completionTokens: 'usageMetadata.candidatesTokenCount',
      reasoningTokens: 'usageMetadata.thoughtsTokenCount',
    },
  ],
  ignoredEvents: keepAlives,
  signs: [{ path: 'candidates' }],
}

const ollama: Dialect = {
  name: 'ollama',
  framing: 'ndjson',
  contentTypes: jsonLines,
  payload: 'json',
  content: [{ path: 'message.content' }, { path: 'response' }],
  reasoning: [{ path: 'message.thinking' }, { path: 'thinking' }],
  toolCalls: [{ path: 'message.tool_calls.*.function.name' }],
  tokenEvents: 'content',
  completion: [{ kind: 'field', path: 'done', equals: true }],
  error: { path: 'error' },
  usage: [{ promptTokens: 'prompt_eval_count', completionTokens: 'eval_count' }],
  ignoredEvents: [],
  signs: [{ path: 'model' }, { path: 'done', in: [true, false] }],
}

const tgi: Dialect = {
  name: 'tgi',
  framing: 'sse',
  contentTypes: eventStream,
  payload: 'json',
  content: [
    { path: 'token.text', where: { key: 'special', equals: false } },
    { path: 'token.text', where: { key: 'special', equals: undefined } },
  ],
  reasoning: [],
  toolCalls: [],
  tokenEvents: 'content',
  completion: [{ kind: 'field', path: 'generated_text' }],
  error: { events: ['error'], path: 'error' },
  usage: [{ promptTokens: 'details.input_length', completionTokens: 'details.generated_tokens' }],
  ignoredEvents: keepAlives,
  signs: [{ path: 'token.text' }],
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
  signs: [
    {
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
  ],
}

const dashscope: Dialect = {
  name: 'dashscope',
  framing: 'sse',
  contentTypes: eventStream,
  payload: 'json',
  content: [{ path: 'output.choices.*.message.content' }, { path: 'output.text' }],
  reasoning: [{ path: 'output.choices.*.message.reasoning_content' }],
  toolCalls: [
    { path: 'output.choices.*.message.tool_calls.*.function.name' },
    { path: 'output.choices.*.message.tool_calls.*.function.arguments' },
  ],
  tokenEvents: 'content',
  // Until then the reason is a text too: "null".
  completion: ['output.choices.*.finish_reason', 'output.finish_reason'].flatMap((path) =>
    ['stop', 'length', 'tool_calls'].map((equals) => ({ kind: 'field' as const, path, equals })),
  ),
  error: { events: ['error'] },
  usage: [
    {
      promptTokens: 'usage.input_tokens',
      cachedTokens: 'usage.prompt_tokens_details.cached_tokens',
      completionTokens: 'usage.output_tokens',
    },
  ],
  ignoredEvents: keepAlives,
  signs: [{ path: 'output' }, { path: 'request_id' }],
}

const ernie: Dialect = {
  name: 'ernie',
  framing: 'sse',
  contentTypes: eventStream,
  payload: 'json',
  content: [{ path: 'result' }],
  reasoning: [],
  toolCalls: [{ path: 'function_call.name' }, { path: 'function_call.arguments' }],
  tokenEvents: 'content',
  completion: [{ kind: 'field', path: 'is_end', equals: true }],
  error: { events: ['error'], path: 'error_code', messagePath: 'error_msg' },
  usage: openaiUsage,
  ignoredEvents: keepAlives,
  signs: [{ path: 'is_end', in: [true, false] }],
}

/** The formats of known servers. */
export const named: Readonly<Record<Exclude<DialectName, 'sse' | 'ndjson' | 'raw'>, Dialect>> = {
  'openai-chat': openaiChat,
  'openai-completions': openaiCompletions,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
  ollama,
  tgi,
  dify,
  dashscope,
  ernie,
}
