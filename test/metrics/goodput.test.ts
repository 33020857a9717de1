import { expect, test } from 'vitest'

import { isGood, keepsEach, scoreRequest } from '../../src/metrics/goodput.ts'
import { observe } from '../../src/metrics/observation.ts'
import { cancelled, completed, failed } from './records.ts'

const bounds = [
  { metric: 'ttft', op: '<=', bound: 200 },
  { metric: 'tpot', op: '<=', bound: 20 },
] as const

test('the score is the worst value as a multiple of its bound', () => {
  // ttft 100 of 200, tpot 15 of 20 (10 events 15 ms apart, 10 tokens).
  expect(scoreRequest(completed({ ttft: 100, gap: 15, tokens: 10 }), bounds)).toBeCloseTo(0.75, 12)
  expect(scoreRequest(completed({ ttft: 190, gap: 15, tokens: 10 }), bounds)).toBeCloseTo(0.95, 12)
  expect(scoreRequest(completed({ ttft: 500, gap: 15, tokens: 10 }), bounds)).toBeCloseTo(2.5, 12)
})

test('of a floor it is the inverse', () => {
  const floor = [{ metric: 'ttft', op: '>=', bound: 50 }] as const
  expect(scoreRequest(completed({ ttft: 100 }), floor)).toBe(0.5)
  expect(scoreRequest(completed({ ttft: 25 }), floor)).toBe(2)
  expect(scoreRequest(completed({ ttft: 0 }), floor)).toBe(Infinity)
})

test('up to 1 a request is good, whichever bound it is', () => {
  const ways = [
    completed({ ttft: 200, gap: 20, tokens: 10 }),
    completed({ ttft: 200.001, gap: 1, tokens: 10 }),
    completed({ ttft: 1, gap: 20.001, tokens: 10 }),
    completed({ ttft: 1, gap: 1, tokens: 10 }),
    failed(),
  ]
  expect(ways.map((record) => isGood(record, bounds))).toEqual([true, false, false, true, false])
  for (const record of ways) {
    expect(scoreRequest(record, bounds) <= 1).toBe(isGood(record, bounds))
  }
})

test('a request that failed, or of which a value is not known, is beyond every bound', () => {
  for (const record of [failed(), cancelled({ tokens: 10 }), completed()]) {
    expect(scoreRequest(record, bounds)).toBe(Infinity)
    expect(keepsEach(record, bounds)).toBe('no')
  }
})

test('a bound that does not apply adds nothing, and the request is good as far as is seen', () => {
  const short = { events: 1, tokens: 1 }
  expect(scoreRequest(completed({ ...short, ttft: 100 }), bounds)).toBe(0.5)
  expect(keepsEach(completed({ ...short, ttft: 100 }), bounds)).toBe('as-far-as-seen')
  expect(keepsEach(completed({ ...short, ttft: 300 }), bounds)).toBe('no')
  expect(keepsEach(completed({ ttft: 100, tokens: 10 }), bounds)).toBe('yes')
  const [, onlyTpot] = bounds
  expect(scoreRequest(completed(short), [onlyTpot])).toBe(0)
})

test('scores stand in the order of dispatch, and those that cannot be seen are counted among the good', () => {
  const records = [
    completed({ index: 2, ttft: 300, tokens: 10 }),
    completed({ index: 0, ttft: 100, events: 1, tokens: 1 }),
    failed({ index: 3 }),
    completed({ index: 1, ttft: 150, gap: 2, tokens: 10 }),
    completed({ index: 4, ttft: 400, events: 1, tokens: 1 }),
  ]
  const found = observe(records, 'goodput', { goodput: bounds })
  const requests = found?.kind === 'share' ? [...found.requests] : []
  expect({ ...found, requests }).toMatchObject({
    kind: 'share',
    good: 2,
    bad: 3,
    unseen: 1,
    requests: [
      { index: 0, good: true, score: 0.5 },
      { index: 1, good: true, score: 0.75 },
      { index: 2, good: false, score: 1.5 },
      { index: 3, good: false, score: Infinity },
      { index: 4, good: false, score: 2 },
    ],
  })
})
