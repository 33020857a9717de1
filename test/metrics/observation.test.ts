import { expect, test } from 'vitest'

import { observe } from '../../src/metrics/observation.ts'
import { cancelled, completed, failed, times } from './records.ts'

test('gathers a request metric by round, with failed requests beside the values', () => {
  const records = [
    completed({ round: 0, ttft: 30 }),
    completed({ round: 0, ttft: 10 }),
    failed({ round: 0 }),
    completed({ round: 1, ttft: 20 }),
  ]
  expect(observe(records, 'ttft')).toEqual({
    kind: 'values',
    sample: [10, 20, 30],
    failed: 1,
    unknown: 0,
    requests: 4,
    clusters: [
      { round: 0, values: [30, 10], failed: 1 },
      { round: 1, values: [20], failed: 0 },
    ],
  })
})

test('leaves warm-up and cancelled requests out', () => {
  const records = [
    completed({ phase: 'warmup', round: -1, ttft: 1 }),
    cancelled({ ttft: 2 }),
    completed({ ttft: 3 }),
  ]
  expect(observe(records, 'ttft')).toMatchObject({ sample: [3], requests: 1 })
  expect(observe(records, 'success_rate')).toMatchObject({ good: 1, bad: 0 })
})

test('clusters chunk gaps by request, a failed request being one gap that never ended', () => {
  const records = [
    completed({ events: 3, gap: 5 }),
    failed({ round: 1 }),
    completed({ events: 1, round: 1 }),
    completed({ events: 2, gap: 7, round: 1 }),
  ]
  expect(observe(records, 'chunk_gap')).toMatchObject({
    sample: [5, 5, 7],
    failed: 1,
    requests: 3,
    clusters: [
      { round: 0, values: [5, 5], failed: 0 },
      { round: 1, values: [], failed: 1 },
      { round: 1, values: [7], failed: 0 },
    ],
  })
})

test('counts completed requests whose value is unknown, but not those that can have none', () => {
  const records = [completed({ tokens: 11 }), completed(), completed({ tokens: 1 })]
  expect(observe(records, 'tpot')).toMatchObject({ sample: [9], unknown: 1, requests: 1 })
})

test('knows the dispatch delay of failed requests', () => {
  const records = [failed({ at: 7, marks: { scheduled: 0 } }), completed({ at: 3 })]
  expect(observe(records, 'dispatch_delay')).toMatchObject({ sample: [0, 7], failed: 0 })
})

test('counts shares by round', () => {
  const records = [completed({ round: 0 }), failed({ round: 0 }), completed({ round: 1 })]
  const clusters = [
    { good: 1, bad: 1 },
    { good: 1, bad: 0 },
  ]
  const share = { kind: 'share', good: 2, bad: 1, clusters }
  expect(observe(records, 'success_rate')).toEqual(share)
  expect(observe(records, 'error_rate')).toEqual(share)
})

test('counts slow and failed requests against goodput', () => {
  const goodput = [{ metric: 'ttft', op: '<=', bound: 100 }] as const
  const records = [completed({ ttft: 100 }), completed({ ttft: 101 }), failed()]
  expect(observe(records, 'goodput', { goodput })).toMatchObject({ good: 1, bad: 2 })
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
