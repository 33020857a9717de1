import { expect, test } from 'vitest'

import { parseRate, ratePattern } from '../../src/bench-spec/rate.ts'

test.each([
  ['20/s', 20],
  ['600/min', 10],
  ['0.5/s', 0.5],
  [' 3 / min ', 0.05],
])('reads %s as %d per second', (text, perSecond) => {
  expect(parseRate(text)).toBeCloseTo(perSecond, 12)
  expect(text.trim()).toMatch(new RegExp(ratePattern))
})

test.each(['20', '20/m', '/s', '-1/s', '20 per s', '1e3/s', '0/s', '0.0/min'])(
  'lets no %s into a spec',
  (text) => {
    expect(text).not.toMatch(new RegExp(ratePattern))
  },
)
