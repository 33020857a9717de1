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
