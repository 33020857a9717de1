import { expect, test } from 'vitest'

import { summarize } from '../../src/metrics/summary.ts'
import { cancelled, completed, failed, times } from './records.ts'

test('counts requests by outcome, cancelled ones outside the success rate', () => {
  const records = [
    completed({ phase: 'warmup', round: -1 }),
    ...times(3, () => completed()),
    failed(),
    cancelled(),
  ]
  const summary = summarize(records)
  expect(summary.requests).toEqual({
    total: 5,
    completed: 3,
    failed: 1,
    cancelled: 1,
    resent: 0,
    warmup: 1,
  })
  expect(summary.successRate).toBe(0.75)
})

test('counts the measured requests that were sent once more, whatever came of them', () => {
  const records = [
    completed(),
    completed({ replaced: 'unsent' }),
    completed({ replaced: 'resent' }),
    { ...failed(), replaced: 'resent' as const },
    completed({ phase: 'warmup', round: -1, replaced: 'resent' }),
  ]
  expect(summarize(records).requests).toMatchObject({ total: 4, resent: 2 })
})

test('summarises durations of completed requests by nearest rank', () => {
  const records = [...times(200, (i) => completed({ ttft: i + 1 })), failed()]
  const { ttft } = summarize(records)
  expect(ttft).toMatchObject({ count: 200, min: 1, max: 200, mean: 100.5 })
  expect(ttft).toMatchObject({ p50: 100, p75: 150, p90: 180, p95: 190, p99: 198 })
})

test('tells streamEnd, clientQueue and dispatchDelay apart from latency', () => {
  const marks = { scheduled: 0, called: 20, ended: 1000 }
  const summary = summarize([completed({ at: 25, ttft: 75, events: 1, marks })])
  expect(summary.latency?.max).toBe(75)
  expect(summary.streamEnd?.max).toBe(975)
  expect(summary.clientQueue?.max).toBe(5)
  expect(summary.dispatchDelay?.max).toBe(25)
})

test('has no figure for what is not known', () => {
  const summary = summarize([failed(), failed()])
  expect(Object.keys(summary).sort()).toEqual(
    [
      'clientQueue',
      'dialects',
      'dispatchDelay',
      'failures',
      'prompts',
      'requests',
      'successRate',
      'tokenBasis',
      'wall',
    ].sort(),
  )
  expect(summary.successRate).toBe(0)
  expect(summarize([])).not.toHaveProperty('successRate')
  expect(summarize([completed()]).ttft).not.toHaveProperty('stddev')
})

test('counts failures by kind and status, the most frequent first', () => {
  const records = [
    failed({ failure: { kind: 'reset', message: 'gone' } }),
    failed({ status: 503, failure: { kind: 'http_status', message: 'busy' } }),
    failed({ status: 503, failure: { kind: 'http_status', message: 'still busy' } }),
    failed({ status: 500, failure: { kind: 'http_status', message: 'oom' } }),
  ]
  expect(summarize(records).failures).toEqual([
    { kind: 'http_status', status: 503, count: 2, sample: 'busy' },
    { kind: 'reset', count: 1, sample: 'gone' },
    { kind: 'http_status', status: 500, count: 1, sample: 'oom' },
  ])
})

test('gives rates over the run duration', () => {
  const records = times(10, (i) =>
    completed({ at: i * 1000, ttft: 500, gap: 50, events: 11, tokens: 30 }),
  )
  const summary = summarize(records, { goodput: [{ metric: 'ttft', op: '<=', bound: 499 }] })
  expect(summary).toMatchObject({ duration: 10_000, outputTokens: 300, goodput: 0 })
  expect(summary.requestsPerSecond).toBe(1)
  expect(summary.outputTokensPerSecond).toBe(30)
})

test('counts dialects, the most frequent first', () => {
  const records = [completed({ dialect: 'dify' }), completed(), completed()]
  expect(summarize(records).dialects).toEqual([
    { name: 'openai-chat', count: 2 },
    { name: 'dify', count: 1 },
  ])
})

test('adds up the prompts of completed requests, and what of them came from a cache', () => {
  const told = { promptTokens: 40, cachedTokens: 32 }
  const records = [
    { ...completed(), ...told },
    { ...completed(), promptTokens: 40, cachedTokens: 0 },
    { ...completed(), promptTokens: 48 },
    completed(),
    { ...completed({ phase: 'warmup', round: -1 }), ...told },
    { ...failed(), ...told },
  ]
  expect(summarize(records).prompts).toEqual({
    counted: 3,
    promptTokens: 128,
    told: 2,
    cachedTokens: 32,
    share: 0.25,
  })
  expect(summarize([{ ...completed(), promptTokens: 40 }]).prompts).toEqual({
    counted: 1,
    promptTokens: 40,
    told: 0,
  })
  expect(summarize([{ ...completed(), cachedTokens: 5 }]).prompts).toEqual({
    counted: 0,
    told: 1,
    cachedTokens: 5,
  })
})
