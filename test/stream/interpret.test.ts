import { expect, test } from 'vitest'

import { dialects } from '../../src/stream/dialects.ts'
import { createInterpreter } from '../../src/stream/interpret.ts'

const { anthropic, gemini, ollama, tgi, 'openai-responses': responses } = dialects

const nothing = { kind: 'event', content: undefined, text: '', completes: undefined }

test.each([
  [
    'message_start',
    { message: { content: [], usage: { input_tokens: 9, output_tokens: 1 } } },
    { ...nothing, promptTokens: 9, completionTokens: undefined },
  ],
  [
    'message_start',
    {
      message: {
        usage: { input_tokens: 9, cache_read_input_tokens: 32, cache_creation_input_tokens: 4 },
      },
    },
    { ...nothing, promptTokens: 45, cachedTokens: 32 },
  ],
  ['content_block_start', { content_block: { type: 'text', text: '' } }, nothing],
  ['ping', { type: 'ping' }, { kind: 'keep_alive' }],
  [
    'content_block_delta',
    { delta: { type: 'text_delta', text: '财' } },
    { content: 'output', text: '财' },
  ],
  [
    'content_block_delta',
    { delta: { type: 'thinking_delta', thinking: 'hm' } },
    { content: 'reasoning', text: 'hm' },
  ],
  [
    'content_block_delta',
    { delta: { type: 'input_json_delta', partial_json: '{"' } },
    { content: 'tool_call' },
  ],
  [
    'message_delta',
    { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 12 } },
    { ...nothing, completionTokens: 12 },
  ],
  ['message_stop', { type: 'message_stop' }, { ...nothing, completes: 'event' }],
  [
    'error',
    { error: { type: 'overloaded_error', message: 'busy' } },
    { kind: 'fault', fault: { kind: 'in_band_error', message: 'busy' } },
  ],
])('Anthropic sends %s: %j [S2.1]', (line, payload, meaning) => {
  expect(createInterpreter(anthropic)(JSON.stringify(payload), line)).toMatchObject(meaning)
})

test.each([
  [{ type: 'response.created', response: { status: 'in_progress' } }, nothing],
  [
    { type: 'response.output_text.delta', delta: 'a' },
    { content: 'output', text: 'a' },
  ],
  [{ type: 'response.reasoning_text.delta', delta: 'b' }, { content: 'reasoning' }],
  [{ type: 'response.function_call_arguments.delta', delta: '{' }, { content: 'tool_call' }],
  [{ type: 'response.output_text.done', text: 'a' }, nothing],
  [
    { type: 'response.completed', response: { usage: { input_tokens: 9, output_tokens: 3 } } },
    { completes: 'event', promptTokens: 9, completionTokens: 3 },
  ],
  [
    { type: 'response.failed', response: { error: { code: 'x', message: 'no GPU' } } },
    { kind: 'fault', fault: { kind: 'in_band_error', message: 'no GPU' } },
  ],
  [
    { type: 'error', message: 'bad' },
    { kind: 'fault', fault: { kind: 'in_band_error', message: 'bad' } },
  ],
])('OpenAI Responses sends %j [S2.1]', (payload, meaning) => {
  expect(createInterpreter(responses)(JSON.stringify(payload), undefined)).toMatchObject(meaning)
})

test.each([
  [
    ollama,
    { message: { content: '财' }, done: false },
    { content: 'output', completes: undefined },
  ],
  [
    ollama,
    { response: 'x', done: true, eval_count: 3 },
    { content: 'output', completes: 'field', completionTokens: 3 },
  ],
  [ollama, { message: { content: '', thinking: 'hm' }, done: false }, { content: 'reasoning' }],
  [ollama, { error: 'gone' }, { kind: 'fault' }],
  [
    gemini,
    { candidates: [{ content: { parts: [{ text: 'hm', thought: true }] } }] },
    { content: 'reasoning', completes: undefined },
  ],
  [
    gemini,
    { candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }] },
    { content: 'output', text: 'a', completes: 'field' },
  ],
  [
    gemini,
    { usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 2 } },
    { ...nothing, promptTokens: 9, completionTokens: 2 },
  ],
  [
    gemini,
    { usageMetadata: { candidatesTokenCount: 2, thoughtsTokenCount: 5 } },
    { ...nothing, completionTokens: 7 },
  ],
  [gemini, { usageMetadata: { thoughtsTokenCount: 5 } }, { ...nothing, completionTokens: 5 }],
  [
    gemini,
    { candidates: [{ content: { parts: [{ functionCall: { name: 'f', args: {} } }] } }] },
    { content: 'tool_call' },
  ],
  [
    tgi,
    { token: { text: '财', special: false }, generated_text: null },
    { content: 'output', completes: undefined },
  ],
  [tgi, { token: { text: '财' } }, { content: 'output' }],
  [tgi, { token: { text: '', special: false }, generated_text: '' }, { completes: 'field' }],
  [
    tgi,
    {
      token: { text: '</s>', special: true },
      generated_text: '财',
      details: { generated_tokens: 1 },
    },
    { content: undefined, completes: 'field', completionTokens: 1 },
  ],
])('$name sends %j [S2.1]', (dialect, payload, meaning) => {
  expect(createInterpreter(dialect)(JSON.stringify(payload), undefined)).toMatchObject(meaning)
})

const chat = createInterpreter(dialects['openai-chat'])
const delta = (value: unknown): string =>
  JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: value }] })

test.each([
  [{ role: 'assistant', content: '' }],
  [{ role: 'assistant', content: null }],
  [{}],
  [{ content: '', reasoning: null, tool_calls: [] }],
  [{ tool_calls: [{ index: 0, id: 'c', function: { arguments: '' } }] }],
  [{ content: 7 }],
])('a chunk with the delta %j is no token', (value) => {
  expect(chat(delta(value), undefined)).toMatchObject(nothing)
})

