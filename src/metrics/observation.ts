import type { GoodputBounds, Metric } from '../bench-spec/slo.ts'
import type { RequestRecord } from '../engine/record.ts'
import { keepsEach, scoreRequest } from './goodput.ts'
import { chunkGaps, measure, type Measurement, type RequestMetric } from './measure.ts'
import { gatherSample, type Sample } from './sample.ts'
import { listLazily, type Sequence } from './sequence.ts'
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
      requests: Sequence<RequestValues>
    }
  | {
      kind: 'share'
      good: number
      bad: number
      /** Requests among the good ones that cannot have a value which is bounded. */
      unseen: number
      /** In the order of dispatch. */
      requests: Sequence<RequestMerit>
    }
  /** Per second. */
  | { kind: 'rate'; value: number; rounds: readonly number[]; requests: number }

/** `undefined` when the records hold nothing to observe. */
export function observe(
  records: readonly RequestRecord[],
  metric: Metric,
  { goodput }: { goodput?: GoodputBounds | undefined } = {},
): Observation | undefined {
  const counted = sortByDispatch(
    records.filter(({ phase, outcome }) => phase === 'measured' && outcome !== 'cancelled'),
  )
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

/** Numbers sort several times faster than records by one of theirs. */
function sortByDispatch(records: readonly RequestRecord[]): RequestRecord[] {
  const { length } = records
  const keys = Float64Array.from(records, ({ index }, place) => index * length + place).sort()
  return Array.from(keys, (key) => records[key % length] as RequestRecord)
}

function observeSuccess(records: readonly RequestRecord[]): Observation | undefined {
  const good = records.filter(({ outcome }) => outcome === 'completed').length
  return toShare(records, { good, unseen: 0 }, ({ index, round, outcome }) => ({
    index,
    round,
    good: outcome === 'completed',
  }))
}

function observeGoodput(
  records: readonly RequestRecord[],
  bounds: GoodputBounds,
): Observation | undefined {
  let unseen = 0
  let good = 0
  for (const record of records) {
    const kept = keepsEach(record, bounds)
    if (kept === 'as-far-as-seen') unseen++
    if (kept !== 'no') good++
  }
  return toShare(records, { good, unseen }, (record) => ({
    index: record.index,
    round: record.round,
    good: keepsEach(record, bounds) !== 'no',
    score: scoreRequest(record, bounds),
  }))
}

function toShare(
  records: readonly RequestRecord[],
  { good, unseen }: { good: number; unseen: number },
  rate: (record: RequestRecord) => RequestMerit,
): Observation | undefined {
  const { length } = records
  if (length === 0) return undefined
  const requests = listLazily(length, (place) => rate(records[place] as RequestRecord))
  return { kind: 'share', good, bad: length - good, unseen, requests }
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
  const seen = records.filter(
    ({ outcome, tokenTimes }) => outcome === 'failed' || tokenTimes.length >= 2,
  )
  const counts = { unknown: 0, unseen: records.length - seen.length }
  return toValues(seen, counts, (record) => (record.outcome === 'failed' ? [] : chunkGaps(record)))
}

function observeDurations(
  records: readonly RequestRecord[],
  metric: RequestMetric,
): Observation | undefined {
  let unknown = 0
  let unseen = 0
  // What happened before the dispatch is known of a failed request as well.
  const find = (record: RequestRecord): Measurement =>
    record.outcome === 'completed' || metric === 'dispatch_delay'
      ? measure(record, metric)
      : undefined
  const seen = records.filter((record) => {
    const value = find(record)
    if (typeof value === 'number' || record.outcome === 'failed') return true
    if (value === undefined) unknown++
    else unseen++
    return false
  })
  return toValues(seen, { unknown, unseen }, (record) => {
    const value = find(record)
    return typeof value === 'number' ? [value] : []
  })
}

/** Of records that have a value, and failed ones: those have none. */
function toValues(
  records: readonly RequestRecord[],
  counts: { unknown: number; unseen: number },
  valuesOf: (record: RequestRecord) => readonly number[],
): Observation | undefined {
  const requests = listLazily(records.length, (place): RequestValues => {
    const record = records[place] as RequestRecord
    const values = valuesOf(record)
    return { index: record.index, round: record.round, values, failed: values.length === 0 }
  })
  let failed = 0
  const sample = gatherSample(requests, ({ values, failed: isFailed }) => {
    if (isFailed) failed++
    return values
  })
  if (sample === undefined) return undefined
  const failureWeight = Math.max(1, Math.round(sample.length / (records.length - failed)))
  return { kind: 'values', sample, failed, failureWeight, ...counts, requests }
}
