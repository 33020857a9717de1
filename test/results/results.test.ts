import { Ajv } from 'ajv'
import { expect, test } from 'vitest'

import { sentences } from '../../src/report/sentence/sentences.ts'
import { resultsSchema } from '../../src/results/results-schema.ts'
import { type Results, type ResultsInput, toResults } from '../../src/results/results.ts'
import { readTrust } from '../../src/results/stored.ts'
import type { SloVerdict } from '../../src/verdict/verdict.ts'

const verdict: SloVerdict = {
  slo: {
    id: 'first-token',
    text: 'ttft p95 <= 800ms',
    metric: 'ttft',
    stat: { kind: 'percentile', p: 99.9 },
    op: '<=',
    bound: 800,
    unit: 'ms',
    level: 'error',
    why: 'users wait',
    position: { line: 7, column: 5, offset: 80, length: 17 },
  },
  status: 'FAIL',
  method: 'exact',
  observed: 912.345678,
  margin: -112.345678,
  n: 300,
  exceedances: 38,
  passAtMost: 8,
  failAtLeast: 22,
  interval: { low: 880.00004 },
  pFail: 0.0000001234567,
  reason: { kind: 'exceedances', failed: 2, requests: 300, withoutValue: 0, asked: 300 },
  turns: [],
}

const input: ResultsInput = {
  spec: {
    name: 'chat',
    file: '/home/me/bench/chat.bench.yaml',
    target: {
      url: 'http://127.0.0.1:8000/v1/chat/completions',
      method: 'POST',
      headers: { authorization: 'Bearer sk-header' },
      body: { prompt: 'body-text' },
    },
    timeouts: { total: 300_000, connect: 10_000 },
    dataset: {
      source: 'prompts.csv',
      path: '/home/me/bench/prompts.csv',
      columns: ['content'],
      rows: [{ content: 'row-text' }],
    },
    load: { kind: 'closed', concurrency: 10, requests: 300, warmup: 10, rounds: 5, seed: 1 },
    slos: [verdict.slo],
    gate: { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 },
    abort: { certain: false },
    secrets: [{ value: 'sk-header', label: '${API_KEY}' }],
    warnings: [],
  },
  summary: {
    requests: { total: 300, completed: 298, failed: 2, cancelled: 0, resent: 0, warmup: 10 },
    successRate: 298 / 300,
    duration: 25_670.123456,
    tokenBasis: 'usage',
    prompts: { counted: 298, promptTokens: 300, told: 290, cachedTokens: 100, share: 1 / 3 },
    ttft: {
      count: 1,
      min: 1.00004,
      mean: 1.00005,
      p50: 2.123449,
      p75: 3,
      p90: 4,
      p95: 5,
      p99: 6,
      max: 7,
    },
    failures: [{ kind: 'reset', count: 2, sample: 'connection broken' }],
    dialects: [{ name: 'openai-chat', count: 298 }],
  },
  rounds: [],
  workload: [],
  diagnostics: [
    { id: 'tokens-held-back', level: 'warn', inOneRead: 0, heldBack: 290, requests: 298 },
  ],
  verdict: {
    status: 'FAIL',
    policy: 'pr',
    looks: { planned: 1, taken: 1, confidence: 0.95 },
    passed: false,
    exitCode: 1,
    reason: { kind: 'slos', slos: ['ttft p95 <= 800ms'], blocking: 1 },
    slos: [verdict],
  },
  end: { kind: 'finished' },
  version: '0.1.0',
  startedAt: '2026-01-15T10:30:00.000Z',
  finishedAt: '2026-01-15T10:30:27.000Z',
  file: 'bench/chat.bench.yaml',
  environment: { node: '24.0.0', platform: 'linux', arch: 'x64', cpu: 'Example', cores: 2 },
}

function documentRun(given: ResultsInput): Results {
  return toResults(given, sentences)
}

test('assembles a document that the schema describes', () => {
  const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(resultsSchema)
  validate(documentRun(input))
  expect(validate.errors).toBeNull()
})

