import { expect, test } from 'vitest'

import type { StreamFormat } from '../../src/bench-spec/stream-format.ts'
import { checkContentType, guessDialect } from '../../src/stream/content-type.ts'

const chat: StreamFormat = { dialect: 'openai-chat' }

test.each([
  'text/event-stream',
  'text/event-stream; charset=utf-8',
  'TEXT/EVENT-STREAM;charset=UTF-8',
  'text/plain',
  'application/octet-stream',
  '',
  undefined,
])('an event stream may arrive as %j', (contentType) => {
  expect(checkContentType(chat, contentType)).toBeUndefined()
})

test('a page instead of an event stream is the wrong type', () => {
  expect(checkContentType(chat, 'text/html; charset=utf-8')).toEqual({
    kind: 'wrong_content_type',
    message: 'expected text/event-stream, got text/html',
  })
})

test.each(['application/json', 'application/json; charset=utf-8', 'application/problem+json'])(
  '%s instead of an event stream is not streamed [T4]',
  (contentType) => {
    expect(checkContentType(chat, contentType)?.kind).toBe('not_streamed')
  },
)

test('another kind of stream than the named one is the wrong type', () => {
  expect(checkContentType(chat, 'application/x-ndjson')?.kind).toBe('wrong_content_type')
  expect(checkContentType({ dialect: 'ndjson' }, 'text/event-stream')?.kind).toBe(
    'wrong_content_type',
  )
})

test('the type that the spec expects is the only one that passes', () => {
  const format: StreamFormat = { dialect: 'openai-chat', contentType: 'application/vnd.chat' }
  expect(checkContentType(format, 'application/vnd.chat; v=2')).toBeUndefined()
  expect(checkContentType(format, 'text/plain')?.kind).toBe('wrong_content_type')
  expect(checkContentType(format, 'text/event-stream')).toEqual({
    kind: 'wrong_content_type',
    message: 'expected application/vnd.chat, got text/event-stream',
  })
})

test('records and streamed arrays may arrive as JSON, raw text as anything', () => {
  for (const dialect of ['ndjson', 'ollama', 'gemini'] as const) {
    expect(checkContentType({ dialect }, 'application/json; charset=UTF-8')).toBeUndefined()
  }
  expect(checkContentType({ dialect: 'raw' }, 'text/html')).toBeUndefined()
})

test('without a format only a page is ruled out by its type', () => {
  expect(checkContentType(undefined, 'text/html')?.kind).toBe('wrong_content_type')
  expect(checkContentType(undefined, 'application/json')).toBeUndefined()
  expect(checkContentType(undefined, 'image/png')).toBeUndefined()
})

test.each([
  ['text/event-stream; charset=utf-8', 'sse'],
  ['application/x-ndjson', 'ndjson'],
  ['application/stream+json', 'ndjson'],
  ['application/json', 'ndjson'],
  ['text/plain', 'raw'],
  ['audio/mpeg', 'raw'],
  [undefined, 'raw'],
])('%j is read as %s when the spec names no format [S3.1]', (contentType, dialect) => {
  expect(guessDialect(contentType).name).toBe(dialect)
})
