import { expect, test } from 'vitest'

import type { LatencyOption } from '../../src/mock/latency/distribution-option.ts'
import { readDistribution } from '../../src/mock/latency/distribution-reading.ts'
import { createQuantile, type Distribution } from '../../src/mock/latency/distribution.ts'

function parse(option: LatencyOption): Distribution {
  return readDistribution(
    (...problem) => {
      throw new Error(problem.join(' | '))
    },
    'ttft',
    option,
    { kind: 'constant', value: -1 },
  )
}

/** Mean and standard deviation by midpoints of equal probability. */
function measure(distribution: Distribution): { mean: number; stddev: number } {
  const quantile = createQuantile(distribution)
  const n = 200_000
  let sum = 0
  let squares = 0
  for (let i = 0; i < n; i++) {
    const value = quantile((i + 0.5) / n)
    sum += value
    squares += value ** 2
  }
  return { mean: sum / n, stddev: Math.sqrt(squares / n - (sum / n) ** 2) }
}

test('reads durations with and without units', () => {
  expect(parse(40)).toEqual({ kind: 'constant', value: 40 })
  expect(parse('40ms')).toEqual({ kind: 'constant', value: 40 })
  expect(parse('1.5s')).toEqual({ kind: 'constant', value: 1500 })
  expect(parse('2m')).toEqual({ kind: 'constant', value: 120_000 })
})

test('knows the normal quantiles of the tables', () => {
  const quantile = createQuantile(parse({ dist: 'normal', mean: 100, stddev: 10 }))
  expect(quantile(0.5)).toBeCloseTo(100, 6)
  expect(quantile(0.975)).toBeCloseTo(119.5996398, 5)
  expect(quantile(0.01)).toBeCloseTo(76.7365213, 5)
})

test.each<[LatencyOption, number, number]>([
  [{ dist: 'constant', mean: '40ms' }, 40, 0],
  [{ dist: 'uniform', min: 10, max: 50 }, 30, 40 / Math.sqrt(12)],
  [{ dist: 'normal', mean: 100, stddev: '10ms' }, 100, 10],
  [{ dist: 'normal', mean: 100, cv: 0.1 }, 100, 10],
  [{ dist: 'lognormal', mean: 40, cv: 0.3 }, 40, 12],
  [{ dist: 'exponential', mean: 40 }, 40, 40],
  [{ dist: 'gamma', mean: 40, cv: 0.5 }, 40, 20],
  [{ dist: 'gamma', mean: 40, cv: 1 }, 40, 40],
  [
    {
      mixture: [
        { dist: 'constant', mean: 10, weight: 3 },
        { dist: 'constant', mean: 50 },
      ],
    },
    20,
    Math.sqrt(300),
  ],
  [{ quantiles: { min: 10, p50: 30, max: 50 } }, 30, 40 / Math.sqrt(12)],
  [{ drifting: { dist: 'gamma', mean: 40, cv: 0.5 }, over: 50 }, 40, 20],
])('has the asked mean and spread: %j', (option, mean, stddev) => {
  const measured = measure(parse(option))
  expect(measured.mean / mean).toBeCloseTo(1, 3)
  expect(measured.stddev).toBeCloseTo(stddev, stddev === 0 ? 6 : 1)
})

test('clamps draws to min and max', () => {
  const quantile = createQuantile(parse({ dist: 'exponential', mean: 40, min: 30, max: 60 }))
  expect([quantile(0.001), quantile(0.999)]).toEqual([30, 60])
})

test('reads a distribution at the middles of n equal shares for exact quantiles', () => {
  const exact = parse({ exact_quantiles: { dist: 'uniform', min: 0, max: 100 }, n: 4 })
  expect(exact).toEqual({ kind: 'exact', grid: [12.5, 37.5, 62.5, 87.5], order: 'shuffle' })
})

test.each([
  [1, 0.05, 0.00393214],
  [1, 0.99, 6.6348966],
  [10, 0.05, 3.9402991],
  [10, 0.95, 18.3070381],
  [100, 0.99, 135.8067232],
])('knows the chi-squared quantiles of the tables: %d degrees, %d', (degrees, u, value) => {
  // Gamma of shape k/2 and scale 2: mean k, cv √(2/k).
  const quantile = createQuantile(
    parse({ dist: 'gamma', mean: degrees, cv: Math.sqrt(2 / degrees) }),
  )
  expect(quantile(u) / value).toBeCloseTo(1, 6)
})

test('a gamma quantile is found for every shape and share', () => {
  for (const cv of [0.05, 0.3, 1, 3]) {
    const quantile = createQuantile(parse({ dist: 'gamma', mean: 40, cv }))
    const values = [1e-6, 0.001, 0.1, 0.5, 0.9, 0.999, 1 - 1e-9].map(quantile)
    expect(values.every((value) => value >= 0 && value < Infinity)).toBe(true)
    expect(values).toEqual([...values].sort((left, right) => left - right))
  }
})

test('takes each part of a mixture as often as its weight says', () => {
  const quantile = createQuantile(
    parse({
      mixture: [
        { dist: 'constant', mean: 1, weight: 70 },
        { dist: 'uniform', min: 10, max: 20, weight: 25 },
        { quantiles: { p50: 100, max: 200 }, weight: 5 },
      ],
    }),
  )
  const values = Array.from({ length: 1000 }, (_, index) => quantile((index + 0.5) / 1000))
  expect(values.filter((value) => value === 1)).toHaveLength(700)
  expect(values.filter((value) => value >= 10 && value <= 20)).toHaveLength(250)
  expect(values.filter((value) => value >= 50 && value <= 200)).toHaveLength(50)
})

test('random quantiles are linear between their points, and begin at half of the lowest', () => {
  const quantile = createQuantile(parse({ quantiles: { p50: 40, p90: 60, max: 100 } }))
  expect([0.25, 0.5, 0.7, 0.9, 0.95].map((u) => Number(quantile(u).toFixed(9)))).toEqual([
    30, 40, 50, 60, 80,
  ])
  expect(quantile(1e-12)).toBeCloseTo(20)
})

test('exact quantiles of a mixture ascend', () => {
  const parsed = parse({
    exact_quantiles: {
      mixture: [
        { dist: 'constant', mean: 9 },
        { dist: 'constant', mean: 3 },
      ],
    },
    n: 4,
  })
  expect(parsed).toEqual({ kind: 'exact', grid: [3, 3, 9, 9], order: 'shuffle' })
})
