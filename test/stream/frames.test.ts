import { expect, test } from 'vitest'

import { createFrames } from '../../src/stream/frames.ts'
import { createReader } from '../../src/stream/read.ts'
import { loadRecordings, plain, type Recording } from './recording.ts'

const streams = loadRecordings().filter(({ frameEnds, expected }) => {
  return expected.dialect !== 'raw' && frameEnds.length > 1
})

/** Read by bytes where they are known, or each event in full: what is observed is. */
function read(
  { expected: { format, contentType } }: Recording,
  bytes: Uint8Array,
  cuts: readonly number[],
  how: 'by bytes' | 'in full',
) {
  const observe = how === 'in full' ? { observe: () => {} } : {}
  const reader = createReader(format, contentType, { keepOutput: true, ...observe })
  const bounds = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
  for (const [at, bound] of bounds.entries()) {
    reader.feed(bytes.subarray(bounds[at - 1] ?? 0, bound), at)
  }
  return { fault: reader.end(bounds.length), marks: plain(reader.marks) }
}

function expectSame(recording: Recording, bytes: Uint8Array, cuts: readonly number[]): void {
  const got = read(recording, bytes, cuts, 'by bytes')
  const full = read(recording, bytes, cuts, 'in full')
  // A deep comparison of each would take most of the time.
  if (JSON.stringify(got) === JSON.stringify(full)) return
  expect(got, `${Buffer.from(bytes).toString()} cut at ${cuts.join(', ')}`).toEqual(full)
}

/** Linear congruential: the same numbers in every run. */
let state = 11
function draw(below: number): number {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
  return Math.floor((state / 2 ** 32) * below)
}

const spoilers = [...Buffer.from('"{}[]<,:\n\r\\u0 de'), 0x00, 0xff, 0xe4, 0xef]

function spoil(bytes: Uint8Array): Buffer {
  const at = draw(bytes.length)
  const behind = bytes.subarray(at + (draw(2) === 0 ? 0 : 1))
  const put = draw(4) === 0 ? [] : [spoilers[draw(spoilers.length)] ?? 0]
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(put), behind])
}

for (const recording of streams) {
  const { name, bytes, frameEnds } = recording

  test(`${name}: in reads of one event, of which one is cut anywhere, bytes say what text says`, () => {
    for (let cut = 1; cut < bytes.length; cut += 1 + draw(5))
      expectSame(recording, bytes, [...frameEnds, cut])
  })

  test(`${name}: spoilt at any byte, bytes say what text says`, () => {
    for (let number = 0; number < 150; number++) {
      const { length } = bytes
      const cuts = [...frameEnds.filter(() => draw(3) > 0), draw(length), draw(length)]
      const spoilt = number % 3 === 0 ? bytes : spoil(bytes)
      expectSame(
        recording,
        spoilt,
        cuts.filter((cut) => cut <= spoilt.length),
      )
    }
  })
}

const [prefix, suffix] = ['{"choices":[{"delta":{"content":"', '"},"stop":null}]}']

function frames(line?: string) {
  return createFrames({ line, prefix, suffix })
}

function frame(text: string): Buffer {
  return Buffer.from(`data: ${prefix}${text}${suffix}\n\n`)
}

test.each([
  ['data: ', '\n\n', undefined],
  ['data:', '\n\n', undefined],
  ['data: ', '\r\n\r\n', undefined],
  ['data:', '\r\n\r\n', undefined],
  ['event: token\ndata: ', '\n\n', 'token'],
  ['event:token\r\ndata:', '\r\n\r\n', 'token'],
])('frames that begin with %j and end with %j are known', (before, behind, line) => {
  const known = frames(line)
  const write = (text: string) => Buffer.from(`${before}${prefix}${text}${suffix}${behind}`)
  for (const [inside, text] of [
    ['a', 'a'],
    ['财经 👋', '财经 👋'],
    ['\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\udc4b', '"\\/\b\f\n\r\té👋'],
  ] as const) {
    const bytes = Buffer.concat([write(inside), write('next')])
    expect(known.skip(bytes, 0)).toBe(write(inside).length)
    expect(known.text(bytes, 0)).toBe(text)
    expect(known.skip(bytes, write(inside).length)).toBe(bytes.length)
    expect(known.text(bytes, write(inside).length)).toBe('next')
  }
  expect(known.found()).toBeDefined()
})

test.each([
  ['no text', ''],
  ['a quote that ends the text early', 'a","role":"b'],
  ['a raw tab', '\t'],
  ['a raw line feed', '\n'],
  ['a wrong escape', '\\x'],
  ['half an escape', '\\u00g0'],
  ['an escape of the quote', '\\'],
])('a frame with %s is to be read in full', (_, inside) => {
  const known = frames()
  known.skip(frame('a'), 0)
  expect(known.found()).toBeDefined()
  expect(known.skip(frame(inside), 0)).toBe(-1)
})

test.each([
  ['cut short', `data: ${prefix}a${suffix}\n`],
  ['with another prefix', `data: ${prefix.replace('delta', 'Delta')}a${suffix}\n\n`],
  ['with another suffix', `data: ${prefix}a${suffix.replace('null', 'NULL')}\n\n`],
  ['with an id', `id: 1\ndata: ${prefix}a${suffix}\n\n`],
  ['with two lines of data', `data: ${prefix}a${suffix}\ndata: b\n\n`],
])('a frame %s is to be read in full', (_, text) => {
  const known = frames()
  known.skip(frame('a'), 0)
  expect(known.skip(Buffer.from(text), 0)).toBe(-1)
})

test('after four frames that are written in no known way no more are looked at', () => {
  const known = frames()
  for (let i = 0; i < 4; i++) expect(known.skip(Buffer.from('id: 1\ndata: a\n\n'), 0)).toBe(-1)
  expect(known.skip(frame('a'), 0)).toBe(-1)
})

test('data of several lines is known by no bytes', () => {
  const known = createFrames({ line: undefined, prefix: '{\n"', suffix: '"}' })
  expect(known.skip(Buffer.from('data: {\n"a"}\n\n'), 0)).toBe(-1)
})

test.each(['event: error\n', 'data: a\n', ': ping\ndata: a\r\n', 'event: ping\r'])(
  'behind %j a known frame is the rest of another event',
  (opening) => {
    const known = frame('a')
    const bytes = Buffer.concat([known, known, known, Buffer.from(opening), known])
    const cuts = [1, 2, 3].map((frames) => frames * known.length)
    const ways = (['by bytes', 'in full'] as const).map((how) => {
      const reader = createReader({ dialect: 'openai-chat' }, 'text/event-stream', {
        ...(how === 'in full' && { observe: () => {} }),
      })
      const bounds = [0, ...cuts, bytes.length - known.length, bytes.length]
      for (const [at, bound] of bounds.entries()) {
        reader.feed(bytes.subarray(bounds[at - 1] ?? 0, bound), at)
      }
      return { fault: reader.end(9), marks: plain(reader.marks) }
    })
    expect(ways[0]).toEqual(ways[1])
    expect(ways[1]?.marks.tokenTimes).not.toHaveLength(4)
  },
)
