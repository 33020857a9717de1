import { expect, test } from 'vitest'

import { renderFamilies } from '../../src/mock/metrics/prometheus.ts'
import {
  listFamilies,
  renderCounters,
  renderMetrics,
  renderStats,
  type ServerState,
} from '../../src/mock/metrics/qwen-metrics.ts'
import { createStatistics, type Statistics } from '../../src/mock/metrics/statistics.ts'
import { createTruth, type Arrival, type Truth } from '../../src/mock/metrics/truth.ts'
import { parseExposition } from './exposition.ts'

const arrival: Arrival = {
  path: '/v1/chat/completions',
  dialect: 'openai-chat',
  phase: null,
  key: undefined,
  conn: 1,
  conn_req: 1,
  recv_ms: 0,
}
const clock = { now: () => 0, setTimer: () => () => {} }

interface Seen {
  truth: Truth
  statistics: Statistics
}

function watch(): Seen {
  const truth = createTruth()
  return { truth, statistics: createStatistics(truth, clock) }
}

/** An answer whose tokens came evenly between the first and the last, or all in one body. */
function succeed(
  truth: Truth,
  answer: { latencyMs: number; ttftMs?: number; output?: number; whole?: boolean },
): void {
  const { latencyMs, ttftMs = latencyMs, output = 1, whole = false } = answer
  const gaps = Array.from({ length: output - 1 }, () => (latencyMs - ttftMs) / (output - 1))
  const record = truth.open(arrival)
  record.body_ms = 0
  record.admitted_ms = 0
  record.plan = { tier: 'fixed', ttft_ms: ttftMs, itl_ms: gaps, finish_reason: 'stop' }
  record.content_ms = whole
    ? [latencyMs]
    : [ttftMs, ...gaps.map((gap, index) => ttftMs + (index + 1) * gap)]
  record.end_ms = latencyMs
  record.tokens = { prompt: 9, cached: 0, completion: output, reasoning: 0 }
  truth.close(record, 'ok')
}

function fail(truth: Truth, outcome: 'rejected' | 'http_error', error: string | null): void {
  const record = truth.open(arrival)
  record.error = error
  truth.close(record, outcome)
}

const busy = '服务繁忙，请稍后重试'

function stateOf(statistics: Statistics, over: Partial<ServerState> = {}): ServerState {
  return {
    statistics,
    queue: { running: 0, waiting: 0, peak: 0 },
    limits: { running: 3, waiting: 10 },
    uptimeS: 100,
    wallMs: 0,
    ...over,
  }
}

function render(statistics: Statistics, over: Partial<ServerState> = {}): Record<string, any> {
  return renderMetrics(stateOf(statistics, over))
}

const inSeconds = (ms: number[]) => ms.map((value) => value / 1000)

// Lengths and first tokens that the document does not show, but that its figures leave open for.
const example = [
  { latencyMs: 3467, ttftMs: 520.3, output: 11 },
  { latencyMs: 4094.5, ttftMs: 614.3, output: 13 },
  { latencyMs: 6263.9, ttftMs: 958.8, output: 19 },
]

