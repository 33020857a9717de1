import type { GoodputBounds, Metric } from '../bench-spec/slo.ts'
import type { RequestRecord } from '../engine/record.ts'
import { keepsEach, scoreRequest } from './goodput.ts'
import { chunkGaps, measure, type RequestMetric } from './measure.ts'
import { type Sample, toSample } from './sample.ts'
import { outputTokens, throughput, tokenBasis } from './throughput.ts'

/** What one request gave. */
export interface RequestValues {
  /** 0-based within the phase. */
  index: number
  round: number
  /** ms; none of one that failed. */
  values: readonly number[]
  /** Whether it failed instead of giving a value. */
  failed: boolean
}

/** What one request was. */
export interface RequestMerit {
  /** 0-based within the phase. */
  index: number
  round: number
  good: boolean
  /**
   * Of goodput: its worst value as a multiple of its bound, so that it is good up to 1; Infinity when
   * it failed or a value is not known.
   */
  score?: number
}

/** What the measured requests tell of one metric; cancelled requests are left out. */
export type Observation =
  | {
      kind: 'values'
      /** All values. */
      sample: Sample
      failed: number
      /** Values that a failed request stands for: as many as another gives, one or more. */
      failureWeight: number
      /** Completed requests that should have a value, but whose value is not known. */
      unknown: number
      /** Completed requests that cannot have the value: one token has no gap. */
      unseen: number
      /** In the order of dispatch; without those of `unknown` and `unseen`. */
      requests: readonly RequestValues[]
    }
  | {
      kind: 'share'
      good: number
      bad: number
      /** Requests among the good ones that cannot have a value which is bounded. */
      unseen: number
      /** In the order of dispatch. */
      requests: readonly RequestMerit[]
    }
  /** Per second. */
  | { kind: 'rate'; value: number; rounds: readonly number[]; requests: number }

/** `undefined` when the records hold nothing to observe. */
export function observe(
  records: readonly RequestRecord[],
  metric: Metric,
  { goodput }: { goodput?: GoodputBounds | undefined } = {},
): Observation | undefined {
  const counted = records
    .filter(({ phase, outcome }) => phase === 'measured' && outcome !== 'cancelled')
    .sort((a, b) => a.index - b.index)
  switch (metric) {
    case 'success_rate':
    case 'error_rate':
      return observeSuccess(counted)
    case 'goodput':
      return goodput && observeGoodput(counted, goodput)
    case 'requests_per_second':
      return observeRate(counted, () => 1)
    case 'output_tokens_per_second':
      return tokenBasis(counted) === 'none' ? undefined : observeRate(counted, outputTokens)
    case 'chunk_gap':
      return observeGaps(counted)
    default:
      return observeDurations(counted, metric)
  }
}

function observeSuccess(records: readonly RequestRecord[]): Observation | undefined {
  const requests = records.map(({ index, round, outcome }) => {
    return { index, round, good: outcome === 'completed' }
  })
  return toShare(requests, 0)
}

function observeGoodput(
  records: readonly RequestRecord[],
  bounds: GoodputBounds,
): Observation | undefined {
  let unseen = 0
  const requests = records.map((record): RequestMerit => {
    const { index, round } = record
    const kept = keepsEach(record, bounds)
    if (kept === 'as-far-as-seen') unseen++
    return { index, round, good: kept !== 'no', score: scoreRequest(record, bounds) }
  })
  return toShare(requests, unseen)
}

function toShare(requests: readonly RequestMerit[], unseen: number): Observation | undefined {
  if (requests.length === 0) return undefined
  const good = requests.filter((request) => request.good).length
  return { kind: 'share', good, bad: requests.length - good, unseen, requests }
}

function observeRate(
  records: readonly RequestRecord[],
  weigh: (record: RequestRecord) => number,
): Observation | undefined {
  const rate = throughput(records, weigh)
  const requests = records.filter(({ outcome }) => outcome === 'completed').length
  const rounds = rate?.rounds.map(({ perSecond }) => perSecond) ?? []
  return rate && { kind: 'rate', value: rate.perSecond, rounds, requests }
}

function observeGaps(records: readonly RequestRecord[]): Observation | undefined {
  const requests: RequestValues[] = []
  let unseen = 0
  for (const record of records) {
    const { index, round } = record
    if (record.outcome === 'failed') requests.push({ index, round, values: [], failed: true })
    else if (record.tokenTimes.length < 2) unseen++
    else requests.push({ index, round, values: chunkGaps(record), failed: false })
  }
  return toValues(requests, { unknown: 0, unseen })
}

function observeDurations(
  records: readonly RequestRecord[],
  metric: RequestMetric,
): Observation | undefined {
  const requests: RequestValues[] = []
  let unknown = 0
  let unseen = 0
  for (const record of records) {
    const { index, round, outcome } = record
    // What happened before the dispatch is known of a failed request as well.
    const stands = outcome === 'completed' || metric === 'dispatch_delay'
    const value = stands ? measure(record, metric) : undefined
    if (typeof value === 'number') requests.push({ index, round, values: [value], failed: false })
    else if (outcome === 'failed') requests.push({ index, round, values: [], failed: true })
    else if (value === undefined) unknown++
    else unseen++
  }
  return toValues(requests, { unknown, unseen })
}

function toValues(
  requests: readonly RequestValues[],
  counts: { unknown: number; unseen: number },
): Observation | undefined {
  const size = requests.reduce((sum, { values }) => sum + values.length, 0)
  const all = new Float64Array(size)
  let offset = 0
  let failed = 0
  for (const request of requests) {
    all.set(request.values, offset)
    offset += request.values.length
    if (request.failed) failed++
  }
  const sample = toSample(all)
  if (sample === undefined) return undefined
  const failureWeight = Math.max(1, Math.round(size / (requests.length - failed)))
  return { kind: 'values', sample, failed, failureWeight, ...counts, requests }
}
