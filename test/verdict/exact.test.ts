import { expect, test } from 'vitest'

import { estimateMore, shareLimits, testExactly } from '../../src/verdict/exact.ts'

const alpha = 0.05

function single(size: number, hits: number) {
  return { size, hits }
}

test('decides at the published numbers of bad observations', () => {
  const table = [
    [50, [1, 10], [undefined, 6], [undefined, 3]],
    [100, [4, 16], [1, 10], [undefined, 4]],
    [200, [12, 28], [4, 16], [undefined, 6]],
    [300, [21, 40], [8, 22], [0, 7]],
    [500, [38, 62], [16, 34], [1, 10]],
    [1000, [84, 117], [38, 63], [4, 16]],
    [5000, [464, 536], [224, 277], [38, 63]],
  ] as const
  for (const [n, ...rows] of table) {
    const found = [0.1, 1 - 0.95, 1 - 0.99].map((q) => {
      const { passAtMost, failAtLeast } = testExactly(single(n, 0), q, alpha)
      return [passAtMost, failAtLeast]
    })
    expect(found, `n = ${n}`).toEqual(rows)
  }
})

test('gives a p at or below α exactly at those numbers', () => {
  expect(testExactly(single(200, 4), 0.05, alpha).pPass).toBeLessThanOrEqual(alpha)
  expect(testExactly(single(200, 5), 0.05, alpha).pPass).toBeGreaterThan(alpha)
  expect(testExactly(single(200, 16), 0.05, alpha).pFail).toBeLessThanOrEqual(alpha)
  expect(testExactly(single(200, 15), 0.05, alpha).pFail).toBeGreaterThan(alpha)
})

test('never proves and disproves at once', () => {
  for (let bad = 0; bad <= 60; bad++) {
    const { pFail, pPass } = testExactly(single(60, bad), 0.1, alpha)
    expect(pFail + pPass).toBeGreaterThan(1 - 1e-12)
  }
})

test('counts fewer observations on each side by the weight of that side', () => {
  const plain = testExactly(single(500, 40), 0.05, alpha)
  const lighter = testExactly(single(500, 40), 0.05, alpha, { fail: 0.1, pass: 1 })
  expect(plain.pFail).toBeLessThan(alpha)
  expect(lighter.pFail).toBeGreaterThan(alpha)
  expect(lighter.pPass).toBe(plain.pPass)
  expect(testExactly(single(500, 5), 0.05, alpha, { fail: 1, pass: 0.1 })).toMatchObject({
    passAtMost: undefined,
    failAtLeast: plain.failAtLeast,
  })
})

test('disproves by one exception what allows none, and never proves it', () => {
  expect(testExactly(single(1000, 0), 0, alpha)).toMatchObject({
    pFail: 1,
    pPass: 1,
    failAtLeast: 1,
  })
  expect(testExactly(single(1000, 1), 0, alpha)).toMatchObject({ pFail: 0, passAtMost: undefined })
})

test('disproves nothing of what allows everything', () => {
  expect(testExactly(single(100, 99), 1, alpha)).toMatchObject({
    pFail: 1,
    pPass: 0,
    failAtLeast: undefined,
  })
})

test('gives Clopper–Pearson limits', () => {
  // One-sided: with 0 of n the upper limit is 1 − α^(1/n).
  const none = shareLimits(testExactly(single(59, 0), 0.05, alpha), alpha)
  expect(none.low).toBe(0)
  expect(none.high).toBeCloseTo(1 - alpha ** (1 / 59), 12)
  const all = shareLimits(testExactly(single(10, 10), 0.05, alpha), alpha)
  expect(all.high).toBe(1)
  expect(all.low).toBeCloseTo(alpha ** (1 / 10), 12)
  // Published 95 % interval of 8 in 20.
  const some = shareLimits(testExactly(single(20, 8), 0.5, 0.025), 0.025)
  expect(some.low).toBeCloseTo(0.1912, 4)
  expect(some.high).toBeCloseTo(0.6395, 4)
})

test('estimates the observations that would decide', () => {
  const test = testExactly(single(500, 20), 0.05, alpha)
  const more = estimateMore(test, 0.05, alpha) ?? 0
  const decides = (n: number) => {
    const { pFail, pPass } = testExactly(single(n, Math.round(0.04 * n)), 0.05, alpha)
    return Math.min(pFail, pPass) <= alpha
  }
  expect(decides(500 + more)).toBe(true)
  expect(decides(500 + more - 1)).toBe(false)
})

test('estimates from zero bad observations the smallest number that can be a PASS', () => {
  expect(estimateMore(testExactly(single(100, 0), 1 - 0.99, alpha), 1 - 0.99, alpha)).toBe(199)
})

test('has no estimate where the share is the allowed one or nothing can be proven', () => {
  expect(estimateMore(testExactly(single(100, 5), 0.05, alpha), 0.05, alpha)).toBeUndefined()
  expect(estimateMore(testExactly(single(100, 0), 0, alpha), 0, alpha)).toBeUndefined()
})
