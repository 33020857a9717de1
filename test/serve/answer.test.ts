import { expect, test } from 'vitest'

import { toMetrics, toPercentiles } from '../../src/serve/answer.ts'
import { toOutcome } from '../../src/serve/outcome.ts'
import { completed, failed } from '../metrics/records.ts'
import { driveOf, resultsOf } from '../run/_drive.ts'

const named = { id: '20260115T103000000-00000000', report_url: '/reports/x' }
const labels = { model: 'm', dataset: 'openqa' }

/** 20 requests one after the other, of 100, 200 … 2000 ms and 7 tokens each. */
const answered = Array.from({ length: 20 }, (_, index) =>
  completed({ index, at: 3000 * index, ttft: 100 * (index + 1), events: 1, tokens: 7 }),
)

test('the thirteen figures are those of the results, in seconds [S0.12]', () => {
  const results = resultsOf(driveOf({}, answered))
  expect(toMetrics(results, labels)).toEqual({
    total_requests: 20,
    successful_requests: 20,
    failed_requests: 0,
    duration: 59,
    requests_per_second: 0.338983,
    avg_response_time: 1.05,
    min_response_time: 0.1,
    max_response_time: 2,
    total_tokens: 140,
    tokens_per_second: 2.37288,
    parallel: 1,
    model: 'm',
    dataset: 'openqa',
  })
  expect(toPercentiles(results)).toEqual({ p50: 1, p75: 1.5, p90: 1.8, p95: 1.9, p99: 2 })
})

test('where nothing was answered there are no times, and no zeros in their place [S0.30]', () => {
  const results = resultsOf(driveOf({}, [failed({ index: 0 }), failed({ index: 1, at: 10 })]))
  expect(toMetrics(results, labels)).toEqual({
    total_requests: 2,
    successful_requests: 0,
    failed_requests: 2,
    duration: null,
    requests_per_second: null,
    avg_response_time: null,
    min_response_time: null,
    max_response_time: null,
    total_tokens: null,
    tokens_per_second: null,
    parallel: 1,
    model: 'm',
    dataset: 'openqa',
  })
  expect(Object.values(toPercentiles(results))).toEqual([null, null, null, null, null])
})

test('a run that was sent whole is a success, what failed being in its figures', () => {
  const results = resultsOf(driveOf({}, [...answered, failed({ index: 20, at: 90_000 })]))
  expect(toOutcome(results, named)).toEqual({ status: 'success' })
  expect(toMetrics(results, labels)).toMatchObject({ successful_requests: 20, failed_requests: 1 })
})

const refused = { kind: 'connect', message: 'connect ECONNREFUSED' } as const

test('a target that is down is told from one that answers with errors [S0.15] [S0.31]', () => {
  const down = toOutcome(resultsOf(driveOf({}, [failed({ failure: refused })])), named)
  expect(down).toMatchObject({ status: 'failed', refusal: { status: 503, run: named } })
  const broken = toOutcome(resultsOf(driveOf({}, [failed(), failed({ index: 1 })])), named)
  expect(broken).toMatchObject({
    status: 'failed',
    refusal: { status: 502, message: 'All 2 requests failed: 2 × busy.' },
  })
})

test('what was cancelled says by what, and what broke off is no success', () => {
  const reason = 'its client disconnected'
  const end = { kind: 'interrupted', reason } as const
  expect(toOutcome(resultsOf(driveOf({}, answered, { end })), named)).toMatchObject({
    status: 'cancelled',
    refusal: { status: 409, message: expect.stringContaining(`(${reason}): 20 of 20`) },
  })
  const crash = { kind: 'crashed', message: 'exit code 7' } as const
  expect(toOutcome(resultsOf(driveOf({}, answered, { end: crash })), named)).toMatchObject({
    status: 'failed',
    refusal: { status: 500, message: expect.stringContaining('exit code 7') },
  })
})
