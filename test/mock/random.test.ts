import { expect, test } from 'vitest'

import { createRandom, permute } from '../../src/mock/plan/random.ts'

function take(seed: number, purpose: string, key: string, count: number): number[] {
  const random = createRandom(seed, purpose, key)
  return Array.from({ length: count }, random)
}

test('repeats a stream from the same seed, purpose and key', () => {
  expect(take(1, 'ttft', 'a', 20)).toEqual(take(1, 'ttft', 'a', 20))
})

test('gives another stream for another seed, purpose or key, however they are joined', () => {
  const streams = [
    take(1, 'ttft', 'a', 4),
    take(2, 'ttft', 'a', 4),
    take(1, 'itl', 'a', 4),
    take(1, 'ttft', 'b', 4),
    take(1, 'ttfta', '', 4),
    take(11, 'ttft', 'a', 4),
  ]
  expect(new Set(streams.map(String)).size).toBe(streams.length)
})

test('draws uniformly and strictly between 0 and 1', () => {
  const draws = take(7, 'check', '', 20_000)
  expect(draws.every((u) => u > 0 && u < 1)).toBe(true)
  const counts = Array.from({ length: 10 }, () => 0)
  for (const u of draws) counts[Math.floor(u * 10)]!++
  // χ² with 9 degrees of freedom exceeds 27.9 once in a thousand seeds; this seed is fixed.
  const chiSquare = counts.reduce((sum, seen) => sum + (seen - 2000) ** 2 / 2000, 0)
  expect(chiSquare).toBeLessThan(27.9)
})

test('permutes every index exactly once', () => {
  const order = permute(100, createRandom(1, 'order', ''))
  expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i))
  expect(order).not.toEqual(order.toSorted((a, b) => a - b))
})
