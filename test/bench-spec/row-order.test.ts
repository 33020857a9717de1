import { expect, test } from 'vitest'

import { orderRows } from '../../src/bench-spec/row-order.ts'

function take(
  requests: number,
  {
    rows,
    phase = 'measured',
    ...how
  }: {
    rows: number
    phase?: 'measured' | 'warmup'
    seed?: number
    shuffle?: boolean
  },
): number[] {
  const order = orderRows(rows, { seed: 1, shuffle: true, ...how })
  return Array.from({ length: requests }, (_, index) => order({ phase, index }))
}

const ascending = [...Array(20).keys()]

test('without shuffling rows come as they stand, in the warm-up from the last on backwards', () => {
  expect(take(5, { rows: 3, shuffle: false })).toEqual([0, 1, 2, 0, 1])
  expect(take(5, { rows: 3, shuffle: false, phase: 'warmup' })).toEqual([2, 1, 0, 2, 1])
})

test('the same seed gives the same order, on every machine', () => {
  expect(take(20, { rows: 20 })).toEqual(take(20, { rows: 20 }))
  expect(take(10, { rows: 10, seed: 1 })).toMatchInlineSnapshot(`
    [
      2,
      1,
      0,
      4,
      8,
      7,
      3,
      5,
      9,
      6,
    ]
  `)
})

test.each([0, 2, 3, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])(
  'seed %i gives another order than 1',
  (seed) => {
    expect(take(20, { rows: 20, seed })).not.toEqual(take(20, { rows: 20 }))
  },
)

test('each pass has every row once, in a new order', () => {
  const taken = take(60, { rows: 20 })
  const passes = [0, 20, 40].map((from) => taken.slice(from, from + 20))
  for (const pass of passes) expect(pass.toSorted((a, b) => a - b)).toEqual(ascending)
  expect(new Set([ascending, ...passes].map(String)).size).toBe(4)
})

test('the warm-up takes other rows than the first measured requests', () => {
  const warmedUp = take(10, { rows: 20, phase: 'warmup' })
  const measured = take(10, { rows: 20 })
  expect([...warmedUp, ...measured].toSorted((a, b) => a - b)).toEqual(ascending)
})

test('a single row is the order', () => {
  expect(take(3, { rows: 1 })).toEqual([0, 0, 0])
})

test('every row comes first about as often as any other', () => {
  const firsts = Array.from({ length: 4000 }, (_, seed) => take(1, { rows: 4, seed })[0])
  for (const row of [0, 1, 2, 3]) {
    const share = firsts.filter((first) => first === row).length / firsts.length
    expect(share).toBeCloseTo(0.25, 1)
  }
})

test('who asks in between changes nothing', () => {
  const order = orderRows(3, { seed: 1, shuffle: true })
  const taken = Array.from({ length: 30 }, (_, index) => {
    order({ phase: 'warmup', index })
    order({ phase: 'measured', index: index + 7 })
    return order({ phase: 'measured', index })
  })
  expect(taken).toEqual(take(30, { rows: 3 }))
})
