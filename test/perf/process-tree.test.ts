import { expect, test } from 'vitest'

import { drawBetween } from './process-tree.ts'

const readings = [
  { at: 100, cpu: 0 },
  { at: 200, cpu: 50 },
  { at: 300, cpu: 50 },
]

test.each([
  [100, 300, 50],
  [100, 150, 25],
  [150, 250, 25],
  [200, 300, 0],
])('CPU from %d to %d is drawn straight between readings', (from, to, cpu) => {
  expect(drawBetween(readings).between(from, to)).toBe(cpu)
})

test('before the first and behind the last reading nothing is used', () => {
  expect(drawBetween(readings).between(0, 900)).toBe(50)
})
