import { expect, test } from 'vitest'

import type { StreamFormat } from '../../src/bench-spec/stream-format.ts'
import { createReader } from '../../src/stream/read.ts'
import { eventStream, plain, readCut, readText } from './recording.ts'

const chat: StreamFormat = { dialect: 'openai-chat' }
const generic: StreamFormat = { dialect: 'sse' }

function chunk(delta: unknown, rest: object = {}): object {
  return {
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason: null }],
    ...rest,
  }
}

const role = chunk({ role: 'assistant', content: '' })
const usage = { choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } }

/** Feeds each text as a read of its own; the first comes at instant 0. */
function readTexts(texts: readonly string[], how: Parameters<typeof readCut>[2] = {}) {
  const bytes = texts.map((text) => Buffer.from(text))
  const cuts = bytes.map((_, index) => Buffer.concat(bytes.slice(0, index)).length).slice(1)
  return readCut(Buffer.concat(bytes), cuts, how)
}

const events = (...data: unknown[]): string[] => data.map((item) => eventStream(item))

// Traps of other load testers, in the order in which they were found there.

test('trap 1: a role-only first chunk does not stop the TTFT clock', () => {
  const { marks } = readTexts(events(role, chunk({ content: 'a' }), '[DONE]'), { format: chat })
  expect(marks).toMatchObject({ firstEvent: 0, firstContent: 1, firstToken: 1 })
})

test.each([{ reasoning: 'r' }, { reasoning_content: 'r' }])(
  'trap 2: reasoning %j stops the TTFT clock, the first output comes later',
  (thought) => {
    const { marks } = readTexts(events(role, chunk(thought), chunk({ content: 'a' }), '[DONE]'))
    expect(marks).toMatchObject({ firstToken: 1, firstContent: 1, firstOutput: 2 })
  },
)

test('trap 2: an answer that is only a tool call has tokens', () => {
  const call = { tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] }
  const { marks, fault } = readTexts(events(role, chunk(call), '[DONE]'))
  expect(fault).toBeUndefined()
  expect(marks).toMatchObject({ firstToken: 1, firstOutput: 1 })
})

test('trap 2: an answer that is only reasoning has no first output', () => {
  const { marks, fault } = readTexts(events(role, chunk({ reasoning: 'r' }), '[DONE]'))
  expect(fault).toBeUndefined()
  expect(marks.firstOutput).toBeUndefined()
})

test('trap 3: a 200 without a token is a failure, and its first token is undefined', () => {
  const { marks, fault } = readText(eventStream(role, usage, '[DONE]'))
  expect(fault).toEqual({ kind: 'no_token', message: 'the answer held no token' })
  expect(marks.firstToken).toBeUndefined()
  expect(marks.tokenTimes).toEqual([])
})

test.each(['text/event-stream', 'application/x-ndjson', 'text/plain', 'application/json'])(
  'trap 3: an empty body of type %s holds no token',
  (contentType) => {
    expect(readText('', { contentType })).toMatchObject({ fault: { kind: 'no_token' } })
  },
)

test('trap 4: an error after 200 is a failure although [DONE] follows [T17]', () => {
  const { fault } = readText(eventStream(role, { error: { message: 'engine died' } }, '[DONE]'))
  expect(fault).toEqual({ kind: 'in_band_error', message: 'engine died' })
})

test('trap 4: an error is known as soon as it was read [T17]', () => {
  const reader = createReader(chat, 'text/event-stream')
  reader.feed(Buffer.from(eventStream(chunk({ content: 'a' }))), 1)
  expect(reader.fault()).toBeUndefined()
  reader.feed(Buffer.from(eventStream({ error: 'x' })), 2)
  expect(reader.fault()).toEqual({ kind: 'in_band_error', message: 'x' })
})

test('trap 5: a bare JSON error body is not overlooked', () => {
  expect(readText('{"error":{"message":"bad model"}}', { format: chat }).fault).toEqual({
    kind: 'in_band_error',
    message: 'bad model',
  })
})

