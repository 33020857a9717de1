import { expect, test } from 'vitest'

import type { StreamFormat } from '../../src/bench-spec/stream-format.ts'
import { createReader } from '../../src/stream/read.ts'
import { loadRecordings, plain } from './recording.ts'

interface Body {
  bytes: Uint8Array
  format: StreamFormat | undefined
  contentType: string
}

/** What a body comes to when it is cut at these offsets and then ends, or its connection breaks. */
function readAs({ bytes, format, contentType }: Body, cuts: readonly number[], broken: boolean) {
  const reader = createReader(format, contentType, { keepOutput: true })
  const bounds = [0, ...cuts, bytes.length]
  for (const [read, bound] of bounds.entries()) {
    reader.feed(bytes.subarray(bounds[read - 1] ?? 0, bound), 1)
  }
  const fault = broken ? reader.fault() : reader.end(2)
  return { fault, marks: plain(reader.marks) }
}

/** Linear congruential: the same numbers in every run. */
let state = 7
function draw(below: number): number {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
  return Math.floor((state / 2 ** 32) * below)
}

const spoilers = [...Buffer.from('"{}[]<,\n\r\\'), 0xff, 0xe4]

/** The body cut short, or with one byte replaced, mostly towards its end. */
function spoil(bytes: Uint8Array): Uint8Array {
  const at = bytes.length - 1 - draw(draw(bytes.length) + 1)
  if (draw(3) === 0) return bytes.subarray(0, at)
  return bytes.with(at, spoilers[draw(spoilers.length)] ?? 0)
}

function everyOffset(length: number): number[] {
  return Array.from({ length: Math.max(0, length - 1) }, (_, index) => index + 1)
}

for (const { name, bytes, expected } of loadRecordings()) {
  // Every read of raw text is an event.
  if (expected.dialect === 'raw') continue

  test(`${name}: spoilt in many ways, it has the same fault in the same words however it is cut`, () => {
    const types = new Set([expected.contentType, 'application/json'])
    for (const contentType of types) {
      for (let number = 0; number < 10; number++) {
        const format = number % 2 === 0 ? expected.format : undefined
        const body = { bytes: spoil(Buffer.from(bytes)), format, contentType }
        const { length } = body.bytes
        for (const broken of [false, true]) {
          const whole = readAs(body, [], broken)
          for (const cuts of [[draw(length)], [draw(length)], everyOffset(length)]) {
            const text = Buffer.from(body.bytes).toString()
            expect(readAs(body, cuts, broken), `${contentType} ${text}`).toEqual(whole)
          }
        }
      }
    }
  })
}

const json = { format: undefined, contentType: 'application/json' }

test.each([
  ['a long array of numbers', `[${'1234567,'.repeat(4000)}1]`, 'not_streamed'],
  ['a long array that breaks', `[${'1234567,'.repeat(4000)}`, 'malformed_event'],
  ['records, and then none', '{"a":1}\n{"a":2}\n{"a"\n', 'malformed_event'],
])('%s is the same in one read as in many', (_, text, kind) => {
  const body = { ...json, bytes: Buffer.from(text) }
  for (const broken of [false, true]) {
    const whole = readAs(body, [], broken)
    if (!broken) expect(whole.fault?.kind).toBe(kind)
    for (const size of [1, 1000, 20_000]) {
      const cuts = everyOffset(body.bytes.length).filter((offset) => offset % size === 0)
      expect(readAs(body, cuts, broken)).toEqual(whole)
    }
  }
})

test('an event of just the longest length is one, in one read and in two', () => {
  const limit = 16 * 1024 * 1024
  for (const [length, kind] of [
    [limit, undefined],
    [limit + 1, 'malformed_event'],
  ] as const) {
    const bytes = Buffer.from(`data: "${'x'.repeat(length - 2)}"\n\n`)
    for (const cuts of [[], [length + 6]]) {
      const body = { bytes, format: { dialect: 'sse' }, contentType: 'text/event-stream' } as const
      expect(readAs(body, cuts, false).fault?.kind).toBe(kind)
    }
  }
})
