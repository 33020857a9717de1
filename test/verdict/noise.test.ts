import { expect, test } from 'vitest'

import { measureNoise, smallestChange } from '../../src/verdict/noise.ts'
import { testRounds } from '../../src/verdict/rounds.ts'
import { completed, times } from '../metrics/records.ts'
import { createNormal, createRandom } from './random.ts'

/** Ten requests a round, all of the round's own time. */
function runOf(ttfts: readonly number[]) {
  return ttfts.flatMap((ttft, round) =>
    times(10, (i) => completed({ round, ttft, at: 10_000 * (10 * round + i) })),
  )
}

function find(ttfts: readonly number[]) {
  const figures = measureNoise(runOf(ttfts), 0.05)
  return figures.find(({ metric, stat }) => `${metric} ${stat}` === 'ttft p50')
}

test('takes the differences of neighbouring rounds, which a drift does not enlarge', () => {
  expect(find([100, 110, 100, 110])?.spread).toBeCloseTo(Math.log(1.1), 12)
  expect(find([100, 100, 100])).toMatchObject({ rounds: 3, spread: 0 })
  const drift = find([100, 101, 102.01, 103.0301, 104.060401])
  expect(drift?.spread).toBeCloseTo(Math.log(1.01), 9)
  expect(find([100, 100])).toBeUndefined()
})

test('has a figure for each metric, rates included', () => {
  const figures = measureNoise(runOf([100, 105, 98, 102]), 0.05)
  expect(figures.map(({ metric, stat }) => `${metric} ${stat}`)).toEqual([
    'ttft p50',
    'ttft p95',
    'latency p50',
    'latency p95',
    'requests_per_second value',
    'output_tokens_per_second value',
  ])
  for (const { smallestChanges } of figures) {
    const changes = smallestChanges.map(({ change }) => change)
    expect(changes).toEqual(changes.toSorted((a, b) => b - a))
  }
})

test('agrees with the published quantiles of t', () => {
  // t(.05) and t(.20) of 4 degrees of freedom: 2.1318 and 0.9410.
  expect(Math.log1p(smallestChange(0.1, 5, 0.05))).toBeCloseTo(
    ((2.1318 + 0.941) * 0.1) / Math.sqrt(5),
    5,
  )
})

test('is what about four of five comparisons of so many rounds find', () => {
  const normal = createNormal(createRandom(31))
  const runs = 4000
  for (const rounds of [5, 10, 20]) {
    const change = smallestChange(0.1, rounds, 0.05)
    const found = times(runs, () => {
      const ratios = times(rounds, () => (1 + change) * Math.exp(0.1 * normal()))
      return (testRounds(ratios, { op: '<=', bound: 1 }, 0.05)?.pFail ?? 1) <= 0.05
    })
    const share = found.filter(Boolean).length / runs
    expect(share).toBeGreaterThan(0.75)
    expect(share).toBeLessThan(0.88)
  }
})
