import type { QueueCount, QueueLimits } from '../latency/queue.ts'
import type { Sample } from './answer-sample.ts'
import type { Family } from './prometheus.ts'
import type { Statistics } from './statistics.ts'

/** What the metrics of the `qwen-vllm` profile are made of. */
export interface ServerState {
  statistics: Statistics
  queue: QueueCount
  limits: QueueLimits | undefined
  /** Since the start or the last reset. */
  uptimeS: number
  /** ms since 1970, with fractions. */
  wallMs: number
}

interface Alert {
  level: 'warning' | 'critical'
  message: string
  metric: string
  value: number
  threshold: number
}

/** No server of models runs here: these are the numbers of the documented example. */
const gpu = {
  name: 'NVIDIA GeForce RTX 3080',
  allocated_gb: 7.64,
  total_gb: 9.64,
  free_gb: 2,
  utilization_percent: 79.3,
}

const latencyRanges = ['0-100ms', '100-500ms', '500-1000ms', '1-2s', '2-5s', '5-10s', '>10s']

/** Body of /api/v1/metrics; `null` is what no request has told yet. */
export function renderMetrics(state: ServerState): object {
  const { statistics, queue, uptimeS } = state
  const { successful, failed, latest, latencies } = statistics
  const total = successful + failed
  const success = computeSuccess(statistics)
  const latency = latest.map(({ latencyMs }) => latencyMs / 1000)
  const alerts = listAlerts(state)
  return {
    timestamp: renderTime(state.wallMs),
    service: 'qwen-vllm',
    version: '1.0.0',
    status: grade(alerts),
    uptime: { seconds: round(uptimeS, 1), human: renderUptime(uptimeS) },
    requests: {
      waiting: queue.waiting,
      running: queue.running,
      peak_concurrent: splitPeak(state).running,
      total,
      successful,
      failed,
      success_rate_percent: success,
      error_rate_percent: round(100 - success, 2),
      requests_per_second: round(total / uptimeS, 3),
    },
    tokens: {
      total_input: statistics.promptTokens,
      total_output: statistics.completionTokens,
      avg_per_request: successful === 0 ? null : round(statistics.completionTokens / successful, 1),
    },
    slo: renderSlo(latest),
    latency: {
      ...summarize(latency),
      min: latency.length === 0 ? null : round(Math.min(...latency), 4),
      max: latency.length === 0 ? null : round(Math.max(...latency), 4),
      unit: 'seconds',
    },
    latency_histogram: Object.fromEntries(
      latencies.counts().map((count, index) => [latencyRanges[index], count]),
    ),
    gpu,
    errors: { total: failed, by_type: Object.fromEntries(statistics.failures) },
    alerts,
    alerts_count: alerts.length,
  }
}

/** Body of /metrics: the counters flat. */
export function renderCounters({ statistics, queue, uptimeS }: ServerState): object {
  return {
    num_waiting_requests: queue.waiting,
    num_running_requests: queue.running,
    total_requests: statistics.successful + statistics.failed,
    successful_requests: statistics.successful,
    failed_requests: statistics.failed,
    total_input_tokens: statistics.promptTokens,
    total_output_tokens: statistics.completionTokens,
    uptime_seconds: round(uptimeS, 1),
    slo: renderSlo(statistics.latest),
  }
}

/** Body of /stats. */
export function renderStats(state: ServerState): object {
  const { statistics, queue, limits } = state
  return {
    statistics: {
      total_requests: statistics.successful + statistics.failed,
      successful_requests: statistics.successful,
      failed_requests: statistics.failed,
      queue_full_count: statistics.rejected,
      current_queue_size: queue.waiting,
      peak_queue_size: splitPeak(state).waiting,
    },
    current_queue_size: queue.waiting,
    available_slots: limits === undefined ? null : limits.running - queue.running,
  }
}