test('what is missing is null, never left out', () => {
  const results = documentRun(input)
  expect(results.spec).toEqual({ name: 'chat', file: 'bench/chat.bench.yaml', sha256: null })
  expect(results.summary).toMatchObject({ goodput: null, latency_ms: null, output_tokens: null })
  expect(results.summary.ttft_ms?.stddev).toBeNull()
  expect(results.summary.failures[0]?.status).toBeNull()
  expect(results.client).toBeNull()
  expect(results.stream.asked).toBeNull()
  expect(results.verdict.slos[0]).toMatchObject({
    interval: { low: 880, high: null },
    p_pass: null,
    dependence: null,
  })
})

test('times have no more digits than the clock, probabilities keep their size', () => {
  const results = documentRun(input)
  expect(results.summary.duration_ms).toBe(25_670.1235)
  expect(results.summary.success_rate).toBe(0.993333)
  expect(results.summary.ttft_ms).toMatchObject({ min: 1, p50: 2.1234 })
  expect(results.verdict.slos[0]).toMatchObject({ observed: 912.3457, p_fail: 1.23457e-7 })
})

test('a percentile that failed requests fill is "infinite"', () => {
  const slos = [{ ...verdict, observed: Infinity, margin: -Infinity, interval: { high: Infinity } }]
  const results = documentRun({ ...input, verdict: { ...input.verdict, slos } })
  expect(results.verdict.slos[0]).toMatchObject({
    observed: 'infinite',
    margin: 'infinite',
    interval: { low: null, high: 'infinite' },
  })
})

test('an SLO keeps its name, text, place and purpose, and says why in codes and in words', () => {
  expect(documentRun(input).verdict.slos[0]).toMatchObject({
    id: 'first-token',
    text: 'ttft p95 <= 800ms',
    stat: 'p99.9',
    line: 7,
    column: 5,
    purpose: 'users wait',
    reason: { kind: 'exceedances', failed: 2, requests: 300, without_value: 0, asked: 300 },
    exceedances: 38,
    pass_at_most: 8,
    fail_at_least: 22,
    turns: [],
    why: expect.stringMatching(
      /^ttft p99\.9 is 912\.3ms: 38 of 300 requests are above 800ms or failed;/,
    ),
  })
})

test('neither headers, body, rows nor absolute paths get into the document', () => {
  const text = JSON.stringify(documentRun(input))
  for (const secret of ['sk-header', 'authorization', 'body-text', 'row-text', '/home/me']) {
    expect(text).not.toContain(secret)
  }
})

test('tells how the run ended and how the client did', () => {
  const trust = {
    eventLoopUtilization: 0.123456789,
    eventLoopDelayP99: 1.23456,
    gcPauses: 2,
    gcTotal: 3.00001,
    gcMax: 2,
    cpuShare: 0.5,
  }
  const crashed = documentRun({
    ...input,
    trust,
    end: { kind: 'crashed', message: 'out of memory' },
  })
  expect(crashed.end).toEqual({
    kind: 'crashed',
    message: 'out of memory',
    why: 'out of memory',
  })
  expect(crashed.client).toMatchObject({
    event_loop_utilization: 0.123457,
    event_loop_delay_p50_ms: null,
    event_loop_delay_p99_ms: 1.2346,
    gc_total_ms: 3,
  })
  expect(crashed.client?.processes).toBeNull()
  expect(readTrust(crashed)).toEqual({
    ...trust,
    eventLoopUtilization: 0.123457,
    eventLoopDelayP99: 1.2346,
    gcTotal: 3,
  })
  const several = { ...trust, gcTotal: 3, eventLoopDelayP99: 1.5, eventLoopUtilization: 0.25 }
  const processes = [several, { ...several, gcPauses: 1 }]
  const split = documentRun({ ...input, trust: { ...several, processes } })
  expect(split.client?.processes).toMatchObject([{ gc_pauses: 2 }, { gc_pauses: 1 }])
  expect(readTrust(split)).toEqual({ ...several, processes })
  const stopped = documentRun({ ...input, end: { kind: 'interrupted', reason: 'SIGINT' } })
  expect(stopped.end).toEqual({ kind: 'interrupted', reason: 'SIGINT', why: 'SIGINT' })
  expect(documentRun(input).end).toEqual({ kind: 'finished' })
})

test('a run against the bundled mock is hermetic', () => {
  expect(documentRun(input).target.hermetic).toBe(false)
  expect(documentRun({ ...input, spec: { ...input.spec, mock: {} } }).target.hermetic).toBe(true)
})
