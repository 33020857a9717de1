import { expect, test } from 'vitest'

import { measureConcurrency } from '../../src/metrics/concurrency.ts'
import { joinRounds } from '../../src/metrics/joining.ts'
import { summarize } from '../../src/metrics/summary.ts'
import { completed, times } from './records.ts'

/** Two requests at once for 100 ms each, 3 waves a round, and as long a pause after each round. */
const alternating = times(4, (round) =>
  times(6, (i) =>
    completed({
      round,
      slot: i % 2,
      at: round * 600 + Math.floor(i / 2) * 100,
      ttft: 100,
      events: 1,
    }),
  ),
).flat()

test('rates and durations are those of the time that the target itself had', () => {
  expect(summarize(alternating).requestsPerSecond).toBeCloseTo(24 / 2.1, 6)
  const { duration, requestsPerSecond, latency } = summarize(joinRounds(alternating))
  expect(duration).toBeCloseTo(1200, 6)
  expect(requestsPerSecond).toBeCloseTo(20, 6)
  expect(latency?.max).toBeCloseTo(100, 6)
})

test('leaves the first round and the order of all as they are', () => {
  const joined = joinRounds(alternating)
  expect(joined.slice(0, 6)).toEqual(alternating.slice(0, 6))
  expect(joined[6]?.marks.dispatched).toBe(300)
  expect(joined[6]?.tokenTimes[0]).toBe(400)
})

test('each round is ramped up and drained by itself', () => {
  const late = alternating.map((record) =>
    record.slot === 1
      ? record
      : { ...record, marks: { ...record.marks, ended: record.marks.ended - 50 } },
  )
  expect(measureConcurrency(joinRounds(alternating), 2, true)?.mean).toBeCloseTo(2, 6)
  // The wave that is the last of its round counts nowhere.
  expect(measureConcurrency(joinRounds(late), 2, true)?.mean).toBeCloseTo(1.5, 6)
})