test('a finish reason is no proper end where the spec names another', () => {
  const last = { choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] }
  const reading = readText(eventStream(last), { format: { ...chat, completionEvent: 'end' } })
  expect(reading.fault?.kind).toBe('incomplete_stream')
  expect(readText(eventStream(last), { format: chat }).fault).toBeUndefined()
})

test('trap 6: a clean end without [DONE] is a failure [T9]', () => {
  expect(readText(eventStream(chunk({ content: 'a' }))).fault).toEqual({
    kind: 'incomplete_stream',
    message: 'the body ended before [DONE]',
  })
})

const two = [chunk({ content: 'a' }), chunk({ content: 'b' })].map((item) => JSON.stringify(item))

test.each([
  ['CR LF', `data: ${two[0]}\r\n\r\ndata: ${two[1]}\r\n\r\ndata: [DONE]\r\n\r\n`],
  ['no space', `data:${two[0]}\n\ndata:${two[1]}\n\ndata:[DONE]\n\n`],
  [
    'event and id',
    `event: x\nid: 1\ndata: ${two[0]}\n\nid: 2\ndata: ${two[1]}\n\ndata: [DONE]\n\n`,
  ],
  [
    'comments',
    `: ping\n\ndata: ${two[0]}\n\n: ping\n: ping\n\ndata: ${two[1]}\n\ndata: [DONE]\n\n`,
  ],
])('trap 7: %s is read', (_, text) => {
  const { marks, fault } = readText(text)
  expect(fault).toBeUndefined()
  expect(marks).toMatchObject({ output: 'ab', events: 3, tokenTimes: [0, 0] })
})

test('trap 8: tokens of one read share its instant', () => {
  const { marks } = readTexts([eventStream(role, ...two), eventStream(two[0], '[DONE]')])
  expect(marks).toMatchObject({ tokenTimes: [0, 0, 1], lastToken: 1 })
})

test('trap 9: instants are those that were given, to the last bit', () => {
  const reader = createReader(chat, undefined)
  const at = 123_456_789.012_345_67
  reader.feed(Buffer.from(eventStream(chunk({ content: 'a' }))), at)
  expect(reader.marks).toMatchObject({
    firstEvent: at,
    firstToken: at,
    lastToken: at,
  })
})

test('trap 10: a usage chunk without choices counts tokens and is none', () => {
  const { marks } = readTexts(events(...two, usage, '[DONE]'))
  expect(marks).toMatchObject({
    promptTokens: 9,
    completionTokens: 2,
    tokenTimes: [0, 1],
    lastToken: 1,
  })
})

test('trap 10: usage on the chunk that has the last choice is read', () => {
  const last = chunk({ content: 'b' }, { usage: usage.usage })
  const { marks } = readTexts(events(two[0], last, '[DONE]'))
  expect(marks).toMatchObject({ completionTokens: 2, tokenTimes: [0, 1] })
})

// How the dialect is chosen.

test.each([
  [{ object: 'chat.completion.chunk', choices: [] }, 'openai-chat'],
  [{ object: '', choices: [], prompt_filter_results: [] }, 'openai-chat'],
  [{ object: 'text_completion', choices: [] }, 'openai-completions'],
  [{ event: 'workflow_started', data: {} }, 'dify'],
  [{ event: 'agent_message', answer: 'a' }, 'dify'],
  [{ type: 'response.created', response: {} }, 'openai-responses'],
  [{ type: 'message_start', message: {} }, 'anthropic'],
  [{ type: 'content_block_start', content_block: { type: 'text', text: '' } }, 'anthropic'],
  [{ candidates: [] }, 'gemini'],
  [{ token: { text: 'a' }, generated_text: null }, 'tgi'],
  [{ output: { choices: [] }, usage: {}, request_id: 'r' }, 'dashscope'],
  [{ result: 'a', is_end: false, object: 'chat.completion' }, 'ernie'],
  [{ object: '', piece: 'a' }, 'sse'],
  [{ output: 'a' }, 'sse'],
  [{ type: 'created' }, 'sse'],
  [{ token: 'a' }, 'sse'],
  [{ model: 'm', done: false }, 'sse'],
  [{ event: 'something_else' }, 'sse'],
  [{ text: 'a' }, 'sse'],
])('without a format the first payload %j chooses %s', (payload, dialect) => {
  expect(readText(`: hi\n\nevent: ping\ndata: {}\n\n${eventStream(payload)}`).marks.dialect).toBe(
    dialect,
  )
})

