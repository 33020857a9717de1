import { expect, test } from 'vitest'

import { isGood } from '../../src/metrics/goodput.ts'
import { answeredAt, chunkGaps, gatherGaps, measure } from '../../src/metrics/measure.ts'
import { completed, failed } from './records.ts'

test('counts ttft from the dispatch to the first token [S1.2]', () => {
  const record = completed({ at: 50, ttft: 234, marks: { scheduled: 10, called: 30 } })
  expect(measure(record, 'ttft')).toBe(234)
})

test('counts ttfo to the first token that is not reasoning', () => {
  expect(measure(completed({ marks: { firstOutput: 700 } }), 'ttfo')).toBe(700)
})

test('counts latency to the last token, not to the end of the body', () => {
  const record = completed({ ttft: 100, gap: 10, events: 11, marks: { ended: 900, lastByte: 900 } })
  expect(measure(record, 'latency')).toBe(200)
})

test('counts latency of raw chunks to the last byte', () => {
  const record = completed({ dialect: 'raw', marks: { lastByte: 900 } })
  expect(measure(record, 'latency')).toBe(900)
  expect(answeredAt(record)).toBe(900)
})

test('divides the decoding time by the server’s own count of tokens less one', () => {
  const record = completed({ ttft: 100, gap: 10, events: 10, tokens: 19 })
  expect(measure(record, 'tpot')).toBe(90 / 18)
})

test('knows no tpot when tokens are only counted events [S1.51] [T5]', () => {
  expect(measure(completed({ events: 10 }), 'tpot')).toBeUndefined()
})

test('finds tpot inapplicable to a single token, and stall to a single event', () => {
  expect(measure(completed({ tokens: 1 }), 'tpot')).toBe('inapplicable')
  expect(measure(completed({ events: 1 }), 'stall')).toBe('inapplicable')
})

test('takes gaps between token events, and the largest as the stall', () => {
  const record = { ...completed(), tokenTimes: Float64Array.of(5, 6, 6, 46, 50) }
  expect(chunkGaps(record)).toEqual([1, 0, 40, 4])
  expect(measure(record, 'stall')).toBe(40)
})

test('counts dispatch_delay from the schedule', () => {
  expect(measure(completed({ at: 50, marks: { scheduled: 10 } }), 'dispatch_delay')).toBe(40)
})

test('knows nothing of instants that never came', () => {
  expect(measure(failed(), 'ttft')).toBeUndefined()
  expect(measure(failed(), 'latency')).toBeUndefined()
})

test('calls a request good that keeps every bound', () => {
  const record = completed({ ttft: 100, gap: 10, events: 11, tokens: 11 })
  expect(isGood(record, [{ metric: 'ttft', op: '<=', bound: 100 }])).toBe(true)
  expect(isGood(record, [{ metric: 'ttft', op: '<', bound: 100 }])).toBe(false)
  expect(
    isGood(record, [
      { metric: 'ttft', op: '<=', bound: 100 },
      { metric: 'latency', op: '<=', bound: 199 },
    ]),
  ).toBe(false)
})

test('does not call a request good when it failed or a bounded time is unknown', () => {
  expect(isGood(failed(), [])).toBe(false)
  const tpot = { metric: 'tpot', op: '<=', bound: 1e9 } as const
  expect(isGood(completed(), [tpot])).toBe(false)
  expect(isGood(completed({ tokens: 1 }), [tpot])).toBe(true)
})

test('a whole document has the time of its last byte, and none of a token', () => {
  const record = completed({ dialect: 'json', events: 0, at: 100, marks: { lastByte: 900 } })
  delete record.marks.lastToken
  expect(measure(record, 'latency')).toBe(800)
  for (const metric of ['ttft', 'ttfo', 'tpot', 'stall', 'scheduled_ttft'] as const)
    expect(measure(record, metric)).toBe('inapplicable')
})

test('gathers the gaps of all requests as each has them', () => {
  const records = [3, 0, 1, 2].map((events, index) =>
    completed({ index, events, gap: index + 0.1 }),
  )
  expect([...gatherGaps(records)]).toEqual(records.flatMap(chunkGaps))
  expect(gatherGaps([])).toHaveLength(0)
})
