import { expect, test } from 'vitest'

import { foreignLimit } from '../../src/stream/framer.ts'
import { createSseFramer } from '../../src/stream/sse.ts'

type Found = [kind: 'event' | 'foreign' | 'tooLong', ...details: unknown[]]

function frame(...texts: string[]): { found: Found[]; end: 'clean' | 'cut' } {
  const found: Found[] = []
  const framer = createSseFramer({
    event: (data, name, id) => found.push(['event', data, name, id]),
    foreign: (text) => found.push(['foreign', text]),
    tooLong: () => found.push(['tooLong']),
  })
  for (const text of texts) framer.feed(text)
  return { found, end: framer.end() }
}

const a: Found = ['event', 'a', undefined, undefined]

test('data, name and id of an event are handed on', () => {
  expect(frame('id: 7\nevent: message\ndata: a\n\n').found).toEqual([
    ['event', 'a', 'message', '7'],
  ])
})

test('an event without data is dropped, and its name with it [T2]', () => {
  expect(frame('event: ping\n\ndata: a\n\n').found).toEqual([a])
})

test('several events of one read come in order', () => {
  expect(frame('data: 1\n\ndata:2\n\ndata: a\ndata: b\n\n').found.map(([, data]) => data)).toEqual([
    '1',
    '2',
    'a\nb',
  ])
})

test.each([
  'data: a\n\n',
  'data: a\n\n: comment\n',
  'data: a\n\n\n',
  'data: a\r\n\r\n',
  'data: a\r\r',
])('%j ends cleanly', (text) => {
  expect(frame(text)).toEqual({ found: [a], end: 'clean' })
})

test.each([
  'data: a\n\ndata: b\n',
  'data: a\n\ndata: b',
  'data: a\n\nda',
  'data: a\r\n\r\ndata: b\r\n',
])('%j ends inside of an event, which is not dispatched [T9]', (text) => {
  expect(frame(text)).toEqual({ found: [a], end: 'cut' })
})

test.each([
  ['{"error":"x"}', '{"error":"x"}'],
  ['data: a\n\n{"error":\n"x"}\n\ndata: b\n\n', '{"error":\n"x"}'],
  ['data: a\r\n\r\n<html>\r\n\r\ndata: b', '<html>'],
  ['\n[1]\r\rdata: b\n\n', '[1]'],
])('in %j what is no event is kept apart, and nothing behind it is read', (text, foreign) => {
  for (let cut = 0; cut <= text.length; cut++) {
    const { found } = frame(text.slice(0, cut), text.slice(cut))
    expect(found.at(-1), `cut at ${cut}`).toEqual(['foreign', foreign])
    expect(found.filter(([kind]) => kind === 'foreign')).toHaveLength(1)
  }
})

test('brackets inside of a line do not make it foreign', () => {
  expect(frame('data: {\ndata: <b>\n: [x]\nx{y\n\n').found).toEqual([
    ['event', '{\n<b>', undefined, undefined],
  ])
})

test('of an endless foreign text the beginning is kept', () => {
  const { found } = frame('<', 'x'.repeat(10_000), 'x'.repeat(10_000), 'x')
  expect(found).toEqual([['foreign', `<${'x'.repeat(foreignLimit - 1)}`]])
})

test('an event beyond 16 MiB ends the reading, and what follows does no harm', () => {
  const mebibyte = 'x'.repeat(1024 * 1024)
  const { found } = frame('data: ', ...Array<string>(17).fill(mebibyte), '\n\n', 'data: a\n\n')
  expect(found).toEqual([['tooLong']])
})

test('of a text that is foreign behind an event that is too long only the first is told', () => {
  const { found } = frame(`data: ${'x'.repeat(17 * 1024 * 1024)}\n{"a":1}\n\n`)
  expect(found).toEqual([['tooLong']])
})
