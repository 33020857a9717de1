import { expect, test } from 'vitest'

import type { ClientTrust, CompletedRecord } from '../../src/engine/record.ts'
import { measureBuffering } from '../../src/metrics/buffering.ts'
import { completed, times, trust } from './records.ts'

/** An answer whose token events come so many ms after its dispatch. */
function answer(at: readonly number[], more: Partial<CompletedRecord> = {}): CompletedRecord {
  const record = completed({ ttft: at[0] ?? 0, events: at.length })
  const lastToken = at.at(-1) ?? 0
  return {
    ...record,
    tokenTimes: Float64Array.from(at),
    marks: { ...record.marks, lastToken, lastByte: lastToken },
    ...more,
  }
}

/** `bursts` of so many token events each, the last one shorter where there is no more. */
function inBursts(tokens: number, size: number, first: number, pause: number): number[] {
  return times(tokens, (token) => first + Math.floor(token / size) * pause)
}

const steady = (tokens: number, first: number, gap: number): number[] =>
  times(tokens, (token) => first + token * gap)

function isHeldBack(at: readonly number[], more: Partial<CompletedRecord> = {}): boolean {
  return measureBuffering(
    times(3, () => answer(at, more)),
    trust,
  ).buffered
}

test.each([
  ['all 64 tokens in one read', steady(64, 122, 0)],
  ['all 64 tokens within 2 ms', steady(64, 120, 2 / 63)],
  ['8 tokens in one read', steady(8, 60, 0)],
  ['segments of a burst, 0.2 ms apart', times(64, (token) => 120 + Math.floor(token / 7) * 0.2)],
  ['what fits into a buffer of 4 kB, again and again', inBursts(64, 18, 44, 31)],
  [
    'the same, with a last burst right behind the one before',
    [...inBursts(60, 20, 44, 34), 115, 115],
  ],
  ['full segments of a network, whose bursts are of 6', inBursts(64, 6, 70, 57)],
  ['bursts at the times of a flush', inBursts(200, 10, 200, 200)],
])('tokens were held back: %s', (_, at) => {
  expect(isHeldBack(at)).toBe(true)
})

test.each([
  ['a token every 20 ms', steady(64, 100, 20)],
  ['a tiny model, 1 ms between tokens', steady(64, 13, 1)],
  ['a tiny model behind a long queue', steady(64, 4000, 1)],
  ['hardware that writes 10,000 tokens a second, far away', steady(64, 300, 0.1)],
  ['2 to 4 tokens at once', steady(4, 100, 0)],
  ['7 tokens at once', steady(7, 100, 0)],
  ['a mock that takes no time at all', steady(64, 1.5, 0)],
  ['a mock without time between tokens', steady(64, 40, 0)],
  ['an answer from a cache, at once', steady(300, 80, 0)],
  ['a step of speculative decoding is of 5 events', inBursts(64, 5, 100, 30).toSpliced(20, 4)],
  ['steps of 1 to 8', [1, 8, 3, 5, 8, 2, 8, 8].flatMap((n, step) => steady(n, 100 + step * 25, 0))],
  [
    'bursts of all sizes, on a machine that is short of cores',
    times(5, (n) => n).flatMap((n) => steady(n < 2 ? 20 : 2, 60 + 20 * n, 0)),
  ],
  ['a stall in the middle', [...steady(32, 100, 1.5), ...steady(32, 900, 1.5)]],
  ['a client that was away for 30 ms once', [...steady(30, 100, 2), ...steady(16, 190, 0)]],
])('tokens were not held back: %s', (_, at) => {
  expect(isHeldBack(at)).toBe(false)
})

function late(eventLoopDelayP99: number): ClientTrust {
  return { ...trust, eventLoopDelayP99 }
}

test('bursts that a late client explains are its own', () => {
  const starved = times(8, () => answer(inBursts(64, 16, 60, 32)))
  const whole = times(8, () => answer(steady(16, 40, 0)))
  expect(measureBuffering(starved, late(16)).buffered).toBe(true)
  expect(measureBuffering(starved, late(16.1)).buffered).toBe(false)
  expect(measureBuffering(whole, late(20)).buffered).toBe(true)
  expect(measureBuffering(whole, late(20.1)).buffered).toBe(false)
  expect(measureBuffering(whole, undefined).buffered).toBe(true)
})

test('lock-step batches give each answer of a batch one token at a time', () => {
  const batch = times(8, () => answer(inBursts(32, 1, 100, 25)))
  expect(measureBuffering(batch, trust)).toEqual({
    requests: 8,
    heldBack: 0,
    inOneRead: 0,
    buffered: false,
  })
})

test('raw text that comes in several reads was held back as far as its bytes are tokens', () => {
  const raw = { dialect: 'raw', bytes: 160 }
  expect(isHeldBack([121.8, 121.9, 122], raw)).toBe(true)
  // A sentence, a file that comes as fast as the line is, pieces as they are written.
  expect(isHeldBack([121.9, 122], { ...raw, bytes: 90 })).toBe(false)
  expect(isHeldBack([121.9, 122], { ...raw, bytes: 200_000 })).toBe(false)
  expect(isHeldBack(steady(64, 13, 1.7), raw)).toBe(false)
  expect(isHeldBack(steady(6, 100, 400), { ...raw, bytes: 700 })).toBe(false)
  // The bytes of events say nothing: they are mostly not text.
  expect(isHeldBack([122], { bytes: 9000 })).toBe(false)
})

test('raw text that comes in one read is no stream, however short and however few answers there are [T4]', () => {
  const raw = { dialect: 'raw' }
  const whole = (bytes: number): CompletedRecord => answer([122], { ...raw, bytes })
  const pieces = answer([100, 122], { ...raw, bytes: 20 })
  for (const bytes of [2, 90, 160, 200_000]) {
    expect(measureBuffering([whole(bytes)], trust)).toEqual({
      requests: 1,
      heldBack: 1,
      inOneRead: 1,
      buffered: true,
    })
  }
  // Two of seven may be chance, a late client may have made one read of several.
  expect(measureBuffering([whole(90), whole(90), ...times(5, () => pieces)], trust)).toEqual({
    requests: 7,
    heldBack: 2,
    inOneRead: 2,
    buffered: false,
  })
  expect(measureBuffering([whole(90)], late(70)).buffered).toBe(false)
  expect(measureBuffering([pieces], trust).buffered).toBe(false)
})

test('a quarter of the answers is enough, 2 of them are not', () => {
  const held = times(10, () => answer(steady(64, 122, 0)))
  const sound = times(40, () => answer(steady(64, 13, 1.7)))
  const short = times(90, () => answer(steady(3, 13, 1.7)))
  expect(measureBuffering([...held, ...sound.slice(0, 30), ...short], trust)).toEqual({
    requests: 40,
    heldBack: 10,
    inOneRead: 0,
    buffered: true,
  })
  expect(measureBuffering([...held, ...sound.slice(0, 31)], trust).buffered).toBe(false)
  expect(measureBuffering(held.slice(0, 3), trust).buffered).toBe(true)
  expect(measureBuffering(held.slice(0, 2), trust).buffered).toBe(false)
})

test('counts what was measured and completed alone', () => {
  const held = answer(steady(64, 122, 0))
  const others = [
    { ...held, phase: 'warmup' },
    { ...held, outcome: 'cancelled' },
  ] as const
  expect(measureBuffering(times(5, () => others).flat(), trust).requests).toBe(0)
})
