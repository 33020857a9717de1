import { expect, test } from 'vitest'

import { fewestToPass } from '../../src/bench-spec/sample-size.ts'
import type { Tally } from '../../src/verdict/dependence.ts'
import {
  estimatePairs,
  type Pair,
  testApart,
  testDifference,
  testSigns,
} from '../../src/verdict/ratio.ts'
import { testRounds } from '../../src/verdict/rounds.ts'
import { times } from '../metrics/records.ts'

const alpha = 0.05

/** ln of these are the ten differences of sleep in Student's paper of 1908. */
const student = [1.2, 2.4, 1.3, 1.3, 0, 1, 1.8, 0.8, 4.6, 1.4]

test('the paired test is that of Student: t 4.0621 with 9 degrees of freedom', () => {
  const ratios = student.map(Math.exp)
  const test = testRounds(ratios, { op: '<=', bound: 1 }, alpha)
  expect(test?.pFail).toBeCloseTo(0.002833 / 2, 6)
  // The two-sided 90 % interval of the mean difference, 1.58.
  expect(Math.log(test?.interval.low ?? 0)).toBeCloseTo(0.867, 3)
  expect(Math.log(test?.interval.high ?? 0)).toBeCloseTo(2.293, 3)
})

test('the unpaired test is that of Welch: t 1.8608 with 17.776 degrees of freedom', () => {
  const [a, b] = [
    [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2],
    [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4],
  ]
  const found = testApart(b.map(Math.exp), a.map(Math.exp), { op: '<=', bound: 1, alpha })
  expect(found?.pFail).toBeCloseTo(0.07939 / 2, 5)
  const turned = testApart(a.map(Math.exp), b.map(Math.exp), { op: '>=', bound: 1, alpha })
  expect(turned?.pFail).toBeCloseTo(found?.pFail ?? 0, 12)
})

test('rounds that are all alike are told apart from the bound without doubt', () => {
  const found = testApart([100, 100, 100], [100, 100, 100], { op: '<=', bound: 1.1, alpha })
  expect(found).toMatchObject({ pFail: 1, pPass: 0 })
})

test('no logarithm, no test of ratios', () => {
  const question = { op: '<=', bound: 1.1, alpha } as const
  expect(testApart([1, 2, Infinity], [1, 2, 3], question)).toBeUndefined()
  expect(testApart([1, 2, 0], [1, 2, 3], question)).toBeUndefined()
  expect(testApart([1, 2], [1, 2, 3], question)).toBeUndefined()
})

function pairsOf(n: number, candidate: number): Pair[] {
  return times(n, () => ({ candidate, baseline: 100 }))
}

function limitOf(baseline: number): number {
  return baseline * 1.1
}

test('signs need five rounds of one mind, and a failed round is beyond every limit', () => {
  expect(testSigns(pairsOf(4, Infinity), '<=', limitOf).pFail).toBeCloseTo(0.0625, 12)
  expect(testSigns(pairsOf(5, Infinity), '<=', limitOf).pFail).toBeCloseTo(0.03125, 12)
  expect(testSigns(pairsOf(5, Infinity), '>=', limitOf).pFail).toBeCloseTo(0.03125, 12)
  expect(testSigns(pairsOf(5, 105), '<=', limitOf).pPass).toBeCloseTo(0.03125, 12)
  // Exactly at the limit a round says nothing.
  expect(testSigns(pairsOf(5, 100), '<=', (baseline) => baseline)).toMatchObject({
    pairs: 0,
    pFail: 1,
    pPass: 1,
  })
})

function allOf(n: number): Tally[] {
  return [{ size: n, hits: n }]
}

test('without a single failure on either side, shares take as many requests as one alone would', () => {
  const question = { op: '>=', bound: -0.01, alpha } as const
  const least = fewestToPass(0.01, 0.95)
  expect(testDifference(allOf(least), allOf(least), question).pPass).toBeLessThanOrEqual(alpha)
  expect(testDifference(allOf(least - 1), allOf(least - 1), question).pPass).toBeGreaterThan(alpha)
})

test('the limits of a difference are those of Newcombe with exact shares: 56/70 and 48/80', () => {
  // Newcombe (1998), table II, example (a): 0.2; method 11 by Clopper-Pearson gives 0.0495 to 0.3385 at 95 %, two-sided.
  const found = testDifference([{ size: 70, hits: 56 }], [{ size: 80, hits: 48 }], {
    op: '<=',
    bound: 0,
    alpha: 0.025,
  })
  expect(found.difference).toBeCloseTo(0.2, 12)
  expect(found.interval.low).toBeGreaterThan(0.03)
  expect(found.interval.low).toBeLessThan(0.0524)
  expect(found.interval.high).toBeGreaterThan(0.3339)
  expect(found.pFail).toBeLessThan(0.025)
})

test('p is the level at which the limit meets the bound', () => {
  const candidate = times(5, (i) => ({ size: 100, hits: 90 + (i % 2) }))
  const baseline = times(5, (i) => ({ size: 100, hits: 97 - (i % 2) }))
  const question = { op: '>=', bound: -0.02 } as const
  const { pFail } = testDifference(candidate, baseline, { ...question, alpha })
  const { interval } = testDifference(candidate, baseline, { ...question, alpha: pFail })
  expect(interval.high).toBeCloseTo(-0.02, 4)
})

test('estimates how many more rounds would decide', () => {
  const ratios = [1.2, 1.0, 1.3, 1.1, 1.25, 1.15]
  const question = { op: '<=', bound: 1.1, alpha } as const
  expect(testRounds(ratios, question, alpha)?.pFail).toBeGreaterThan(alpha)
  const more = estimatePairs(ratios, question) ?? 0
  const longer = times(6 + more, (i) => ratios[i % 6] ?? 1)
  expect(testRounds(longer, question, alpha)?.pFail).toBeLessThan(0.08)
  expect(more).toBeGreaterThan(3)
  expect(
    estimatePairs([1.1, 1.0, 1.21], { op: '<=', bound: Math.cbrt(1.1 * 1.21), alpha }),
  ).toBeUndefined()
})