test.each([
  [{ model: 'm', done: false, message: {} }, 'ollama'],
  [{ done: false, piece: 'a' }, 'ndjson'],
  [{ model: 'm', done: 0 }, 'ndjson'],
  [{ candidates: [] }, 'gemini'],
  [{ object: 'chat.completion.chunk' }, 'ndjson'],
])('without a format the first record %j chooses %s', (record, dialect) => {
  const { marks } = readText(`${JSON.stringify(record)}\n`, { contentType: 'application/x-ndjson' })
  expect(marks.dialect).toBe(dialect)
})

test('payloads behind the first do not change the choice', () => {
  expect(readText(eventStream({ text: 'a' }, ...two)).marks.dialect).toBe('sse')
})

test('an error before the first payload leaves the choice open', () => {
  expect(readText(eventStream({ error: 'x' }, ...two)).marks.dialect).toBe('openai-chat')
})

test('a named format is not chosen anew', () => {
  expect(readText(eventStream(...two, '[DONE]'), { format: generic }).marks.dialect).toBe('sse')
})

test('records in a body that calls itself JSON are a stream when there are two of them', () => {
  const { marks, fault } = readTexts(['{"a":1}\n', '{"a":2}\n'], {
    contentType: 'application/json',
  })
  expect(fault).toBeUndefined()
  expect(marks).toMatchObject({ dialect: 'ndjson', tokenTimes: [0, 1] })
})

test('one JSON document is not streamed, and its arrival is no token [S1.50] [T4]', () => {
  const { marks, fault } = readText('{"choices":[]}\n', { contentType: 'application/json' })
  expect(fault?.kind).toBe('not_streamed')
  expect(marks).toMatchObject({ tokenTimes: [], events: 1 })
  expect(marks.firstToken).toBeUndefined()
})

test.each([
  ['sse', 'application/json', 'not_streamed'],
  ['openai-chat', 'application/json', 'not_streamed'],
  ['sse', 'text/plain', 'malformed_event'],
  ['openai-chat', 'text/event-stream', 'malformed_event'],
] as const)('a JSON document is no answer of %s, sent as %s [T4]', (dialect, contentType, kind) => {
  const text = '{\n  "choices": [{"message": {"content": "a whole answer"}}]\n}'
  const { marks, fault } = readText(text, { format: { dialect }, contentType })
  expect(fault?.kind).toBe(kind)
  expect(marks.tokenTimes).toEqual([])
})

test.each([undefined, { dialect: 'ndjson' } as const])(
  'an array of records that no dialect streams is one document: %j',
  (format) => {
    const { marks, fault } = readTexts(['[{"a":1}\n,', '{"a":2}\n', ']'], {
      format,
      contentType: 'application/json',
    })
    expect(fault?.kind).toBe('not_streamed')
    expect(marks).toMatchObject({ tokenTimes: [], events: 1 })
  },
)

test('the first element of a streamed array is a token as soon as it has come', () => {
  const element = JSON.stringify({ candidates: [{ content: { parts: [{ text: 'a' }] } }] })
  const { marks } = readTexts(['  ', '[', element, ',', element, ']'], {
    contentType: 'application/json; charset=UTF-8',
  })
  expect(marks).toMatchObject({ dialect: 'gemini', tokenTimes: [2, 4] })
})

test.each([
  '{"error":{"message":"busy"}}',
  '{\n"error": {\n"message": "busy"\n}\n}',
  '[{"error":"busy"}]',
])('an error instead of an array is told in its words: %j', (text) => {
  const { fault } = readText(text, {
    format: { dialect: 'gemini' },
    contentType: 'application/json',
  })
  expect(fault).toEqual({ kind: 'in_band_error', message: 'busy' })
})

