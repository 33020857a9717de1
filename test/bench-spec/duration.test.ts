import { expect, test } from 'vitest'

import { parseDuration } from '../../src/bench-spec/duration.ts'

test.each([
  ['800ms', 800],
  ['1.1s', 1100],
  ['250us', 0.25],
  ['2 m', 120_000],
  ['1.5h', 5_400_000],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['800', 'ms', '-1s', '1e3ms', '1s 2ms', '5sec', ''])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})
