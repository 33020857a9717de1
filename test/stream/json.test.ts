import { expect, test } from 'vitest'

import { eventLimit, foreignLimit } from '../../src/stream/framer.ts'
import { createJsonFramer } from '../../src/stream/json.ts'

type Found = [kind: 'event' | 'foreign' | 'tooLong', text?: string]

function frame(...texts: string[]): { found: Found[]; end: 'clean' | 'cut' } {
  const found: Found[] = []
  const framer = createJsonFramer({
    event: (data) => found.push(['event', data]),
    foreign: (text) => found.push(['foreign', text]),
    tooLong: () => found.push(['tooLong']),
  })
  for (const text of texts) framer.feed(text)
  return { end: framer.end(), found }
}

test.each<[text: string, found: Found[], end: 'clean' | 'cut']>([
  ['', [], 'clean'],
  [' \n', [], 'clean'],
  ['[]', [], 'clean'],
  ['[', [], 'cut'],
  ['[{"a":1}', [['event', '{"a":1}']], 'cut'],
  ['[{"a":1},', [['event', '{"a":1}']], 'cut'],
  ['[{"a":', [], 'cut'],
  [
    ' [ {"a":1}\r\n,\r\n{\n "b": [{}]\n} ]\n',
    [
      ['event', '{"a":1}'],
      ['event', '{\n "b": [{}]\n}'],
    ],
    'clean',
  ],
  [
    '[{"a":"}],{"},{"b\\"}":"\\\\"}]',
    [
      ['event', '{"a":"}],{"}'],
      ['event', '{"b\\"}":"\\\\"}'],
    ],
    'clean',
  ],
  ['[1,2]', [['foreign', '1,2]']], 'clean'],
  [
    '[{"a":1}\nBad gateway\n',
    [
      ['event', '{"a":1}'],
      ['foreign', 'Bad gateway\n'],
    ],
    'clean',
  ],
  [
    '[{"a":1}]{"error":"x"}',
    [
      ['event', '{"a":1}'],
      ['foreign', '{"error":"x"}'],
    ],
    'clean',
  ],
  [
    '\n{"a":1}\n{"b":2}',
    [
      ['event', '{"a":1}'],
      ['event', '{"b":2}'],
    ],
    'clean',
  ],
])('%j is cut into %j, wherever its reads are cut', (text, found, end) => {
  expect(frame(...text.split(''))).toEqual({ found, end })
  for (let cut = 0; cut <= text.length; cut++) {
    expect(frame(text.slice(0, cut), text.slice(cut)), `cut at ${cut}`).toEqual({ found, end })
  }
})

test('of an endless foreign text the beginning is kept', () => {
  const { found } = frame('[', 'x'.repeat(10_000), 'x'.repeat(10_000), 'x')
  expect(found).toEqual([['foreign', 'x'.repeat(foreignLimit)]])
})

test('an element beyond 16 MiB ends the reading, and what follows does no harm', () => {
  const { found } = frame('[{"a":"', 'x'.repeat(eventLimit), '"},{"a":1}]')
  expect(found).toEqual([['tooLong']])
})
