import { expect, test } from 'vitest'

import { createChooser } from '../../src/mock/fault/selection.ts'
import { createTiming } from '../../src/mock/latency/timing.ts'
import { parseOptions } from '../../src/mock/options/options.ts'
import { createRandom } from '../../src/mock/plan/random.ts'
import { type Answered, type Call, simulate } from './_simulation.ts'

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** By how much counts over 10 slices vary more than those of independent requests would; mean of runs. */
function measureClustering(hits: readonly number[], runLength: number): number {
  const runs = Math.floor(hits.length / runLength)
  const share = sum(hits) / hits.length
  const size = runLength / 10
  const squares = Array.from({ length: runs * 10 }, (_, slice) => {
    const hitsInSlice = sum(hits.slice(slice * size, (slice + 1) * size))
    return (hitsInSlice - share * size) ** 2
  })
  return sum(squares) / squares.length / (size * share * (1 - share))
}

/** The same requests in an order that has nothing to do with their arrival. */
function scatter<T>(values: readonly T[]): T[] {
  const stride = 7919
  return values.map((_, index) => values[(index * stride) % values.length]!)
}

test.each([1, 2, 3])('bursty-failures: as many fail as it says, in runs, seed %i', (seed) => {
  const chooser = createChooser(parseOptions({ scenario: 'bursty-failures' }).faults, seed)
  const failures = Array.from({ length: 50_000 }, (_, index) =>
    chooser.choose({ key: String(index + 1), phase: 'measured' }, '') === undefined ? 0 : 1,
  )
  const runs = failures.filter((failed, index) => failed === 1 && failures[index - 1] !== 1).length
  expect(Math.abs(sum(failures) / 50_000 - 0.02)).toBeLessThan(0.008)
  expect(Math.abs(sum(failures) / runs - 5)).toBeLessThan(1.3)
  // 2L(1 − q) − 1 for slices that are long.
  expect(measureClustering(failures, 500)).toBeGreaterThan(5)
  expect(measureClustering(scatter(failures), 500)).toBeLessThan(1.4)
})

test.each([1, 2, 3])('drifting-cache: misses come together, seed %i', (seed) => {
  const timeAnswer = createTiming(parseOptions({ scenario: 'drifting-cache', seed }))
  const prefill = { promptTokens: 8, cachedTokens: 0, delay: 0 }
  const misses = Array.from({ length: 20_000 }, (_, turn) => {
    const { contentsMs } = timeAnswer(prefill, 1, String(turn + 1), turn)
    return contentsMs[0]! > 60 ? 1 : 0
  })
  expect(Math.abs(sum(misses) / 20_000 - 0.1)).toBeLessThan(0.02)
  expect(measureClustering(misses, 500)).toBeGreaterThan(3)
  expect(measureClustering(scatter(misses), 500)).toBeLessThan(1.4)
})

/** `concurrency` at a time; a client takes 0.3 to 1.8 ms from an answer to its next request. */
function loop(
  scenario: string,
  { concurrency, requests, seed }: { concurrency: number; requests: number; seed: number },
): Answered[] {
  const random = createRandom(seed, 'client', scenario)
  const { min, max } = parseOptions({ scenario }).tokens ?? { min: 20, max: 20 }
  let left = requests - concurrency
  const ask = (at: number): Call => ({
    at: at + 0.3 + 1.5 * random(),
    promptTokens: 10,
    contents: min + Math.floor(random() * (max - min + 1)),
  })
  const calls = Array.from({ length: concurrency }, () => ask(0))
  return simulate(calls, { scenario, seed }, (_, at) => (left-- > 0 ? ask(at) : undefined)).answers
}

test.each([
  [32, 4],
  [8, 1.5],
])('waves: with %i clients who is in one wave shares its delay', (concurrency, clustering) => {
  for (const seed of [1, 2, 3]) {
    const answers = loop('waves', { concurrency, requests: 5000, seed })
    const delays = answers.map(({ call, contentsAt }) => contentsAt[0]! - call.at)
    const waves = Map.groupBy(delays.keys(), (index) => answers[index]!.contentsAt[0]!)
    const spreads = [...waves.values()].map((wave) => {
      const shared = wave.map((index) => delays[index]!)
      return Math.max(...shared) - Math.min(...shared)
    })
    // They differ by when they came, and by nothing else.
    expect(Math.max(...spreads)).toBeLessThan(2)
    const sorted = delays.toSorted((a, b) => a - b)
    expect(sorted[4500]! - sorted[500]!).toBeGreaterThan(30)
    const slow = delays.map((delay) => (delay > sorted[4500]! ? 1 : 0))
    expect(measureClustering(slow, 500)).toBeGreaterThan(clustering)
    expect(measureClustering(scatter(slow), 500)).toBeLessThan(1.4)
  }
})

test.each([1, 2, 3])('shared-stalls: a stall is met by all that stream, seed %i', (seed) => {
  const answers = loop('shared-stalls', { concurrency: 8, requests: 2000, seed })
  const ends = answers.flatMap(({ contentsAt }) =>
    contentsAt.filter((at, index) => index > 0 && at - contentsAt[index - 1]! > 50),
  )
  ends.sort((a, b) => a - b)
  // Each of them goes on within its itl of 10 ms.
  const stalls = ends.filter((at, index) => index === 0 || at - ends[index - 1]! > 20)
  expect(stalls.length).toBeGreaterThan(50)
  // All 8 but those that wait for their first content.
  expect(ends.length / stalls.length).toBeGreaterThan(6)
  expect(ends.length / stalls.length).toBeLessThanOrEqual(8)
})
