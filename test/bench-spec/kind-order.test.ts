import { expect, test } from 'vitest'

import { orderKinds, toWholeWeights } from '../../src/bench-spec/kind-order.ts'

const measured = 'measured' as const

function take(weights: readonly number[], seed: number, from: number, to: number): number[] {
  const order = orderKinds(weights, seed)
  return Array.from(
    { length: to - from },
    (_, i) => order({ phase: measured, index: from + i }).kind,
  )
}

function count(kinds: readonly number[], kind: number): number {
  return kinds.filter((each) => each === kind).length
}

test('in each block each kind has its share, in an order that the seed draws', () => {
  for (let block = 0; block < 20; block++) {
    const kinds = take([7, 2, 1], 1, 10 * block, 10 * block + 10)
    expect([0, 1, 2].map((kind) => count(kinds, kind))).toEqual([7, 2, 1])
  }
  const first = take([7, 2, 1], 1, 0, 10)
  expect(take([7, 2, 1], 1, 0, 10)).toEqual(first)
  expect(take([7, 2, 1], 1, 10, 20)).not.toEqual(first)
  expect(take([7, 2, 1], 2, 0, 10)).not.toEqual(first)
})

test('shares that no block of whole requests has come within one request of it', () => {
  const kinds = take([333, 667], 5, 0, 3000)
  for (let to = 100; to <= 3000; to += 100) {
    expect(Math.abs(count(kinds.slice(0, to), 0) - 0.333 * to)).toBeLessThanOrEqual(1)
  }
  expect(count(kinds.slice(0, 1000), 0)).toBe(333)
})

test('a kind counts its own requests, whatever is asked for in which order', () => {
  for (const weights of [[7, 2, 1], [333, 667], [1], [1, 250]]) {
    const order = orderKinds(weights, 9)
    const counts = weights.map(() => 0)
    const expected = Array.from({ length: 700 }, (_, index) => {
      const { kind, nth } = order({ phase: measured, index })
      expect(nth).toBe(counts[kind])
      counts[kind] = nth + 1
      return { kind, nth }
    })
    const again = orderKinds(weights, 9)
    for (let index = 699; index >= 0; index -= 13) {
      expect(again({ phase: measured, index })).toEqual(expected[index])
    }
  }
})

test('the warm-up begins with each kind, and goes on with their shares in an order of its own', () => {
  const order = orderKinds([7, 2, 1], 1)
  const warm = Array.from({ length: 33 }, (_, index) => order({ phase: 'warmup', index }))
  expect(warm.slice(0, 3)).toEqual([0, 1, 2].map((kind) => ({ kind, nth: 0 })))
  const rest = warm.slice(3).map(({ kind }) => kind)
  expect([0, 1, 2].map((kind) => count(rest, kind))).toEqual([21, 6, 3])
  expect(rest).not.toEqual(take([7, 2, 1], 1, 0, 30))
  for (const kind of [0, 1, 2]) {
    const own = warm.filter((each) => each.kind === kind)
    expect(own.map(({ nth }) => nth)).toEqual(own.map((_, nth) => nth))
  }
})

test('weights become whole numbers that say the same', () => {
  expect(toWholeWeights([70, 20, 10])).toEqual([7, 2, 1])
  expect(toWholeWeights([0.5, 0.25, 0.25])).toEqual([2, 1, 1])
  expect(toWholeWeights([33.3, 66.7])).toEqual([333, 667])
  expect(toWholeWeights([5])).toEqual([1])
  const rounded = toWholeWeights([1 / 3, 100, 20_000])
  expect(rounded.reduce((sum, weight) => sum + weight)).toBeLessThanOrEqual(10_001)
  expect(Math.min(...rounded)).toBe(1)
})