test.each([false, true])(
  'gives every figure of the documented example; whole answers: %s [S4.8–S4.18]',
  (whole) => {
    const { truth, statistics } = watch()
    for (const answer of example) succeed(truth, { ...answer, whole })
    const wallMs = Date.UTC(2025, 11, 24, 21, 11, 59, 226) + 0.4851
    const queue = { running: 0, waiting: 0, peak: 1 }
    expect(render(statistics, { uptimeS: 117.3, wallMs, queue })).toEqual({
      timestamp: '2025-12-24T21:11:59.226485',
      service: 'qwen-vllm',
      version: '1.0.0',
      status: 'healthy',
      uptime: { seconds: 117.3, human: '0h 1m' },
      requests: {
        waiting: 0,
        running: 0,
        peak_concurrent: 1,
        total: 3,
        successful: 3,
        failed: 0,
        success_rate_percent: 100,
        error_rate_percent: 0,
        requests_per_second: 0.026,
      },
      tokens: { total_input: 27, total_output: 43, avg_per_request: 14.3 },
      slo: {
        ttft: { mean: 0.6978, p50: 0.6143, p95: 0.9588, p99: 0.9588, unit: 'seconds' },
        throughput: {
          decoding_mean: 3.41,
          decoding_p50: 3.39,
          total: 3.11,
          unit: 'tokens/sec',
        },
        sample_size: 3,
      },
      latency: {
        mean: 4.6085,
        p50: 4.0945,
        p95: 6.2639,
        p99: 6.2639,
        min: 3.467,
        max: 6.2639,
        unit: 'seconds',
      },
      latency_histogram: {
        '0-100ms': 0,
        '100-500ms': 0,
        '500-1000ms': 0,
        '1-2s': 0,
        '2-5s': 2,
        '5-10s': 1,
        '>10s': 0,
      },
      gpu: {
        name: 'NVIDIA GeForce RTX 3080',
        allocated_gb: 7.64,
        total_gb: 9.64,
        free_gb: 2,
        utilization_percent: 79.3,
      },
      errors: { total: 0, by_type: {} },
      alerts: [],
      alerts_count: 0,
    })
  },
)

test('the numbers of the GPU fit together [S4.16]', () => {
  const { gpu } = render(watch().statistics)
  expect(gpu.free_gb).toBe(Number((gpu.total_gb - gpu.allocated_gb).toFixed(2)))
  expect(gpu.utilization_percent).toBe(Number(((100 * gpu.allocated_gb) / gpu.total_gb).toFixed(1)))
})

test.each([
  [0, '0-100ms'],
  [99.999, '0-100ms'],
  [100, '100-500ms'],
  [499.999, '100-500ms'],
  [500, '500-1000ms'],
  [999.999, '500-1000ms'],
  [1000, '1-2s'],
  [1999.999, '1-2s'],
  [2000, '2-5s'],
  [4999.999, '2-5s'],
  [5000, '5-10s'],
  [9999.999, '5-10s'],
  [10_000, '>10s'],
])('counts a latency of %d ms under %s [S4.15]', (latencyMs, range) => {
  const { truth, statistics } = watch()
  succeed(truth, { latencyMs })
  const counted = Object.entries(render(statistics)['latency_histogram']).filter(
    ([, count]) => count !== 0,
  )
  expect(counted).toEqual([[range, 1]])
})

test.each([
  [59.9, '0h 0m'],
  [60, '0h 1m'],
  [3599, '0h 59m'],
  [7384, '2h 3m'],
  [90_061, '25h 1m'],
])('calls an uptime of %d s %s [S4.9]', (uptimeS, human) => {
  expect(render(watch().statistics, { uptimeS })['uptime'].human).toBe(human)
})

test('takes percentiles of the latest 100 answers, counters of all [S4.12–S4.15]', () => {
  const { truth, statistics } = watch()
  for (let index = 0; index < 50; index++) succeed(truth, { latencyMs: 20_000 })
  for (let index = 1; index <= 100; index++) succeed(truth, { latencyMs: index * 10 })
  const metrics = render(statistics)
  // Index ⌊100 · 0.5⌋ of 0.01, 0.02, … 1.
  expect(metrics['latency']).toMatchObject({ p50: 0.51, p95: 0.96, p99: 1, min: 0.01, max: 1 })
  expect(metrics['slo']).toMatchObject({ sample_size: 100, ttft: { p50: 0.51, p95: 0.96, p99: 1 } })
  expect(metrics['requests']).toMatchObject({ total: 150, successful: 150 })
  const counts: number[] = Object.values(metrics['latency_histogram'])
  expect(counts).toEqual([9, 40, 50, 1, 0, 0, 50])
})

