import { expect, test } from 'vitest'

import type { StreamFormat } from '../../src/bench-spec/stream-format.ts'
import { eventLimit } from '../../src/stream/framer.ts'
import { createReader } from '../../src/stream/read.ts'
import type { ReaderOptions } from '../../src/stream/reader-options.ts'

const json: StreamFormat = { dialect: 'json' }

function read(text: string, options: ReaderOptions = {}, contentType = 'application/json') {
  const reader = createReader(json, contentType, options)
  const bytes = Buffer.from(text)
  reader.feed(bytes.subarray(0, 3), 10)
  reader.feed(bytes.subarray(3), 20)
  const fault = reader.end(30)
  return { fault, reader }
}

test('a whole document has an event when its last byte has come, and no token', () => {
  const { fault, reader } = read('{"choices":[{"message":{"content":"hi"}}]}')
  expect(fault).toBeUndefined()
  expect(reader.marks).toMatchObject({ dialect: 'json', events: 1, firstEvent: 20, completed: 30 })
  expect(reader.marks.tokenTimes.length).toBe(0)
  for (const mark of ['firstToken', 'firstOutput', 'firstContent', 'lastToken', 'output'] as const)
    expect(reader.marks[mark]).toBeUndefined()
})

test('any JSON is a document: an object, a list, a text, a number, nothing', () => {
  for (const text of ['{}', '[]', '"x"', ' 17\n', 'null', '[{"generated_text":"x"}]'])
    expect(read(text).fault, text).toBeUndefined()
})

test.each([
  ['', 'incomplete_stream', 'the document ended before it began'],
  [' \n ', 'incomplete_stream', 'the document ended before it began'],
  ['{"a":"}', 'incomplete_stream', 'the document ended inside of it'],
  ['{"a":["\\"]', 'incomplete_stream', 'the document ended inside of it'],
  ['[{"a":1}', 'incomplete_stream', 'the document ended inside of it'],
  ['{"a":1}}', 'malformed_event', 'the body is not one JSON document: {"a":1}}'],
  ['Service OK', 'malformed_event', 'the body is not one JSON document: Service OK'],
  ['{"a":tru}', 'malformed_event', 'the body is not one JSON document: {"a":tru}'],
  ['{"error":{"message":"no memory"}}', 'in_band_error', 'no memory'],
  ['{"error":"model not loaded"}', 'in_band_error', 'model not loaded'],
])('%j is no answer: %s', (text, kind, message) => {
  expect(read(text).fault).toEqual({ kind, message })
})

test('an error that is null or absent is none', () => {
  expect(read('{"error":null,"output":[]}').fault).toBeUndefined()
})

test.each([
  ['text/html', 'wrong_content_type'],
  ['text/event-stream', 'wrong_content_type'],
  ['application/x-ndjson', 'wrong_content_type'],
  ['application/problem+json', undefined],
  ['text/plain; charset=utf-8', undefined],
])('a document as %s: %s', (contentType, kind) => {
  expect(read('{}', {}, contentType).fault?.kind).toBe(kind)
})

test('a document beyond the limit is malformed, and is not kept until its end', () => {
  const reader = createReader(json, undefined)
  const megabyte = Buffer.alloc(2 ** 20, 'x')
  for (let read = 0; read * megabyte.length < eventLimit; read++) reader.feed(megabyte, read)
  expect(reader.fault()).toBeUndefined()
  reader.feed(Buffer.from('x'), 17)
  expect(reader.fault()?.kind).toBe('malformed_event')
  expect(reader.end(18)).toBe(reader.fault())
})

test('where it may fail, an error and a page are what they are', () => {
  const error = read('{"error":{"message":"not found"}}', { mayFail: true })
  expect(error.fault).toBeUndefined()
  expect(error.reader.document).toEqual({ error: { message: 'not found' } })
  for (const text of ['<html>', '', '{"cut']) {
    const page = read(text, { mayFail: true }, 'text/html')
    expect([page.fault, page.reader.document]).toEqual([undefined, undefined])
  }
})

test.each([
  [
    '{"choices":[{"message":{"tool_calls":[{"function":{"name":"f"}},{"function":{"name":"g"}}]}}]}',
    ['f', 'g'],
  ],
  ['{"output":[{"type":"message","name":"x"},{"type":"function_call","name":"f"}]}', ['f']],
  ['{"content":[{"type":"text","text":"x"},{"type":"tool_use","name":"f","input":{}}]}', ['f']],
  ['{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}}}]}}]}', ['f']],
  ['{"message":{"content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]}}', ['f']],
  ['{"choices":[{"message":{"content":"f"}}]}', []],
])('names of the tools in %s', (text, names) => {
  expect(read(text, { keepToolNames: true }).reader.toolNames).toEqual(names)
  expect(read(text).reader.toolNames).toEqual([])
})
