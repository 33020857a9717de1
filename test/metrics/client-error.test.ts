import { expect, test } from 'vitest'

import type { RequestRecord } from '../../src/engine/record.ts'
import { compareWithSent, type SentAnswer } from '../../src/metrics/client-error.ts'
import { completed, failed, times } from './records.ts'

/** Answers that were received 1 ms after the dispatch and sent `early` ms before they were seen. */
function sentBefore(early: (index: number) => number) {
  return ({ index, marks, tokenTimes }: RequestRecord): SentAnswer => ({
    received: (marks.dispatched ?? 0) + 1,
    tokens: [...tokenTimes].map((at) => at - early(index)),
  })
}

/** Seen 1 ms late at the first event, and 4 ms at the last. */
function sentUneven({ tokenTimes, marks }: RequestRecord): SentAnswer {
  const [first = 0, second = 0, last = 0] = tokenTimes
  return { received: marks.dispatched ?? 0, tokens: [first - 1, second, last - 4] }
}

const answers = times(100, (index) => completed({ index, at: 1000 * index, events: 3, gap: 10 }))

test('takes the way to the server and back as the error of a time, the way back as that of an event', () => {
  const found = compareWithSent(
    answers,
    sentBefore((i) => (i + 1) / 10),
    1,
  )
  // 1 ms there, 0.1 to 10 ms back.
  expect(found?.ttft.min).toBeCloseTo(1.1, 9)
  expect(found?.ttft.p50).toBeCloseTo(6, 9)
  expect(found?.ttft.p95).toBeCloseTo(10.5, 9)
  expect(found?.ttft.p99).toBeCloseTo(10.9, 9)
  expect(found?.ttft.max).toBeCloseTo(11, 9)
  expect(found?.latency.p50).toBeCloseTo(6, 9)
  expect(found?.chunk?.p50).toBeCloseTo(5, 9)
  expect(found?.chunk?.max).toBeCloseTo(10, 9)
  expect(found?.dispatchDelay.max).toBe(0)
  expect(found?.requests).toBe(100)
})

test('takes the larger error of a request, whichever end of the answer it is at', () => {
  const found = compareWithSent(answers, sentUneven, 1)
  expect(found?.ttft.p50).toBeCloseTo(1, 9)
  expect(found?.latency.p50).toBeCloseTo(4, 9)
  expect(found?.request.p50).toBeCloseTo(4, 9)
})

test('does not compare reads with events that they are not', () => {
  const found = compareWithSent(answers, () => ({ received: 0, tokens: [50, 60] }), 1)
  expect(found?.chunk).toBeUndefined()
  expect(found?.requests).toBe(100)
})

test('leaves out the warm-up, failures, and answers that the server does not know', () => {
  const know = sentBefore(() => 1)
  const others = [completed({ phase: 'warmup', round: -1 }), failed()]
  expect(compareWithSent(others, know, 1)).toBeUndefined()
  expect(compareWithSent(answers, () => undefined, 1)).toBeUndefined()
  expect(compareWithSent([...answers, ...others], know, 1)?.requests).toBe(100)
})

/** Whether the error of `n` answers has a p95, and a p99. */
function carries(n: number): [p95: boolean, p99: boolean] {
  const some = answers.slice(0, n)
  const found = compareWithSent(
    some,
    sentBefore((i) => i),
    1,
  )
  const { p95, p99 } = found?.request ?? {}
  return [p95 !== undefined, p99 !== undefined]
}

test('so few answers have no percentile but their maximum', () => {
  expect(carries(19)).toEqual([false, false])
  expect(carries(20)).toEqual([true, false])
  expect(carries(99)).toEqual([true, false])
  expect(carries(100)).toEqual([true, true])
})