/** The text of /metrics/prometheus; NaN is what no request has told yet. */
export function listFamilies({ statistics, queue }: ServerState): Family[] {
  const { ttft, throughput } = renderSlo(statistics.latest)
  return [
    createGauge('vllm_num_waiting_requests', 'Number of requests waiting in queue', queue.waiting),
    createGauge('vllm_num_running_requests', 'Number of requests currently running', queue.running),
    createGauge('vllm_ttft_p95', 'P95 time to first token in seconds', ttft.p95 ?? NaN),
    createGauge(
      'vllm_decoding_throughput_mean',
      'Mean decoding throughput in tokens/sec',
      throughput.decoding_mean ?? NaN,
    ),
    {
      name: 'vllm_total_requests',
      help: 'Requests that have ended',
      type: 'counter',
      value: statistics.successful + statistics.failed,
    },
  ]
}

function createGauge(name: string, help: string, value: number): Family {
  return { name, help, type: 'gauge', value }
}

function renderSlo(latest: readonly Sample[]) {
  const decoding = latest.map(computeDecoding).filter((value) => value !== undefined)
  const latencyS = sum(latest.map(({ latencyMs }) => latencyMs / 1000))
  const output = sum(latest.map(({ completionTokens }) => completionTokens))
  return {
    ttft: { ...summarize(latest.map(({ ttftMs }) => ttftMs / 1000)), unit: 'seconds' },
    throughput: {
      decoding_mean: decoding.length === 0 ? null : round(sum(decoding) / decoding.length, 2),
      decoding_p50: decoding.length === 0 ? null : round(pick(decoding, 50), 2),
      total: latest.length === 0 ? null : round(output / latencyS, 2),
      unit: 'tokens/sec',
    },
    sample_size: latest.length,
  }
}

/** Tokens per second after the first; `undefined` for an answer that came at one moment. */
function computeDecoding({ completionTokens, gapsMs }: Sample): number | undefined {
  const seconds = sum(gapsMs) / 1000
  return seconds > 0 ? (completionTokens - 1) / seconds : undefined
}

function summarize(values: readonly number[]) {
  if (values.length === 0) return { mean: null, p50: null, p95: null, p99: null }
  return {
    mean: round(sum(values) / values.length, 4),
    p50: round(pick(values, 50), 4),
    p95: round(pick(values, 95), 4),
    p99: round(pick(values, 99), 4),
  }
}

/** The value at index ⌊n·p⌋ of the sorted ones, of at least one: not the nearest rank, ⌈n·p⌉ − 1. */
function pick(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((left, right) => left - right)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]!
}

/** In percent; 100 before the first request. */
function computeSuccess({ successful, failed }: Statistics): number {
  return failed === 0 ? 100 : round((100 * successful) / (successful + failed), 2)
}

function listAlerts({ statistics, queue }: ServerState): Alert[] {
  const { ttft } = renderSlo(statistics.latest)
  const rules: Alert[] = [
    {
      level: 'warning',
      message: '等待的请求过多',
      metric: 'requests.waiting',
      value: queue.waiting,
      threshold: 5,
    },
    {
      level: 'warning',
      message: '首token延迟过高',
      metric: 'slo.ttft.p95',
      value: ttft.p95 ?? 0,
      threshold: 3,
    },
    {
      level: 'critical',
      message: '错误率过高',
      metric: 'requests.error_rate_percent',
      value: round(100 - computeSuccess(statistics), 2),
      threshold: 10,
    },
  ]
  return rules.filter(({ value, threshold }) => value > threshold)
}

function grade(alerts: readonly Alert[]): 'healthy' | 'degraded' | 'critical' {
  if (alerts.some(({ level }) => level === 'critical')) return 'critical'
  return alerts.length > 0 ? 'degraded' : 'healthy'
}

/** A request waits only while every slot is taken, so the peak of both tells the peak of each. */
function splitPeak({ queue, limits }: ServerState): { running: number; waiting: number } {
  const running = Math.min(queue.peak, limits?.running ?? Infinity)
  return { running, waiting: queue.peak - running }
}

/** UTC without a zone, with microseconds. */
function renderTime(wallMs: number): string {
  const micros = String(Math.floor((wallMs % 1) * 1000)).padStart(3, '0')
  return new Date(wallMs).toISOString().replace('Z', micros)
}

function renderUptime(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
