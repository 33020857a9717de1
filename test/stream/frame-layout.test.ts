import { expect, test } from 'vitest'

import { dialects } from '../../src/stream/dialects.ts'
import { findLayout, unreadKeys } from '../../src/stream/frame-layout.ts'
import { createFrames } from '../../src/stream/frames.ts'
import { createInterpreter } from '../../src/stream/interpret.ts'
import { createReader } from '../../src/stream/read.ts'
import { composeSpecimen } from '../../src/stream/specimen.ts'

test('values that nobody reads are gaps, be they before or behind the text', () => {
  const prefix =
    '{"id":"a1","object":"chunk","created":17,"choices":[{"id":"b","delta":{"content":"'
  const suffix = '"}}],"obfuscation":"xyz"}'
  expect(findLayout({ line: undefined, prefix, suffix })).toEqual({
    line: undefined,
    pieces: [
      '{"id":"',
      '","object":"chunk","created":',
      ',"choices":[{"id":"b","delta":{"content":"',
      '"}}],"obfuscation":"',
      '"}',
    ],
    gaps: ['string', 'digits', 'text', 'string'],
  })
})

test.each([
  ['a list', '[{"id":"a","text":"', '"}]'],
  ['another type', '{"id":{"a":"b"},"created":1.5,"item_id":null,"text":"', '"}'],
  ['another key', '{"idx":"a","text":"', '"}'],
])('%s has no gap but the text', (_, prefix, suffix) => {
  const { gaps, pieces } = findLayout({ line: undefined, prefix, suffix })
  expect({ gaps, pieces }).toEqual({ gaps: ['text'], pieces: [prefix, suffix] })
})

const written = Object.values(dialects).filter(
  ({ payload, framing }) => payload === 'json' && framing !== 'document',
)

test.each(written)('$name reads an event of text the same, whatever these keys hold', (dialect) => {
  const interpret = createInterpreter(dialect)
  const events = composeSpecimen({ dialect: dialect.name }, 2).events.map(String)
  for (const event of events.slice(1, 3)) {
    const [, line] = /^event: (.*)$/m.exec(event) ?? []
    const data = event.slice(event.indexOf('{')).trim()
    const { payload: _, ...plain } = interpret(data, line) as { payload: unknown }
    for (const value of ['', 'error', 'stop', 'done', 'failed', '[DONE]', 0, 1, 500]) {
      const more = Object.fromEntries(unreadKeys.map((key) => [key, value]))
      const spoilt = JSON.stringify({ ...more, ...(JSON.parse(data) as object) })
      const { payload: _payload, ...got } = interpret(spoilt, line) as { payload: unknown }
      expect(got).toEqual(plain)
    }
  }
})

const prefix = '{"id":"a","created":17,"choices":[{"index":0,"delta":{"content":"'
const suffix = '"}}]}'
const write = (id: string, created: string): Buffer =>
  Buffer.from(`data: {"id":"${id}","created":${created},${prefix.slice(23)}x${suffix}\n\n`)

test('a stream is known by what it has in common with others', () => {
  const known = createFrames({ line: undefined, prefix, suffix })
  const first = write('a', '17')
  expect(known.skip(first, 0)).toBe(first.length)
  const second = write('chatcmpl-b', '0')
  expect(known.skip(second, 0)).toBe(second.length)
  expect(known.text(second, 0)).toBe('x')
})

test.each([
  ['no number', 'a', ''],
  ['a number that JSON does not know', 'a', '017'],
  ['a fraction', 'a', '1.5'],
  ['a string that ends early', 'a","b":"c', '17'],
  ['a string with a raw tab', 'a\t', '17'],
])('an event with %s in a gap is to be read in full', (_, id, created) => {
  const known = createFrames({ line: undefined, prefix, suffix })
  known.skip(write('a', '17'), 0)
  expect(known.skip(write(id, created), 0)).toBe(-1)
})

function number(sequence: number): Buffer {
  return Buffer.from(
    `event: response.output_text.delta\ndata: {"type":"response.output_text.delta",` +
      `"item_id":"m1","output_index":0,"delta":"a","sequence_number":${sequence}}\n\n`,
  )
}

test('events that are numbered are known by their bytes, once one of them was read', () => {
  const reader = createReader({ dialect: 'openai-responses' }, 'text/event-stream')
  reader.feed(number(8), 1)
  expect(reader.steady?.()).toBeUndefined()
  reader.feed(number(9), 2)
  reader.feed(number(10), 3)
  expect(reader.steady?.()).toBeDefined()
  expect([...reader.marks.tokenTimes]).toEqual([1, 2, 3])
  expect(reader.marks.eventNames).toEqual([{ name: 'response.output_text.delta', count: 3 }])
})
