import { expect, test } from 'vitest'

import { type QuantilePoint, spreadQuantiles } from '../../src/mock/latency/quantile-grid.ts'

const points: QuantilePoint[] = [
  { name: 'p50', share: 0.5, value: 40 },
  { name: 'p90', share: 0.9, value: 60 },
  { name: 'p95', share: 0.95, value: 75 },
  { name: 'p99', share: 0.99, value: 120 },
  { name: 'max', share: 1, value: 300 },
]

function spread(asked: readonly QuantilePoint[], n: number): number[] {
  const spreading = spreadQuantiles(asked, n)
  if ('clash' in spreading) throw new Error(spreading.clash.join(' '))
  return spreading.grid
}

/** The value that at least `percent` % of the sample do not exceed, counted in whole numbers. */
function nearestRank(sample: readonly number[], percent: number): number {
  const enough = sample.findIndex((_, index) => (index + 1) * 100 >= percent * sample.length)
  return sample[enough]!
}

test.each([100, 101, 137, 200, 300, 333, 1000, 9999])(
  'hits every asked nearest-rank quantile of exactly %i requests',
  (n) => {
    const grid = spread(points, n)
    expect(grid).toHaveLength(n)
    expect(grid).toEqual(grid.toSorted((a, b) => a - b))
    expect([50, 90, 95, 99, 100].map((percent) => nearestRank(grid, percent))).toEqual([
      40, 60, 75, 120, 300,
    ])
    expect(grid[0]).toBe(20)
  },
)

test.each([1, 2, 3, 10, 99])('serves %i requests when the table is small enough', (n) => {
  const grid = spread([points[0]!], n)
  expect(grid).toHaveLength(n)
  expect(nearestRank(grid, 50)).toBe(40)
  expect(grid.at(-1)).toBe(40)
})

test('keeps a share on its rank where the product of floats lies just above it', () => {
  expect(100 * 0.07).toBeGreaterThan(7)
  expect(spread([{ name: 'p7', share: 0.07, value: 5 }], 100)[6]).toBe(5)
})

test('is linear in rank between two points', () => {
  const grid = spread(
    [
      { name: 'min', share: 0, value: 10 },
      { name: 'max', share: 1, value: 50 },
    ],
    5,
  )
  expect(grid).toEqual([10, 20, 30, 40, 50])
})

test('names the two quantiles that fall on one request', () => {
  expect(spreadQuantiles(points, 99)).toEqual({ clash: ['p99', 'max'] })
  expect(spreadQuantiles(points, 10)).toEqual({ clash: ['p95', 'p99'] })
})
