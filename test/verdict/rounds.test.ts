import { expect, test } from 'vitest'

import { testRounds } from '../../src/verdict/rounds.ts'

const alpha = 0.05

test('is the one-sided t test on logarithms', () => {
  // ln: mean .1, standard deviation .1, so t = .1 / (.1/√3) = √3 with 2 degrees.
  const values = [0, 0.1, 0.2].map((log) => 10 * Math.exp(log))
  const result = testRounds(values, { op: '<=', bound: 10 }, alpha)
  const tail = 0.5 - Math.sqrt(3) / (2 * Math.sqrt(2 + 3))
  expect(result?.pFail).toBeCloseTo(tail, 12)
  expect(result?.pPass).toBeCloseTo(1 - tail, 12)
  expect(result?.interval.low).toBeCloseTo(10 * Math.exp(0.1 - (2.919986 * 0.1) / Math.sqrt(3)), 5)
  expect(result?.interval.high).toBeCloseTo(10 * Math.exp(0.1 + (2.919986 * 0.1) / Math.sqrt(3)), 5)
})

test('turns round for a floor', () => {
  const ceiling = testRounds([10, 11, 12], { op: '<', bound: 10 }, alpha)
  const floor = testRounds([10, 11, 12], { op: '>', bound: 10 }, alpha)
  expect([floor?.pPass, floor?.pFail]).toEqual([ceiling?.pFail, ceiling?.pPass])
})

test('decides rounds that are all the same, unless they are the bound', () => {
  expect(testRounds([5, 5, 5], { op: '<=', bound: 6 }, alpha)).toMatchObject({ pFail: 1, pPass: 0 })
  expect(testRounds([5, 5, 5], { op: '<=', bound: 4 }, alpha)).toMatchObject({ pFail: 0, pPass: 1 })
  expect(testRounds([5, 5, 5], { op: '<=', bound: 5 }, alpha)).toMatchObject({
    pFail: 0.5,
    pPass: 0.5,
  })
})

test('has no test of two rounds, nor of what has no logarithm', () => {
  expect(testRounds([5, 6], { op: '<=', bound: 6 }, alpha)).toBeUndefined()
  expect(testRounds([5, 0, 6], { op: '<=', bound: 6 }, alpha)).toBeUndefined()
  expect(testRounds([5, 5, 6], { op: '>=', bound: 0 }, alpha)).toBeUndefined()
})
