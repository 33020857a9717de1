import { expect, test } from 'vitest'

import { renderTestResults } from '../../src/report/seed.ts'
import { completed, failed } from './_records.ts'
import { hostile, run } from './_runs.ts'

const records = [
  { ...completed(0, { end: 100, tokens: 1 }), phase: 'warmup' as const, round: -1 },
  failed(1, 'HTTP 503: busy'),
  completed(0, { ttft: 234, end: 2456, tokens: 45 }),
  { ...completed(2, { end: 900, tokens: 0 }), outcome: 'cancelled' as const },
]
const results = run({ load: { ...run().load, kind: 'closed', requests: 3, concurrency: 2 } })

test('test_results.json has exactly the keys and values of the format [S1.37] [S1.42]', () => {
  expect(renderTestResults(results, records)).toEqual({
    config: {
      url: 'http://127.0.0.1:8000/v1/chat/completions',
      concurrency: 2,
      total_requests: 3,
      timestamp: '2026-01-15T10:30:00.000+00:00',
    },
    summary: { success_count: 1, failed_count: 2 },
    metrics: [
      {
        request_id: 1,
        ttft: 0.234,
        total_time: 2.456,
        total_tokens: 45,
        tokens_per_second: 18.3225,
        error: null,
      },
      {
        request_id: 2,
        ttft: null,
        total_time: 2,
        total_tokens: 0,
        tokens_per_second: 0,
        error: 'HTTP 503: busy',
      },
      {
        request_id: 3,
        ttft: null,
        total_time: 0.9,
        total_tokens: 0,
        tokens_per_second: 0,
        error: 'cancelled',
      },
    ],
  })
})

test('the total time of a request ends with its body, not with its last token [S1.41]', () => {
  const whole = completed(0, { ttft: 234, end: 2456, tokens: 45 })
  const late = { ...whole, marks: { ...whole.marks, ended: whole.marks.ended + 544 } }
  const { metrics } = renderTestResults(results, [late])
  expect(metrics).toMatchObject([{ total_time: 3, total_tokens: 45, tokens_per_second: 15 }])
})

test('requests are listed by their number, however they ended [S1.37]', () => {
  const ended = [2, 0, 3, 1].map((index) => completed(index, { end: 100, tokens: 1 }))
  const { metrics } = renderTestResults(results, ended)
  expect(metrics.map(({ request_id: id }) => id)).toEqual([1, 2, 3, 4])
})

test('the timestamp has an offset [T20]', () => {
  expect(renderTestResults(results, []).config.timestamp).toMatch(/\+00:00$/)
})

test('without a number of requests, those that were sent are the total [S1.37]', () => {
  const timed = run({ load: { ...results.load, requests: null, duration_ms: 1000 } })
  expect(renderTestResults(timed, records).config.total_requests).toBe(3)
})

test('a request that was never sent took the time from its call [S1.37]', () => {
  const { dispatched: _, ...marks } = failed(0, '').marks
  const unsent = { ...failed(0, ''), marks: { ...marks, called: marks.ended - 500 } }
  expect(renderTestResults(results, [unsent]).metrics[0]).toMatchObject({
    total_time: 0.5,
    error: 'http_status',
  })
})

test('the error of a hostile target is one harmless line', () => {
  const [metric] = renderTestResults(results, [failed(0, hostile)]).metrics
  expect(metric?.error).toMatch(/^: :error::owned/)
  expect(metric?.error).not.toMatch(/\p{Cc}|##\w*\[/u)
})