test('text behind a finish reason that is cut makes a Gemini answer incomplete', () => {
  const last = { candidates: [{ content: { parts: [{ text: 'a' }] }, finishReason: 'STOP' }] }
  const format: StreamFormat = { dialect: 'gemini' }
  expect(readText(eventStream(last), { format }).fault).toBeUndefined()
  expect(readText(`${eventStream(last)}data: {`, { format }).fault?.kind).toBe('incomplete_stream')
  const named = { format: { ...format, completionEvent: 'end' } }
  expect(readText(`event: end\n${eventStream(last)}data: {`, named).fault).toBeUndefined()
})

test('that a document is no stream is not certain before its end', () => {
  const reader = createReader(undefined, 'application/json')
  reader.feed(Buffer.from('{\n"a":'), 1)
  expect(reader.fault()).toBeUndefined()
})

test('a body of the wrong type is not read', () => {
  const { marks, fault } = readText(eventStream(...two), { format: chat, contentType: 'text/html' })
  expect(fault?.kind).toBe('wrong_content_type')
  expect(marks).toMatchObject({ events: 0, tokenTimes: [] })
})

// The keys of the seeds.

const workflow = [
  'event: workflow_started\ndata: {"workflow_id":"123"}\n\n',
  'event: node_started\ndata: {"node_id":"node-1"}\n\n',
  'event: node_finished\ndata: {"outputs":{"result":"first"}}\n\n',
  'event: workflow_finished\ndata: {"outputs":{"result":"last"}}\n\n',
]

test('first_token_event stops the clock at the first event of that name [S3.2]', () => {
  const { marks } = readTexts(workflow, {
    format: { ...generic, firstTokenEvent: 'node_finished' },
  })
  expect(marks).toMatchObject({ firstEvent: 0, firstToken: 2, tokenTimes: [2, 3], lastToken: 3 })
})

test('a first_token_event that never comes leaves no token [S3.2]', () => {
  const { marks, fault } = readTexts(workflow, {
    format: { ...generic, firstTokenEvent: 'message' },
  })
  expect(fault?.kind).toBe('no_token')
  expect(marks.firstToken).toBeUndefined()
})

test('without a key the first event that has a name is the first token [S3.3]', () => {
  const { marks } = readTexts(['data: {"hello":1}\n\n', ...workflow])
  expect(marks).toMatchObject({ firstEvent: 0, firstToken: 1, tokenTimes: [1, 2, 3, 4] })
})

test('when no event has a name the first of any kind is [S3.3]', () => {
  const { marks, fault } = readTexts(['data: {"n":1}\n\n', 'data: {"n":2}\n\n'])
  expect(fault).toBeUndefined()
  expect(marks).toMatchObject({ firstToken: 0, tokenTimes: [0, 1], completed: 2 })
})

test('a name behind known text does not move the first token', () => {
  const { marks } = readTexts(['data: Hello\n\n', 'event: end\ndata: {}\n\n'])
  expect(marks).toMatchObject({ firstContent: 0, firstToken: 0, tokenTimes: [0, 1] })
})

test('keep-alives satisfy none of these rules, with data or without [T2]', () => {
  const pings = [
    'event: ping\n\n',
    'event: ping\ndata: {}\n\n',
    'data: {"event":"ping"}\n\n',
    ': x\n\n',
  ]
  const { marks } = readTexts([...pings, ...workflow])
  expect(marks).toMatchObject({ firstEvent: 4, firstToken: 4, events: 4 })
})

test('a lifecycle event that stops the clock is told from content [T1]', () => {
  const format: StreamFormat = { ...generic, firstTokenEvent: 'workflow_started' }
  const { marks } = readTexts(
    [workflow[0] ?? '', ...events({ event: 'message', answer: 'a' }), workflow[3] ?? ''],
    { format },
  )
  expect(marks).toMatchObject({ firstEvent: 0, firstToken: 0, firstContent: 1 })
})

test('a stream without known text has no first content [T1]', () => {
  expect(readTexts(workflow).marks.firstContent).toBeUndefined()
})

test('workflow_finished completes without a key [S3.5]', () => {
  expect(readTexts([...workflow, 'event: x\ndata: {}\n\n']).marks.completed).toBe(3)
})

