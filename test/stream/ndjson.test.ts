import { expect, test } from 'vitest'

import { createNdjsonFramer } from '../../src/stream/ndjson.ts'

function frame(...texts: string[]): { lines: string[]; end: 'clean' | 'cut'; tooLong: boolean } {
  const lines: string[] = []
  let tooLong = false
  const framer = createNdjsonFramer({
    event: (data) => lines.push(data),
    foreign: () => {},
    tooLong: () => (tooLong = true),
  })
  for (const text of texts) framer.feed(text)
  return { end: framer.end(), lines, tooLong }
}

test('a record is one line, wherever it is cut; blank lines are none', () => {
  const text = '{"a":1}\n\n \r\n{"b":2}\n'
  for (let cut = 0; cut <= text.length; cut++) {
    expect(frame(text.slice(0, cut), text.slice(cut))).toEqual({
      lines: ['{"a":1}', '{"b":2}'],
      end: 'clean',
      tooLong: false,
    })
  }
})

test('a last record without a line feed counts when it is whole', () => {
  expect(frame('{"a":1}\n{"b":2}')).toMatchObject({ lines: ['{"a":1}', '{"b":2}'], end: 'clean' })
  expect(frame('{"a":1}\n{"b":')).toMatchObject({ lines: ['{"a":1}'], end: 'cut' })
})

test('a record beyond 16 MiB ends the reading', () => {
  const mebibyte = 'x'.repeat(1024 * 1024)
  expect(frame('{}\n', ...Array<string>(17).fill(mebibyte), '\n{}\n')).toEqual({
    lines: ['{}'],
    end: 'clean',
    tooLong: true,
  })
})
