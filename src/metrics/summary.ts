import { keepKnown } from '../bench-spec/known.ts'
import type { GoodputBounds } from '../bench-spec/slo.ts'
import type { FailureKind, RequestRecord, Records } from '../engine/record.ts'
import { isGood } from './goodput.ts'
import { gatherGaps, measure, type RequestMetric } from './measure.ts'
import { keepStaying } from './observation.ts'
import { countPromptCache, type PromptCache } from './prompt-cache.ts'
import {
  dropValues,
  mean,
  quantile,
  type Sample,
  sampleEach,
  sortValues,
  stddev,
} from './sample.ts'
import { measureSentRate, type SentRate } from './sent-rate.ts'
import { type AskedSessions, type SessionSummary, summarizeSessions } from './sessions.ts'
import {
  outputTokens,
  runDuration,
  throughputs,
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
    /** Their client went away before the answer had ended. */
    left: number
    /** Of all of these, those whose client was to go away, whatever came before that. */
    leaving: number
    /** Of all of these, those that were sent once more (see `RequestRecord`). */
    resent: number
    warmup: number
  }
  /** What became of the conversations; `undefined` without any. */
  sessions?: SessionSummary
  /** completed ÷ (completed + failed) of those that were to stay; `undefined` for 0 requests. */
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
  /**
   * Of completed requests that were to stay, as all times; and of those that left, unless one did so
   * before its first token: it would have been among the slowest.
   */
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
  records: Records,
  {
    goodput,
    isOpen = false,
    talks,
  }: {
    goodput?: GoodputBounds | undefined
    isOpen?: boolean
    /** Where the requests are those of conversations. */
    talks?: AskedSessions | undefined
  } = {},
): RunSummary {
  const measured = records.filter(({ phase }) => phase === 'measured')
  const ended = measured.filter(({ outcome }) => outcome === 'completed')
  const failed = measured.filter((record) => record.outcome === 'failed')
  const left = measured.filter(({ outcome }) => outcome === 'left')
  const basis = tokenBasis(ended)
  const tokens =
    basis === 'none' ? undefined : ended.reduce((sum, each) => sum + outputTokens(each), 0)
  const completed = keepStaying(ended)
  const judged = completed.length + keepStaying(failed).length
  const good = goodput && completed.filter((record) => isGood(record, goodput)).length
  const began = left.every(({ marks }) => marks.firstToken !== undefined)
    ? measured.filter(({ outcome }) => outcome === 'completed' || outcome === 'left')
    : completed

  const [requestRate, tokenRate] = throughputs(measured, [() => 1, outputTokens])

  return keepKnown<RunSummary>({
    requests: {
      total: measured.length,
      completed: ended.length,
      failed: failed.length,
      cancelled: measured.length - ended.length - failed.length - left.length,
      left: left.length,
      leaving: measured.filter(({ leaves }) => leaves === true).length,
      resent: measured.filter(({ replaced }) => replaced === 'resent').length,
      warmup: records.length - measured.length,
    },
    sessions: talks && summarizeSessions(records, talks),
    successRate: judged === 0 ? undefined : completed.length / judged,
    duration: runDuration(measured),
    wall: wallTime(measured),
    requestsPerSecond: requestRate?.perSecond,
    outputTokensPerSecond: tokens === undefined ? undefined : tokenRate?.perSecond,
    outputTokens: tokens,
    tokenBasis: basis,
    prompts: countPromptCache(completed),
    goodput: good === undefined || judged === 0 ? undefined : good / judged,
    sentRate: isOpen ? measureSentRate(records) : undefined,
    ttft: distributeEach(began, measuring('ttft')),
    ttfo: distributeEach(completed, measuring('ttfo')),
    latency: distributeEach(completed, measuring('latency')),
    scheduledTtft: isOpen ? distributeEach(began, measuring('scheduled_ttft')) : undefined,
    scheduledLatency: isOpen
      ? distributeEach(completed, measuring('scheduled_latency'))
      : undefined,
    streamEnd: distributeEach(completed, ({ marks }) => since(marks.dispatched, marks.ended)),
    tpot: distributeEach(completed, measuring('tpot')),
    chunkGap: distribute(sortValues(gatherGaps(completed))),
    stall: distributeEach(completed, measuring('stall')),
    dispatchDelay: distributeEach(measured, measuring('dispatch_delay')),
    clientQueue: distributeEach(measured, ({ marks }) => since(marks.called, marks.dispatched)),
    failures: countFailures(failed),
    dialects: countDialects(ended),
  })
}

function distributeEach(
  records: Records,
  valueOf: (record: RequestRecord) => number | undefined,
): Distribution | undefined {
  return distribute(sampleEach(records, valueOf))
}

function distribute(sample: Sample | undefined): Distribution | undefined {
  const distribution = describe(sample)
  dropValues(sample)
  return distribution
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
function countFailures(records: Records): FailureCount[] {
  const counts = new Map<string, FailureCount>()
  records.forEach((record) => {
    if (record.outcome !== 'failed') return
    const { failure, status } = record
    const shown = failure.kind === 'http_status' ? status : undefined
    const key = `${failure.kind} ${shown}`
    const known = counts.get(key)
    if (known) known.count++
    else {
      const first = { kind: failure.kind, count: 1, status: shown, sample: failure.message }
      counts.set(key, keepKnown<FailureCount>(first))
    }
  })
  return [...counts.values()].sort((a, b) => b.count - a.count)
}

/** The most frequent first. */
function countDialects(records: Records): { name: string; count: number }[] {
  const counts = new Map<string, number>()
  records.forEach(({ dialect }) => {
    if (dialect !== undefined) counts.set(dialect, (counts.get(dialect) ?? 0) + 1)
  })
  return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count)
}
