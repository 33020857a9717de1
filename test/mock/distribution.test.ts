import { expect, test } from 'vitest'

import { createQuantile, parseDistribution } from '../../src/mock/latency/distribution.ts'
import type { Distribution, LatencyOption } from '../../src/mock/latency/distribution.ts'

function parse(option: LatencyOption): Distribution {
  return parseDistribution(
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
  expect(exact).toEqual({ kind: 'exact', grid: [12.5, 37.5, 62.5, 87.5] })
})
