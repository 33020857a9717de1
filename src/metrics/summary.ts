import { keepKnown } from '../bench-spec/known.ts'
import type { GoodputBounds } from '../bench-spec/slo.ts'
import type { FailedRecord, FailureKind, RequestRecord } from '../engine/record.ts'
import { isGood } from './goodput.ts'
import { chunkGaps, measure, type RequestMetric } from './measure.ts'
import { countPromptCache, type PromptCache } from './prompt-cache.ts'
import { gatherSample, mean, quantile, type Sample, sampleEach, stddev } from './sample.ts'
import { measureSentRate, type SentRate } from './sent-rate.ts'
import {
  outputTokens,
  runDuration,
  throughput,
  type TokenBasis,
  tokenBasis,
  wallTime,
} from './throughput.ts'

export type { TokenBasis } from './throughput.ts'

/** Nearest-rank percentiles; durations in ms. */
export interface Distribution {
  count: number
  min: number
  mean: number
  /** Sample standard deviation; `undefined` for one value. */
  stddev?: number
  p50: number
  p75: number
  p90: number
  p95: number
  p99: number
  max: number
}

export interface FailureCount {
  kind: FailureKind
  count: number
  /** HTTP status, for `http_status`. */
  status?: number
  /** Message of the first one. */
  sample: string
}

/** Records of a run, summarised. Warm-up is excluded everywhere. */
export interface RunSummary {
  requests: {
    total: number
    completed: number
    failed: number
    cancelled: number
    /** Of all of these, those that were sent once more (see `RequestRecord`). */
    resent: number
    warmup: number
  }
  /** completed ÷ (total − cancelled); `undefined` for 0 requests. */
  successRate?: number
  /** First measured dispatch → last measured token, ms; `undefined` without a token. */
  duration?: number
  /** First measured call → last measured end, ms, whatever came of them; `undefined` for 0 requests. */
  wall?: number
  /** Completed requests per second of `duration`. */
  requestsPerSecond?: number
  outputTokensPerSecond?: number
  outputTokens?: number
  tokenBasis: TokenBasis
  prompts: PromptCache
  goodput?: number
  /** Of an open loop. */
  sentRate?: SentRate
  /** Of completed requests. */
  ttft?: Distribution
  ttfo?: Distribution
  latency?: Distribution
  /** Of an open loop. */
  scheduledTtft?: Distribution
  scheduledLatency?: Distribution
  streamEnd?: Distribution
  tpot?: Distribution
  chunkGap?: Distribution
  stall?: Distribution
  /** Of all dispatched requests. */
  dispatchDelay?: Distribution
  /** called → dispatched. */
  clientQueue?: Distribution
  failures: readonly FailureCount[]
  dialects: readonly { name: string; count: number }[]
}

export function summarize(
  records: readonly RequestRecord[],
  { goodput, isOpen = false }: { goodput?: GoodputBounds | undefined; isOpen?: boolean } = {},
): RunSummary {
  const measured = records.filter(({ phase }) => phase === 'measured')
  const completed = measured.filter(({ outcome }) => outcome === 'completed')
  const failed = measured.filter((record) => record.outcome === 'failed')
  const judged = completed.length + failed.length
  const basis = tokenBasis(completed)
  const tokens =
    basis === 'none' ? undefined : completed.reduce((sum, each) => sum + outputTokens(each), 0)
  const good = goodput && completed.filter((record) => isGood(record, goodput)).length

  return keepKnown<RunSummary>({
    requests: {
      total: measured.length,
      completed: completed.length,
      failed: failed.length,
      cancelled: measured.length - judged,
      resent: measured.filter(({ replaced }) => replaced === 'resent').length,
      warmup: records.length - measured.length,
    },
    successRate: judged === 0 ? undefined : completed.length / judged,
    duration: runDuration(measured),
    wall: wallTime(measured),
    requestsPerSecond: throughput(measured, () => 1)?.perSecond,
    outputTokensPerSecond:
      tokens === undefined ? undefined : throughput(measured, outputTokens)?.perSecond,
    outputTokens: tokens,
    tokenBasis: basis,
    prompts: countPromptCache(completed),
    goodput: good === undefined || judged === 0 ? undefined : good / judged,
    sentRate: isOpen ? measureSentRate(records) : undefined,
    ttft: distributeEach(completed, measuring('ttft')),
    ttfo: distributeEach(completed, measuring('ttfo')),
    latency: distributeEach(completed, measuring('latency')),
    scheduledTtft: isOpen ? distributeEach(completed, measuring('scheduled_ttft')) : undefined,
    scheduledLatency: isOpen
      ? distributeEach(completed, measuring('scheduled_latency'))
      : undefined,
    streamEnd: distributeEach(completed, ({ marks }) => since(marks.dispatched, marks.ended)),
    tpot: distributeEach(completed, measuring('tpot')),
    chunkGap: distribute(completed, chunkGaps),
    stall: distributeEach(completed, measuring('stall')),
    dispatchDelay: distributeEach(measured, measuring('dispatch_delay')),
    clientQueue: distributeEach(measured, ({ marks }) => since(marks.called, marks.dispatched)),
    failures: countFailures(failed),
    dialects: countDialects(completed),
  })
}

function distribute(
  records: readonly RequestRecord[],
  valuesOf: (record: RequestRecord) => readonly number[],
): Distribution | undefined {
  return describe(gatherSample(records, valuesOf))
}

function distributeEach(
  records: readonly RequestRecord[],
  valueOf: (record: RequestRecord) => number | undefined,
): Distribution | undefined {
  return describe(sampleEach(records, valueOf))
}

function describe(sample: Sample | undefined): Distribution | undefined {
  if (sample === undefined) return undefined
  return keepKnown<Distribution>({
    count: sample.length,
    min: sample[0],
    mean: mean(sample),
    stddev: stddev(sample),
    p50: quantile(sample, 0.5),
    p75: quantile(sample, 0.75),
    p90: quantile(sample, 0.9),
    p95: quantile(sample, 0.95),
    p99: quantile(sample, 0.99),
    max: quantile(sample, 1),
  })
}

function measuring(metric: RequestMetric): (record: RequestRecord) => number | undefined {
  return (record) => {
    const value = measure(record, metric)
    return typeof value === 'number' ? value : undefined
  }
}

function since(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from
}

/** The most frequent first. */
function countFailures(records: readonly FailedRecord[]): FailureCount[] {
  const counts = new Map<string, FailureCount>()
  for (const { failure, status } of records) {
    const shown = failure.kind === 'http_status' ? status : undefined
    const key = `${failure.kind} ${shown}`
    const known = counts.get(key)
    if (known) known.count++
    else {
      const first = { kind: failure.kind, count: 1, status: shown, sample: failure.message }
      counts.set(key, keepKnown<FailureCount>(first))
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)
}

/** The most frequent first. */
function countDialects(records: readonly RequestRecord[]): { name: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const { dialect } of records) {
    if (dialect !== undefined) counts.set(dialect, (counts.get(dialect) ?? 0) + 1)
  }
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count)
}