test.each(['workflow_started', 'node_started'])(
  'a generic stream with a %s ends with workflow_finished and not before [T9] [S3.5]',
  (name) => {
    const started = eventStream({ event: name }, { event: 'message', answer: 'a' })
    const fault = (text: string) => readText(text, { format: generic }).fault
    expect(fault(started)).toEqual({
      kind: 'incomplete_stream',
      message: 'the body ended before workflow_finished or workflow_paused',
    })
    expect(fault(started + eventStream({ event: 'workflow_finished' }))).toBeUndefined()
    expect(fault(started + eventStream({ event: 'workflow_paused' }))).toBeUndefined()
    expect(fault(`${started}data: [DONE]\n\n`)).toBeUndefined()
    const format: StreamFormat = { ...generic, completionEvent: 'message' }
    expect(readText(started, { format }).fault).toBeUndefined()
  },
)

test('a generic stream of other events is complete at the end of its body, which is then its only end', () => {
  const text = eventStream({ event: 'start' }, { event: 'piece', text: 'a' })
  const { marks, fault } = readTexts([text], { format: generic })
  expect(fault).toBeUndefined()
  expect(marks.completed).toBe(1)
})

test('events are counted by their names, the one in the payload before that of the field [S3.9] [S3.11]', () => {
  const { marks } = readText(
    'event: x\ndata: {"event":"piece"}\n\nevent: piece\ndata: a\n\nevent: ping\ndata: {}\n\ndata: b\n\nevent: end\ndata: {}\n\n',
    { format: generic },
  )
  expect(marks.eventNames).toEqual([
    { name: 'piece', count: 2 },
    { name: 'end', count: 1 },
  ])
  expect(marks.events).toBe(4)
})

test('the first 32 names are told apart, and none of a hostile length [S3.11]', () => {
  const names = Array.from({ length: 40 }, (_, index) => `n${index}`)
  const { marks } = readText(
    eventStream({ event: 'x'.repeat(257) }, ...[...names, 'n0'].map((event) => ({ event }))),
    { format: generic },
  )
  expect(marks.eventNames.map(({ name }) => name)).toEqual(names.slice(0, 32))
  expect(marks.eventNames[0]).toEqual({ name: 'n0', count: 2 })
  expect(marks.events).toBe(42)
})

test('a configured completion_event that never comes is a failure [T9]', () => {
  const format: StreamFormat = { ...generic, completionEvent: 'message_end' }
  expect(readTexts([...workflow, 'data: [DONE]\n\n'], { format }).fault).toEqual({
    kind: 'incomplete_stream',
    message: 'the body ended before message_end',
  })
})

test('a configured completion_event is proof of an answer without a token', () => {
  const format: StreamFormat = { dialect: 'dify', completionEvent: 'workflow_finished' }
  const { marks, fault } = readText(eventStream({ event: 'workflow_finished', data: {} }), {
    format,
  })
  expect(fault).toBeUndefined()
  expect(marks.tokenTimes).toEqual([])
})

test('[DONE] ends a generic stream, and a half event behind it does no harm', () => {
  const { marks, fault } = readTexts(['data: {"n":1}\n\n', 'data: [DONE]\n\n', 'data: {'])
  expect(fault).toBeUndefined()
  expect(marks).toMatchObject({ completed: 1, tokenTimes: [0] })
})

test('a generic stream that ends inside of an event is incomplete [T9]', () => {
  expect(readText('data: {"n":1}\n\ndata: {"n"').fault?.kind).toBe('incomplete_stream')
})

test('the output is taken at the completion event and nowhere else [S3.4] [S3.7]', () => {
  const format: StreamFormat = { ...generic, outputPath: 'outputs.result' }
  expect(readTexts(workflow, { format }).marks.output).toBe('last')
  expect(readTexts(workflow.slice(0, 3), { format }).marks.output).toBeUndefined()
  const between = { ...format, completionEvent: 'node_finished' }
  expect(readTexts(workflow, { format: between }).marks).toMatchObject({
    output: 'first',
    completed: 2,
  })
})

