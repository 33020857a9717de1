import { expect, test } from 'vitest'

import { formatQuantity } from '../../src/report/quantity.ts'

test('writes durations in ms, from 1 s on in seconds', () => {
  expect(formatQuantity(0.04, 'ms')).toBe('0.04ms')
  expect(formatQuantity(12.345, 'ms')).toBe('12.35ms')
  expect(formatQuantity(123.45, 'ms')).toBe('123.5ms')
  expect(formatQuantity(800, 'ms')).toBe('800ms')
  expect(formatQuantity(1234.6, 'ms')).toBe('1.235s')
  expect(formatQuantity(-1500, 'ms')).toBe('-1.5s')
})

test('writes shares in percent and rates per second', () => {
  expect(formatQuantity(0.982, 'share')).toBe('98.2%')
  expect(formatQuantity(1, 'share')).toBe('100%')
  expect(formatQuantity(12.345, '/s')).toBe('12.35/s')
  expect(formatQuantity(45, 'tok/s')).toBe('45 tok/s')
})

test('writes ∞ for a percentile filled with failed requests', () => {
  expect(formatQuantity(Infinity, 'ms')).toBe('∞')
})