test.each([
  [1, [10]],
  [2, [20, 20, 20]],
  [3, [20, 30, 30]],
  [4, [30, 40, 40]],
  [20, [110, 200, 200]],
  [21, [110, 200, 210]],
])(
  'takes the value at index ⌊n·p⌋ of %d sorted ones [S4.12–S4.14]',
  (n, [p50, p95 = p50, p99 = p50]) => {
    const { truth, statistics } = watch()
    for (let index = n; index >= 1; index--) {
      succeed(truth, { latencyMs: index * 20, ttftMs: index * 10, output: 11 })
    }
    const metrics = render(statistics)
    const { ttft, throughput } = metrics['slo']
    const { latency } = metrics
    expect([ttft.p50, ttft.p95, ttft.p99]).toEqual(inSeconds([p50!, p95!, p99!]))
    expect([latency.p50, latency.p95, latency.p99]).toEqual(
      inSeconds([2 * p50!, 2 * p95!, 2 * p99!]),
    )
    // The k-th fastest of them takes k · 10 ms for 10 tokens: the order of speeds is the other way round.
    const rank = n + 1 - p50! / 10
    expect(throughput.decoding_p50).toBe(Number((1000 / rank).toFixed(2)))
  },
)

test('has no decoding speed for answers of one token [S4.13]', () => {
  const { truth, statistics } = watch()
  succeed(truth, { latencyMs: 500 })
  expect(render(statistics)['slo'].throughput).toMatchObject({
    decoding_mean: null,
    decoding_p50: null,
    total: 2,
  })
})

test('before the first request everything succeeded and nothing is known [S4.10]', () => {
  const { statistics } = watch()
  const metrics = render(statistics)
  expect(metrics).toMatchObject({
    status: 'healthy',
    requests: { total: 0, success_rate_percent: 100, error_rate_percent: 0 },
    tokens: { avg_per_request: null },
    slo: { ttft: { mean: null, p95: null }, throughput: { total: null }, sample_size: 0 },
    latency: { p50: null, min: null, max: null },
  })
  const parsed = parseExposition(renderFamilies(listFamilies(stateOf(statistics))))
  expect(parsed.get('vllm_ttft_p95')?.series.get('vllm_ttft_p95')).toBeNaN()
})

test('counts failures by their words and leaves out paths that do not answer [S4.17]', () => {
  const { truth, statistics } = watch()
  for (let index = 0; index < 5; index++) succeed(truth, { latencyMs: 10 })
  fail(truth, 'rejected', busy)
  fail(truth, 'http_error', '1 validation error:\n  messages must be a list of messages')
  fail(truth, 'http_error', '1 validation error: prompt')
  truth.close(truth.open({ ...arrival, dialect: null }), 'http_error')
  expect(render(statistics)).toMatchObject({
    requests: {
      total: 8,
      successful: 5,
      failed: 3,
      success_rate_percent: 62.5,
      error_rate_percent: 37.5,
    },
    errors: { total: 3, by_type: { [busy]: 1, '1 validation error': 2 } },
  })
  const long = 'The queue of the engine is full of requests that wait for memory'
  fail(truth, 'http_error', long)
  fail(truth, 'http_error', null)
  expect(render(statistics)['errors']).toEqual({
    total: 5,
    by_type: { [busy]: 1, '1 validation error': 2, [long.slice(0, 50)]: 1, http_error: 1 },
  })
})