test.each([
  ['in the payload', '{"data":{"outputs":{"result":"r"}}}'],
  ['in the SSE field', '{"outputs":{"result":"r"}}'],
  [
    'in the payload before the field',
    '{"data":{"outputs":{"result":"r"}},"outputs":{"result":"x"}}',
  ],
])('an output_path that begins with data finds its value %s [T3]', (_, data) => {
  const format: StreamFormat = { ...generic, outputPath: 'data.outputs.result' }
  expect(readText(`event: workflow_finished\ndata: ${data}\n\n`, { format }).marks.output).toBe('r')
})

test('an output_path that matches nothing gives no output [T3]', () => {
  const format: StreamFormat = { ...generic, outputPath: 'data.nothing' }
  expect(readTexts(workflow, { format }).marks.output).toBeUndefined()
})

test.each([
  ['an event that holds its data', '{"data":{"outputs":{"answer":"r","files":[]}}}'],
  ['the data alone', '{"outputs":{"answer":"r","files":[]}}'],
])('an output_path tells how far it led and what is there: %s [T3]', (_, data) => {
  const format: StreamFormat = { ...generic, outputPath: 'data.outputs.result' }
  const text = `event: workflow_finished\ndata: ${data}\n\n`
  expect(readText(text, { format }).marks).toMatchObject({
    missingOutput: { at: 'data.outputs', keys: ['answer', 'files'] },
  })
})

test.each([
  ['{"a":1,"b":2}', { at: '', keys: ['a', 'b'] }],
  ['[1]', { at: '', keys: ['0'] }],
  ['words', { at: '', keys: [] }],
  ['{"data":null}', { at: '', keys: ['data'] }],
])('an output_path that leads nowhere into %s tells what that is [T3]', (data, missingOutput) => {
  const format: StreamFormat = { ...generic, outputPath: 'data.result' }
  const { marks } = readText(`event: workflow_finished\ndata: ${data}\n\n`, { format })
  expect(marks.missingOutput).toEqual(missingOutput)
})

test('where no event completes, an output_path is missing only when no event has it [T3]', () => {
  const text = eventStream(role, ...two, usage, '[DONE]')
  const read = (outputPath: string) => readText(text, { format: { ...chat, outputPath } }).marks
  expect(read('choices.0.delta.content').missingOutput).toBeUndefined()
  expect(read('choices.0.message.content').missingOutput).toEqual({
    at: 'choices.0',
    keys: ['index', 'delta', 'finish_reason'],
  })
  const unheard = readText(eventStream({ event: 'start' }), {
    format: { ...generic, outputPath: 'data.a' },
  })
  expect(unheard.marks.missingOutput).toBeUndefined()
})

test('an output that is no text is given as JSON, and the id of an event can be taken [S3.6]', () => {
  const text = 'event: workflow_finished\nid: 7\ndata: {"outputs":{"a":[1]}}\n\n'
  const output = (outputPath: string) =>
    readText(text, { format: { ...generic, outputPath } }).marks.output
  expect(output('data.outputs')).toBe('{"a":[1]}')
  expect(output('id')).toBe('7')
})

test('where no event completes, the text at output_path is joined [S3.6]', () => {
  const format: StreamFormat = { ...chat, outputPath: 'choices.0.delta.content' }
  const text = eventStream(role, ...two, ...two, usage, '[DONE]')
  expect(readText(text, { format, keepOutput: false }).marks.output).toBe('abab')
})

test('the output of a token stream is kept on demand only', () => {
  const text = eventStream(...two, '[DONE]')
  expect(readText(text, { keepOutput: false }).marks.output).toBeUndefined()
  expect(readText(text, { keepOutput: true }).marks.output).toBe('ab')
})

test('reasoning and tool calls are no part of the output', () => {
  const call = { tool_calls: [{ index: 0, function: { name: 'f', arguments: '{}' } }] }
  const text = eventStream(
    chunk({ reasoning: 'r' }),
    chunk({ content: 'a' }),
    chunk(call),
    '[DONE]',
  )
  expect(readText(text).marks.output).toBe('a')
})

