import { expect, test } from 'vitest'

import { adjustByHolm } from '../../src/verdict/holm.ts'

test('multiplies the i-th smallest by what is left, in the order given', () => {
  expect(adjustByHolm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02])
})

test('leaves a single value as it is, and none at all', () => {
  expect(adjustByHolm([0.03])).toEqual([0.03])
  expect(adjustByHolm([])).toEqual([])
})

test('stops at 1', () => {
  expect(adjustByHolm([0.5, 0.9, 0.7])).toEqual([1, 1, 1])
})