test.each<[string, { waiting?: number; ttftMs?: number; failures?: number }, string, string[]]>([
  ['5 waiting', { waiting: 5 }, 'healthy', []],
  ['6 waiting', { waiting: 6 }, 'degraded', ['requests.waiting 6 5']],
  ['ttft p95 at 3 s', { ttftMs: 3000 }, 'healthy', []],
  ['ttft p95 above 3 s', { ttftMs: 3001 }, 'degraded', ['slo.ttft.p95 3.001 3']],
  ['1 of 10 failed', { failures: 1 }, 'healthy', []],
  ['2 of 11 failed', { failures: 2 }, 'critical', ['requests.error_rate_percent 18.18 10']],
  [
    'all of it',
    { waiting: 9, ttftMs: 4000, failures: 9 },
    'critical',
    ['requests.waiting 9 5', 'slo.ttft.p95 4 3', 'requests.error_rate_percent 50 10'],
  ],
])('raises alerts: %s [S4.18]', (_, { waiting = 0, ttftMs = 10, failures = 0 }, status, alerts) => {
  const { truth, statistics } = watch()
  for (let index = 0; index < 9; index++) succeed(truth, { latencyMs: ttftMs, ttftMs })
  for (let index = 0; index < failures; index++) fail(truth, 'rejected', busy)
  const metrics = render(statistics, { queue: { running: 3, waiting, peak: 3 + waiting } })
  expect(metrics['status']).toBe(status)
  expect(metrics['alerts_count']).toBe(alerts.length)
  expect(
    metrics['alerts'].map((alert: any) => `${alert.metric} ${alert.value} ${alert.threshold}`),
  ).toEqual(alerts)
  for (const alert of metrics['alerts']) {
    expect(Object.keys(alert)).toEqual(['level', 'message', 'metric', 'value', 'threshold'])
    expect(alert.level).toBe(alert.metric.startsWith('requests.error') ? 'critical' : 'warning')
    expect(alert.message).toMatch(/^\p{Script=Han}/u)
  }
})

test('writes the documented gauges word for word, and a counter [S4.20]', () => {
  const { truth, statistics } = watch()
  succeed(truth, { latencyMs: 3680, ttftMs: 680, output: 11, whole: true })
  const text = renderFamilies(
    listFamilies(stateOf(statistics, { queue: { running: 2, waiting: 1, peak: 3 } })),
  )
  expect(text).toBe(`# HELP vllm_num_waiting_requests Number of requests waiting in queue
# TYPE vllm_num_waiting_requests gauge
vllm_num_waiting_requests 1

# HELP vllm_num_running_requests Number of requests currently running
# TYPE vllm_num_running_requests gauge
vllm_num_running_requests 2

# HELP vllm_ttft_p95 P95 time to first token in seconds
# TYPE vllm_ttft_p95 gauge
vllm_ttft_p95 0.68

# HELP vllm_decoding_throughput_mean Mean decoding throughput in tokens/sec
# TYPE vllm_decoding_throughput_mean gauge
vllm_decoding_throughput_mean 3.33

# HELP vllm_total_requests Requests that have ended
# TYPE vllm_total_requests counter
vllm_total_requests 1
`)
  expect(parseExposition(text).size).toBe(5)
})

test('tells the queue and the counters in /stats and /metrics [S4.7, S4.19]', () => {
  const { truth, statistics } = watch()
  succeed(truth, { latencyMs: 2000, output: 4, ttftMs: 500 })
  fail(truth, 'rejected', busy)
  const state = stateOf(statistics, { queue: { running: 2, waiting: 0, peak: 7 } })
  expect(renderStats(state)).toEqual({
    statistics: {
      total_requests: 2,
      successful_requests: 1,
      failed_requests: 1,
      queue_full_count: 1,
      current_queue_size: 0,
      peak_queue_size: 4,
    },
    current_queue_size: 0,
    available_slots: 1,
  })
  expect(renderMetrics(state)).toMatchObject({ requests: { peak_concurrent: 3 } })
  expect(renderStats({ ...state, limits: undefined })).toMatchObject({
    statistics: { peak_queue_size: 0 },
    available_slots: null,
  })
  expect(renderCounters(state)).toEqual({
    num_waiting_requests: 0,
    num_running_requests: 2,
    total_requests: 2,
    successful_requests: 1,
    failed_requests: 1,
    total_input_tokens: 9,
    total_output_tokens: 4,
    uptime_seconds: 100,
    slo: render(statistics)['slo'],
  })
})

test('forgets with the truth, also what is in flight at a reset', () => {
  const { truth, statistics } = watch()
  succeed(truth, { latencyMs: 10 })
  fail(truth, 'rejected', busy)
  const open = truth.open(arrival)
  truth.reset()
  truth.close(open, 'client_aborted')
  expect(render(statistics)).toEqual(render(watch().statistics))
})
