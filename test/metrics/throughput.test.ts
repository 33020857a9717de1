import { expect, test } from 'vitest'

import {
  outputTokens,
  runDuration,
  throughput,
  throughputs,
  tokenBasis,
  wallTime,
} from '../../src/metrics/throughput.ts'
import { cancelled, completed, failed, times } from './records.ts'

/** Two slots, each with requests of 1 s back to back. */
const steady = times(20, (index) =>
  completed({
    index,
    round: Math.floor(index / 4),
    slot: index % 2,
    at: Math.floor(index / 2) * 1000,
    ttft: 100,
    gap: 100,
    events: 10,
    tokens: 40,
  }),
)

test('lasts from the first dispatch to the last token', () => {
  expect(runDuration(steady)).toBe(10_000)
  expect(runDuration([failed()])).toBeUndefined()
  expect(runDuration([])).toBeUndefined()
})

test('takes from the first call to the last end, also where nothing was answered', () => {
  const late = failed({ index: 1, at: 500 })
  const refused = [failed({ index: 0, at: 0 }), late]
  expect(wallTime(refused)).toBe(late.marks.ended)
  expect(wallTime(steady)).toBeGreaterThanOrEqual(runDuration(steady) ?? Infinity)
  expect(wallTime([])).toBeUndefined()
})

test('gives every round of a steady run the rate of the run', () => {
  const rate = throughput(steady, () => 1)
  expect(rate?.perSecond).toBe(2)
  expect(rate?.rounds).toHaveLength(5)
  for (const { perSecond } of rate?.rounds ?? []) expect(perSecond).toBeCloseTo(2, 12)
})

test('keeps to the rate of the run where rounds differ in their length', () => {
  const uneven = [
    ...steady,
    ...times(4, (i) =>
      completed({ round: 5, at: 10_000 + i * 4000, ttft: 3000, gap: 100, events: 11 }),
    ),
  ]
  const rate = throughput(uneven, () => 1)
  const slotTimes = [4000, 4000, 4000, 4000, 4000, 16_000]
  const weighted = (rate?.rounds ?? []).map((each, i) => each.perSecond * (slotTimes[i] ?? 0))
  expect(weighted.reduce((a, b) => a + b) / 36_000).toBeCloseTo(rate?.perSecond ?? 0, 12)
  expect(rate?.rounds[5]?.perSecond).toBeLessThan(rate?.rounds[0]?.perSecond ?? 0)
})

test('counts completed requests only [T7]', () => {
  const half = steady.map((record, i) => (i % 2 ? { ...failed(), marks: record.marks } : record))
  expect(throughput(half, () => 1)?.perSecond).toBeCloseTo(1, 12)
})

test('leaves cancelled requests out', () => {
  const more = [...steady, cancelled({ at: 9000, ttft: 500, events: 1 })]
  expect(throughput(more, () => 1)).toEqual(throughput(steady, () => 1))
})

test('tells where token counts come from [S1.51]', () => {
  expect(tokenBasis([completed({ tokens: 3 })])).toBe('usage')
  expect(tokenBasis([completed()])).toBe('estimated')
  expect(tokenBasis([completed(), completed({ tokens: 3 })])).toBe('mixed')
  expect(tokenBasis([failed()])).toBe('none')
})

test('gives the rates of several weights as it gives that of each', () => {
  const rates = throughputs(steady, [() => 1, outputTokens])
  expect(rates).toEqual([throughput(steady, () => 1), throughput(steady, outputTokens)])
  expect(rates[1]?.perSecond).toBe(80)
  expect(throughputs([failed()], [() => 1])).toEqual([])
})
