import { expect, test } from 'vitest'

import { observe as observeLazily } from '../../src/metrics/observation.ts'
import { cancelled, completed, failed, times } from './records.ts'

/** With lists of what the columns of an observation hold. */
function observe(...asked: Parameters<typeof observeLazily>) {
  const found = observeLazily(...asked)
  if (found === undefined || found.kind === 'rate') return found
  if (found.kind === 'share') return { ...found, requests: [...found.requests] }
  return { ...found, sample: [...found.sample], requests: [...found.requests] }
}

test('gathers a request metric in the order of dispatch, whatever ended first', () => {
  const records = [
    completed({ index: 2, round: 1, ttft: 20 }),
    completed({ index: 0, ttft: 30 }),
    failed({ index: 3, round: 1 }),
    completed({ index: 1, ttft: 10 }),
  ]
  expect(observe(records, 'ttft')).toEqual({
    kind: 'values',
    sample: [10, 20, 30],
    failed: 1,
    left: 0,
    failureWeight: 1,
    unknown: 0,
    unseen: 0,
    requests: [
      { index: 0, round: 0, values: [30], failed: false },
      { index: 1, round: 0, values: [10], failed: false },
      { index: 2, round: 1, values: [20], failed: false },
      { index: 3, round: 1, values: [], failed: true },
    ],
  })
})

test('leaves warm-up and cancelled requests out', () => {
  const records = [
    completed({ phase: 'warmup', round: -1, ttft: 1 }),
    cancelled({ ttft: 2 }),
    completed({ ttft: 3 }),
  ]
  expect(observe(records, 'ttft')).toMatchObject({ sample: [3], requests: [{ values: [3] }] })
  expect(observe(records, 'success_rate')).toMatchObject({ good: 1, bad: 0 })
})

test('gathers chunk gaps by request, a failed request standing for as many as another has', () => {
  const records = [
    completed({ events: 4, gap: 5 }),
    failed({ round: 1 }),
    completed({ events: 1, round: 1 }),
    completed({ events: 2, gap: 7, round: 1 }),
  ]
  expect(observe(records, 'chunk_gap')).toMatchObject({
    sample: [5, 5, 5, 7],
    failed: 1,
    failureWeight: 2,
    unseen: 1,
    requests: [
      { round: 0, values: [5, 5, 5], failed: false },
      { round: 1, values: [], failed: true },
      { round: 1, values: [7], failed: false },
    ],
  })
})

test('tells completed requests whose value is unknown from those that can have none', () => {
  const records = [completed({ tokens: 11 }), completed(), completed({ tokens: 1 })]
  expect(observe(records, 'tpot')).toMatchObject({
    sample: [9],
    unknown: 1,
    unseen: 1,
    requests: { length: 1 },
  })
})

test('knows the dispatch delay of failed requests', () => {
  const records = [failed({ at: 7, marks: { scheduled: 0 } }), completed({ at: 3 })]
  expect(observe(records, 'dispatch_delay')).toMatchObject({ sample: [0, 7], failed: 0 })
})

test('counts shares in the order of dispatch', () => {
  const records = [
    completed({ index: 1, round: 1 }),
    failed({ index: 2, round: 1 }),
    completed({ index: 0 }),
  ]
  const requests = [
    { index: 0, round: 0, good: true },
    { index: 1, round: 1, good: true },
    { index: 2, round: 1, good: false },
  ]
  const share = { kind: 'share', good: 2, bad: 1, unseen: 0, requests }
  expect(observe(records, 'success_rate')).toEqual(share)
  expect(observe(records, 'error_rate')).toEqual(share)
})

test('counts slow and failed requests against goodput', () => {
  const goodput = [{ metric: 'ttft', op: '<=', bound: 100 }] as const
  const records = [completed({ ttft: 100 }), completed({ ttft: 101 }), failed()]
  expect(observe(records, 'goodput', { goodput })).toMatchObject({
    good: 1,
    bad: 2,
    requests: [{ score: 1 }, { score: 1.01 }, { score: Infinity }],
  })
  expect(observe(records, 'goodput')).toBeUndefined()
})

test('observes tokens per second by the server’s count', () => {
  const records = times(2, (i) =>
    completed({ at: i * 1000, ttft: 0, gap: 100, events: 11, tokens: 50 }),
  )
  expect(observe(records, 'output_tokens_per_second')).toMatchObject({ value: 50, requests: 2 })
})

test('observes nothing where there is nothing', () => {
  expect(observe([], 'success_rate')).toBeUndefined()
  expect(observe([failed()], 'ttft')).toBeUndefined()
  expect(observe([completed()], 'tpot')).toBeUndefined()
  expect(observe([failed()], 'requests_per_second')).toBeUndefined()
  expect(observe([failed()], 'output_tokens_per_second')).toBeUndefined()
})
