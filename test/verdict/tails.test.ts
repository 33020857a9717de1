import { expect, test } from 'vitest'

import {
  binomialAtLeast,
  binomialAtMost,
  normalQuantile,
  regularizedBeta,
  studentAtLeast,
  studentQuantile,
} from '../../src/verdict/tails.ts'

/** P(Bin(n, numerator/denominator) ≤ most) in whole numbers. */
function exactAtMost(most: number, n: number, numerator: bigint, denominator: bigint): number {
  let term = (denominator - numerator) ** BigInt(n)
  let sum = term
  for (let k = 1n; k <= BigInt(most); k++) {
    term = (term * (BigInt(n) - k + 1n) * numerator) / (k * (denominator - numerator))
    sum += term
  }
  const scale = 10n ** 60n
  return Number((sum * scale) / denominator ** BigInt(n)) / 1e60
}

test('agrees with binomial sums in whole numbers', () => {
  for (const n of [1, 2, 7, 30, 100, 299, 500]) {
    for (const [numerator, denominator] of [
      [1n, 2n],
      [1n, 10n],
      [1n, 20n],
      [1n, 100n],
      [19n, 20n],
    ] as const) {
      const q = Number(numerator) / Number(denominator)
      for (let bad = 0; bad < n; bad += Math.max(1, Math.floor(n / 9))) {
        const exact = exactAtMost(bad, n, numerator, denominator)
        const close = exact > 1e-40 ? Math.abs(binomialAtMost(bad, n, q) / exact - 1) : 0
        if (close > 1e-10) expect.fail(`P(Bin(${n}, ${q}) ≤ ${bad}): ${close} off ${exact}`)
        const above = binomialAtLeast(bad + 1, n, q)
        if (Math.abs(above - (1 - exact)) > 1e-12)
          expect.fail(`P(Bin(${n}, ${q}) > ${bad}): ${above}`)
      }
    }
  }
})

test('agrees with a binomial worked by hand', () => {
  expect(binomialAtMost(3, 10, 0.5)).toBeCloseTo(0.171875, 13)
  expect(binomialAtLeast(8, 10, 0.5)).toBeCloseTo(56 / 1024, 13)
})

test('is certain at the ends', () => {
  expect(binomialAtLeast(0, 10, 0.05)).toBe(1)
  expect(binomialAtMost(10, 10, 0.05)).toBe(1)
  expect(binomialAtLeast(1, 10, 0)).toBe(0)
  expect(binomialAtMost(0, 10, 0)).toBe(1)
  expect(binomialAtMost(9, 10, 1)).toBe(0)
  expect(binomialAtLeast(10, 10, 1)).toBe(1)
})

test('falls with every further bad observation, whole or not', () => {
  let last = 1
  for (let bad = 0.25; bad <= 40; bad += 0.25) {
    const tail = binomialAtLeast(bad, 333.3, 0.05)
    expect(tail).toBeLessThan(last)
    last = tail
  }
})

test('lies between its whole neighbours for arguments that are not whole', () => {
  const between = binomialAtMost(10.5, 300, 0.05)
  expect(between).toBeGreaterThan(binomialAtMost(10, 300, 0.05))
  expect(between).toBeLessThan(binomialAtMost(11, 300, 0.05))
})

test('stays symmetric with millions of observations', () => {
  expect(regularizedBeta(0.5, 2e6, 2e6)).toBeCloseTo(0.5, 7)
  expect(binomialAtLeast(10_000, 1e6, 0.01) + binomialAtMost(9_999, 1e6, 0.01)).toBeCloseTo(1, 9)
})

test('agrees with published quantiles of Student’s t', () => {
  expect(studentQuantile(0.05, 2)).toBeCloseTo(2.919986, 6)
  expect(studentQuantile(0.05, 4)).toBeCloseTo(2.131847, 6)
  expect(studentQuantile(0.05, 9)).toBeCloseTo(1.833113, 6)
  expect(studentQuantile(0.025, 4)).toBeCloseTo(2.776445, 6)
  expect(studentQuantile(0.025, 30)).toBeCloseTo(2.042272, 6)
  expect(studentQuantile(0.025, 1)).toBeCloseTo(12.7062, 4)
})

test('agrees with published quantiles of the normal distribution', () => {
  expect(normalQuantile(0.05)).toBeCloseTo(1.644854, 6)
  expect(normalQuantile(0.025)).toBeCloseTo(1.959964, 6)
  expect(normalQuantile(0.01)).toBeCloseTo(2.326348, 6)
  expect(normalQuantile(0.0001)).toBeCloseTo(3.719016, 6)
})

test('has the tail of a t of 2 degrees in closed form, on both sides', () => {
  for (const t of [-3, -0.5, 0, 0.5, 3]) {
    expect(studentAtLeast(t, 2)).toBeCloseTo(0.5 - t / (2 * Math.sqrt(2 + t * t)), 12)
  }
  expect(studentAtLeast(Infinity, 4)).toBe(0)
  expect(studentAtLeast(-Infinity, 4)).toBe(1)
})
