import { expect, test } from 'vitest'

import {
  interpolate,
  pickByRank,
  pickByWeight,
  pickNearest,
} from '../../src/report/tool/quantile.ts'
import type { Quantile } from '../../src/report/tool/tool.ts'
import { times } from '../metrics/records.ts'

test('percentiles of 1 to 100 ms are taken in each way', () => {
  const values = times(100, (i) => ({ value: i + 1, weight: 1 }))
  expect(interpolate(values, 0.5)).toBe(50.5)
  expect(interpolate(values, 0.99)).toBeCloseTo(99.01, 10)
  expect(pickByRank(values, 0.5)).toBe(50)
  expect(pickByRank(values, 0.99)).toBe(99)
  expect(pickByRank(values, 1)).toBe(100)
  expect(pickByWeight(values, 0.5)).toBe(50)
  expect(pickByWeight(values, 0.99)).toBe(99)
  const weighted = [
    { value: 1, weight: 9 },
    { value: 2, weight: 1 },
  ]
  expect(pickByWeight(weighted, 0.9)).toBe(1)
  expect(pickByWeight(weighted, 0.95)).toBe(2)
})

// What `calculate_percentiles` of EvalScope 1.14.1 returns for 1 to n.
test.each([
  [1, { p25: 1, p50: 1, p90: 1, p95: 1, p99: 1 }],
  [2, { p25: 1, p50: 1, p90: 2, p95: 2, p99: 2 }],
  [10, { p25: 3, p50: 5, p90: 9, p95: 10, p99: 10 }],
  [20, { p25: 5, p50: 10, p90: 18, p95: 19, p99: 20 }],
  [40, { p25: 10, p50: 20, p90: 36, p95: 38, p99: 40 }],
  [107, { p25: 27, p50: 54, p90: 97, p95: 102, p99: 106 }],
  [1000, { p25: 250, p50: 500, p90: 900, p95: 950, p99: 990 }],
])('percentiles of 1 to %i are those that EvalScope computes', (n, expected) => {
  const values = times(n, (i) => i + 1)
  expect(takeAll(pickByRank, values)).toEqual(expected)
})

// What `Percentiles.from_pdf` of GuideLLM 0.8.1 returns for 1 to n, by numpy 2.4.6.
test.each([
  [10, { p50: 5, p90: 10, p95: 10, p99: 10 }],
  [12, { p50: 7, p90: 11, p95: 12, p99: 12 }],
  [20, { p50: 11, p90: 18, p95: 19, p99: 20 }],
  [21, { p50: 11, p90: 19, p95: 20, p99: 21 }],
  [30, { p50: 16, p90: 28, p95: 29, p99: 30 }],
  [100, { p50: 50, p90: 90, p95: 95, p99: 99 }],
  [107, { p50: 54, p90: 97, p95: 102, p99: 106 }],
])('percentiles of 1 to %i are those that GuideLLM computes', (n, expected) => {
  const values = times(n, (i) => i + 1)
  expect(takeAll(pickByWeight, values)).toMatchObject(expected)
})

test('equal values have one share, as GuideLLM adds them up', () => {
  const twice = times(20, (i) => Math.floor(i / 2))
  expect(takeAll(pickByWeight, twice)).toMatchObject({ p50: 4, p90: 9, p95: 9, p99: 9 })
  const same = [5, 5, 5, 7]
  expect(takeAll(pickByWeight, same)).toMatchObject({ p50: 5, p90: 7, p95: 7, p99: 7 })
})

// What `_build_adjusted_metric_result` of AIPerf 0.13.0 returns for 1 to n and some failures, by
// numpy 2.4.6.
test.each([
  [20, 1, { p50: 11, p90: 19, p95: 20, p99: Infinity }],
  [10, 1, { p50: 6, p90: 10, p95: Infinity, p99: Infinity }],
  [3, 1, { p50: 3, p90: Infinity, p95: Infinity, p99: Infinity }],
  [1, 1, { p50: 1, p90: Infinity, p95: Infinity, p99: Infinity }],
  [19, 1, { p50: 11, p90: 18, p95: 19, p99: Infinity }],
  [99, 1, { p50: 51, p90: 90, p95: 95, p99: 99 }],
  [95, 5, { p50: 51, p90: 90, p95: 95, p99: Infinity }],
  [96, 5, { p50: 51, p90: 91, p95: 96, p99: Infinity }],
])('percentiles of 1 to %i and %i failures are those that AIPerf adjusts', (n, fails, expected) => {
  const values = [...times(n, (i) => i + 1), ...times(fails, () => Infinity)]
  expect(takeAll(pickNearest, values)).toMatchObject(expected)
})

/** Percentiles of ascending values. */
function takeAll(quantile: Quantile, values: readonly number[]): Record<string, number> {
  const sorted = values.map((value) => ({ value, weight: 1 }))
  const shares = { p25: 0.25, p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 }
  return Object.fromEntries(Object.entries(shares).map(([name, p]) => [name, quantile(sorted, p)]))
}
