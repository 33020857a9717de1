import { expect, test } from 'vitest'

import { createSampler } from '../../src/mock/latency/sampler.ts'

const exact = { kind: 'exact', order: 'shuffle', grid: [10, 20, 30, 40, 50, 60, 70, 80] } as const
const ascending = (values: readonly number[]): number[] => values.toSorted((a, b) => a - b)

test('hands every value of exact quantiles out once per lap, in another order each lap', () => {
  const sample = createSampler(exact, 1, 'ttft')
  const draw = (turn: number): number => sample('any', turn)()
  const laps = [0, 8, 16].map((from) => Array.from({ length: 8 }, (_, i) => draw(from + i)))
  for (const lap of laps) expect(ascending(lap)).toEqual(exact.grid)
  expect(laps[0]).not.toEqual(exact.grid)
  expect(laps[0]).not.toEqual(laps[1])
})

test('gives turns their values in whatever order they ask', () => {
  const inOrder = createSampler(exact, 1, 'ttft')
  const mixed = createSampler(exact, 1, 'ttft')
  const turns = [9, 0, 8, 3]
  const sorted = new Map(turns.toSorted((a, b) => a - b).map((turn) => [turn, inOrder('', turn)()]))
  expect(turns.map((turn) => mixed('', turn)())).toEqual(turns.map((turn) => sorted.get(turn)))
})

test('lets warm-up draw from the same values without using one up', () => {
  const sample = createSampler(exact, 1, 'ttft')
  const measured: number[] = []
  for (let turn = 0; turn < 8; turn++) {
    expect(exact.grid).toContain(sample(`warm ${turn}`, undefined)())
    measured.push(sample('measured', turn)())
  }
  expect(ascending(measured)).toEqual(exact.grid)
})

test('does not pair ttft and itl when both are exact', () => {
  const ttft = createSampler(exact, 1, 'ttft')
  const itl = createSampler(exact, 1, 'itl')
  const turns = exact.grid.map((_, turn) => turn)
  expect(turns.map((t) => ttft('', t)())).not.toEqual(turns.map((t) => itl('', t)()))
})

test('draws independent times from the key alone', () => {
  const uniform = { kind: 'uniform', min: 0, max: 1000 } as const
  const draw = createSampler(uniform, 1, 'ttft')('row-3', 0)
  const again = createSampler(uniform, 1, 'ttft')('row-3', 17)
  const other = createSampler(uniform, 1, 'ttft')('row-4', 0)
  expect([draw(), draw()]).toEqual([again(), again()])
  expect(draw()).not.toBe(other())
})

test('samples come over and over in their order, or in another one each lap', () => {
  const samples = [30, 10, 20]
  const cycle = createSampler({ kind: 'exact', order: 'cycle', grid: samples }, 1, 'ttft')
  const drawn = Array.from({ length: 6 }, (_, turn) => cycle(`k${turn}`, turn)())
  expect(drawn).toEqual([30, 10, 20, 30, 10, 20])
  const shuffle = createSampler({ kind: 'exact', order: 'shuffle', grid: samples }, 1, 'ttft')
  const lap = Array.from({ length: 3 }, (_, turn) => shuffle(`k${turn}`, turn)())
  expect(lap.toSorted((left, right) => left - right)).toEqual([10, 20, 30])
})

const hitOrMiss = {
  kind: 'drifting',
  of: {
    kind: 'mixture',
    parts: [
      { weight: 0.8, distribution: { kind: 'constant', value: 30 } },
      { weight: 0.2, distribution: { kind: 'constant', value: 150 } },
    ],
  },
  over: 50,
} as const

/** Whether requests 0 … n − 1 take long. */
function listMisses(n: number, seed: number): number[] {
  const sample = createSampler(hitOrMiss, seed, 'ttft')
  return Array.from({ length: n }, (_, turn) => (sample(`k${turn}`, turn)() === 150 ? 1 : 0))
}

/** Correlation of the values with those `lag` later. */
function correlate(values: readonly number[], lag: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const apart = values.map((value) => value - mean)
  const product = (shift: number): number =>
    apart.slice(shift).reduce((sum, value, index) => sum + value * apart[index]!, 0)
  return product(lag) / product(0)
}

test('neighbours share the luck of a drifting time, others do not, and its quantiles stay', () => {
  const n = 40_000
  for (const seed of [1, 2, 3]) {
    const misses = listMisses(n, seed)
    const share = misses.reduce((sum, miss) => sum + miss, 0) / n
    // Half a normal luck in common makes two such requests alike by 0.30; 800 lucks are independent.
    expect(Math.abs(share - 0.2)).toBeLessThan(0.03)
    expect(Math.abs(correlate(misses, 1) - 0.3)).toBeLessThan(0.05)
    expect(correlate(misses, 25)).toBeGreaterThan(0.15)
    expect(Math.abs(correlate(misses, 150))).toBeLessThan(0.05)
  }
})

test('the share of a drifting mixture is another one 100 requests later', () => {
  const misses = listMisses(10_000, 1)
  const shares = Array.from({ length: 100 }, (_, window) => {
    const part = misses.slice(100 * window, 100 * window + 50)
    return part.reduce((sum, miss) => sum + miss, 0) / 50
  })
  // Independent requests would have a standard deviation of 0.057.
  const spread = Math.sqrt(shares.reduce((sum, share) => sum + (share - 0.2) ** 2, 0) / 100)
  expect(spread).toBeGreaterThan(0.15)
})

test('a drifting time depends on the turn alone, and warm-up takes no part in the drift', () => {
  const inOrder = listMisses(200, 1)
  const sample = createSampler(hitOrMiss, 1, 'ttft')
  for (const turn of [150, 3, 199, 0]) {
    sample(`warm ${turn}`, undefined)()
    expect(sample(`k${turn}`, turn)()).toBe(inOrder[turn] === 1 ? 150 : 30)
  }
})
