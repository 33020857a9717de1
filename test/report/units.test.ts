import { expect, test } from 'vitest'

import { formatCount, formatDeviation, formatMs, formatValue } from '../../src/report/units.ts'

test.each([
  [0, '0ms'],
  [0.0012, '0.00ms'],
  [0.62, '0.62ms'],
  [9.994, '9.99ms'],
  [9.996, '10.0ms'],
  [45.29, '45.3ms'],
  [99.96, '100ms'],
  [912.4, '912ms'],
  [999.4, '999ms'],
  [999.5, '1.00s'],
  [4567, '4.57s'],
  [25_670, '25.7s'],
  [1_256_000, '1256s'],
])('%f ms reads %s [T14]', (ms, text) => {
  expect(formatMs(ms)).toBe(text)
})

test.each([
  [0.98, '98.0%'],
  [1, '100.0%'],
  [0, '0.0%'],
  [0.9996, '99.96%'],
  [0.99999, '99.999%'],
  [0.0004, '0.04%'],
])('the share %f reads %s', (share, text) => {
  expect(formatValue(share, 'share')).toBe(text)
})

test('rates carry their unit, and what is infinite says so', () => {
  expect(formatValue(11.6089, '/s')).toBe('11.6/s')
  expect(formatValue(742.97, 'tok/s')).toBe('743 tok/s')
  expect(formatValue('infinite', 'ms')).toBe('∞')
})

test('a deviation has its sign, its size and its share of the bound', () => {
  expect(formatDeviation(112, 800, 'ms')).toBe('+112ms (+14.0%)')
  expect(formatDeviation(-433, 5000, 'ms')).toBe('-433ms (-8.7%)')
  expect(formatDeviation(-0.01, 0.99, 'share')).toBe('-1.00pp')
  expect(formatDeviation(-2.5, 10, '/s')).toBe('-2.50/s (-25.0%)')
  expect(formatDeviation(5, 0, 'ms')).toBe('+5.00ms')
  expect(formatDeviation('infinite', 800, 'ms')).toBe('')
})

test('counts are grouped from five digits on', () => {
  expect([0, 999, 9999, 18_774, 1_234_567].map(formatCount)).toEqual([
    '0',
    '999',
    '9999',
    '18\u202f774',
    '1\u202f234\u202f567',
  ])
})