test.each([
  [{ content: ' ' }, 'output'],
  [{ content: '\n\n' }, 'output'],
  [{ refusal: 'No.' }, 'output'],
  [{ content: 'a', reasoning: 'b' }, 'output'],
  [{ reasoning: 'b' }, 'reasoning'],
  [{ reasoning_content: 'b' }, 'reasoning'],
  [{ reasoning: 'b', reasoning_content: 'b' }, 'reasoning'],
  [{ reasoning_details: [{ type: 'reasoning.text', text: 'b' }] }, 'reasoning'],
  [{ tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] }, 'tool_call'],
  [{ tool_calls: [{ index: 0, function: { arguments: '{"' } }] }, 'tool_call'],
  [{ function_call: { arguments: '{' } }, 'tool_call'],
])('a chunk with the delta %j is a token: %s', (value, content) => {
  expect(chat(delta(value), undefined)).toMatchObject({ content })
})

test('text under both names of reasoning is taken once', () => {
  expect(chat(delta({ reasoning: 'b', reasoning_content: 'b' }), undefined)).toMatchObject({
    text: 'b',
  })
})

test.each([0, -3, 1.5, '12', null, 1e300])('a token count of %j is none', (count) => {
  const meaning = chat(
    JSON.stringify({ choices: [], usage: { completion_tokens: count } }),
    undefined,
  )
  expect(meaning).toMatchObject({ completionTokens: undefined })
})

test.each([null, false, 0, ''])('an error field of %j is no error', (error) => {
  expect(chat(JSON.stringify({ error, choices: [] }), undefined).kind).toBe('event')
})

test.each([
  ['{"error":"s"}', undefined, 's'],
  ['{"error":{"message":"m"}}', undefined, 'm'],
  ['{"message":"m"}', 'error', 'm'],
  ['{"detail":"d"}', 'error', 'd'],
  ['plain words', 'error', 'plain words'],
  ['{"error":{"code":7}}', undefined, '{"error":{"code":7}}'],
  ['', 'error', 'the server sent an error without a message'],
])('%j in an event named %s is an error with the message %j [T17]', (data, line, message) => {
  expect(chat(data, line)).toEqual({ kind: 'fault', fault: { kind: 'in_band_error', message } })
})

test.each(['', ' ', '\n'])('data %j without a name is a keep-alive [T2]', (data) => {
  expect(chat(data, undefined)).toEqual({ kind: 'keep_alive' })
})

test('the name in the payload goes before the name in the event field [S3.9]', () => {
  const dify = createInterpreter(dialects.dify)
  expect(dify('{"event":"message","answer":"a"}', 'other')).toMatchObject({
    name: 'message',
    content: 'output',
  })
  expect(dify('{"answer":"a"}', 'message')).toMatchObject({ name: 'message', content: 'output' })
})

test('a keep-alive may hold anything [T2]', () => {
  expect(chat('not json', 'ping')).toEqual({ kind: 'keep_alive' })
})

test('a configured completion event is the only one that completes', () => {
  const done = JSON.stringify({ done: true })
  expect(createInterpreter(ollama)(done, undefined)).toMatchObject({ completes: 'field' })
  const interpret = createInterpreter(ollama, 'end')
  expect(interpret(done, undefined)).toMatchObject({ completes: undefined })
  expect(interpret(done, 'end')).toMatchObject({ completes: 'event' })
})

test('bare text is content unless its event has a name of its own', () => {
  const interpret = createInterpreter(dialects.sse)
  expect(interpret('Hello', undefined)).toMatchObject({ content: 'output', text: 'Hello' })
  expect(interpret('Hello', 'message')).toMatchObject({ content: 'output' })
  expect(interpret('ok', 'workflow_started')).toMatchObject({ content: undefined })
  expect(interpret('{not json', undefined)).toMatchObject({ content: 'output', text: '{not json' })
})

test.each([
  [
    dialects['openai-chat'],
    { usage: { prompt_tokens: 40, prompt_tokens_details: { cached_tokens: 32 } } },
  ],
  [
    dialects['openai-completions'],
    { usage: { prompt_tokens: 40, prompt_tokens_details: { cached_tokens: 32 } } },
  ],
  [
    responses,
    {
      type: 'response.completed',
      response: { usage: { input_tokens: 40, input_tokens_details: { cached_tokens: 32 } } },
    },
  ],
  [
    anthropic,
    { type: 'message_start', message: { usage: { input_tokens: 8, cache_read_input_tokens: 32 } } },
  ],
  [gemini, { usageMetadata: { promptTokenCount: 40, cachedContentTokenCount: 32 } }],
  [
    dialects.dashscope,
    { usage: { input_tokens: 40, prompt_tokens_details: { cached_tokens: 32 } } },
  ],
  [dialects.sse, { usage: { prompt_tokens: 40, prompt_tokens_details: { cached_tokens: 32 } } }],
])('$name: of a prompt of 40 tokens 32 came from the cache', (dialect, payload) => {
  const meaning = createInterpreter(dialect)(JSON.stringify(payload), undefined)
  expect(meaning).toMatchObject({ promptTokens: 40, cachedTokens: 32 })
})

test.each([
  [0, 0],
  [32, 32],
  [-1, undefined],
  [1.5, undefined],
  ['32', undefined],
  [null, undefined],
])('%j cached tokens are %j: none is something that a server says', (told, count) => {
  const usage = { prompt_tokens: 40, prompt_tokens_details: { cached_tokens: told } }
  const meaning = createInterpreter(dialects['openai-chat'])(JSON.stringify({ usage }), undefined)
  expect(meaning).toMatchObject({ promptTokens: 40, cachedTokens: count })
})