const difyEvents = [
  { event: 'workflow_started', data: {} },
  { event: 'message', answer: '' },
  { event: 'message', answer: 'a' },
  { event: 'node_finished', data: { status: 'succeeded' } },
  { event: 'message', answer: 'b' },
  { event: 'workflow_finished', data: { status: 'succeeded', outputs: { answer: 'ab' } } },
  { event: 'message_end', metadata: { usage: { prompt_tokens: 0, completion_tokens: 0 } } },
]

test('the keys override a named dialect; token events stay those with content', () => {
  const format: StreamFormat = {
    dialect: 'dify',
    firstTokenEvent: 'message',
    completionEvent: 'workflow_finished',
    outputPath: 'data.outputs.answer',
  }
  const { marks, fault } = readTexts(events(...difyEvents), { format })
  expect(fault).toBeUndefined()
  expect(marks).toMatchObject({
    tokenTimes: [1, 2, 4],
    firstContent: 2,
    completed: 5,
    output: 'ab',
  })
})

test('what comes behind the completion event of Dify is read, the last one completes [S3.10]', () => {
  const { marks } = readTexts(events(...difyEvents))
  expect(marks).toMatchObject({ dialect: 'dify', completed: 6, events: 7, tokenTimes: [2, 4] })
})

test('a usage of zeros is no count of tokens', () => {
  const { marks } = readTexts(events(...difyEvents))
  expect(marks.completionTokens).toBeUndefined()
  expect(marks.promptTokens).toBeUndefined()
})

test('events and tokens are two counts, whatever the reads [T5]', () => {
  const { marks } = readTexts([
    eventStream(...difyEvents.slice(0, 4)),
    eventStream(...difyEvents.slice(4)),
  ])
  expect(marks).toMatchObject({ events: 7, tokenTimes: [0, 1] })
})

// Faults.

test('the first fault wins', () => {
  const { fault } = readText(eventStream('{broken', { error: 'second' }, '[DONE]'), {
    format: chat,
  })
  expect(fault).toMatchObject({ kind: 'malformed_event', message: 'data is not JSON: {broken' })
})

test('an event beyond 16 MiB is malformed', () => {
  const reader = createReader(chat, undefined)
  const mebibyte = Buffer.alloc(1024 * 1024, 'x')
  reader.feed(Buffer.from('data: '), 0)
  for (let read = 0; read < 17; read++) reader.feed(mebibyte, read)
  expect(reader.fault()).toEqual({
    kind: 'malformed_event',
    message: 'an event is longer than 16777216 characters',
  })
})

test('an event beyond 16 MiB is malformed also when it comes in one read', () => {
  const text = `data: "${'x'.repeat(16 * 1024 * 1024)}"\n\n`
  expect(readText(text, { format: chat }).fault?.kind).toBe('malformed_event')
})

test('a large event within the limit is read', () => {
  const content = 'x'.repeat(3_000_000)
  const text = eventStream(chunk({ content: 'a' }), chunk({ content }), '[DONE]')
  const { marks, fault } = readText(text)
  expect(fault).toBeUndefined()
  expect(marks.output).toHaveLength(content.length + 1)
})

test('every read of raw text is a token, an empty one is not [S1.39]', () => {
  const reader = createReader({ dialect: 'raw' }, undefined)
  for (const [at, text] of ['a', '', 'b'].entries()) reader.feed(Buffer.from(text), at)
  expect(reader.end(3)).toBeUndefined()
  expect(plain(reader.marks)).toMatchObject({
    tokenTimes: [0, 2],
    firstToken: 0,
    lastToken: 2,
    completed: 3,
  })
})

test('what is nested a hundred thousand times is read without an exception', () => {
  const deep = `${'['.repeat(1e5)}${']'.repeat(1e5)}`
  expect(readText(`data: {"error":${deep}}\n\n`).fault?.kind).toBe('in_band_error')
  const format = { dialect: 'openai-chat', outputPath: 'choices.0.deep' } as const
  const choice = `{"index":0,"delta":{"content":"a"},"deep":${deep}}`
  const { marks, fault } = readText(`data: {"choices":[${choice}]}\n\ndata: [DONE]\n\n`, { format })
  expect([marks.output, fault]).toEqual(['', undefined])
})
