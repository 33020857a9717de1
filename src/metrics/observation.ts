import type { GoodputBounds, Metric } from '../bench-spec/slo.ts'
import { countTokenTimes, pickRecords } from '../engine/packed-records.ts'
import type { RequestRecord, Records } from '../engine/record.ts'
import { keepsEach, scoreRequest } from './goodput.ts'
import { chunkGaps, measure, type Measurement, type RequestMetric } from './measure.ts'
import { gatherSample, type Sample, sampleEach } from './sample.ts'
import { mapLazily, type Sequence } from './sequence.ts'
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
  records: Records,
  metric: Metric,
  bounds: { goodput?: GoodputBounds | undefined } = {},
): Observation | undefined {
  return observeCounted(orderCounted(records), metric, bounds)
}

/** The same of records that were ordered already (`orderCounted`). */
export function observeCounted(
  counted: Records,
  metric: Metric,
  { goodput }: { goodput?: GoodputBounds | undefined } = {},
): Observation | undefined {
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

/** Measured requests that were not cancelled, in the order of dispatch: those that count. */
export function orderCounted(records: Records): Records {
  return orderByIndex(
    records.filter(({ phase, outcome }) => phase === 'measured' && outcome !== 'cancelled'),
  )
}

/** The records of one phase in the order of dispatch. */
export function orderByIndex(records: Records): Records {
  const { length } = records
  // Numbers sort several times faster than records by one of theirs.
  const keys = new Float64Array(length)
  let isOrdered = true
  let place = 0
  for (const { index } of records) {
    keys[place] = index * length + place
    if (place > 0 && (keys[place] ?? 0) < (keys[place - 1] ?? 0)) isOrdered = false
    place++
  }
  if (isOrdered) return records
  keys.sort()
  const positions = new Uint32Array(length)
  for (let at = 0; at < length; at++) positions[at] = (keys[at] as number) % length
  return pickRecords(records, positions)
}

function observeSuccess(records: Records): Observation | undefined {
  const good = records.filter(({ outcome }) => outcome === 'completed').length
  return toShare(records, { good, unseen: 0 }, ({ index, round, outcome }) => ({
    index,
    round,
    good: outcome === 'completed',
  }))
}

function observeGoodput(records: Records, bounds: GoodputBounds): Observation | undefined {
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
  records: Records,
  { good, unseen }: { good: number; unseen: number },
  rate: (record: RequestRecord) => RequestMerit,
): Observation | undefined {
  const { length } = records
  if (length === 0) return undefined
  const requests = mapLazily(records, rate)
  return { kind: 'share', good, bad: length - good, unseen, requests }
}

function observeRate(
  records: Records,
  weigh: (record: RequestRecord) => number,
): Observation | undefined {
  const rate = throughput(records, weigh)
  const requests = records.filter(({ outcome }) => outcome === 'completed').length
  const rounds = rate?.rounds.map(({ perSecond }) => perSecond) ?? []
  return rate && { kind: 'rate', value: rate.perSecond, rounds, requests }
}

function gapsOf(record: RequestRecord): readonly number[] {
  return record.outcome === 'failed' ? [] : chunkGaps(record)
}

function observeGaps(records: Records): Observation | undefined {
  let failed = 0
  const seen = records.filter((record) => {
    const { outcome } = record
    if (outcome === 'failed') failed++
    return outcome === 'failed' || countTokenTimes(record) >= 2
  })
  const counts = { failed, unknown: 0, unseen: records.length - seen.length }
  return toValues(seen, counts, { valuesOf: gapsOf, sample: gatherSample(seen, gapsOf) })
}

function observeDurations(records: Records, metric: RequestMetric): Observation | undefined {
  let unknown = 0
  let unseen = 0
  // What happened before the dispatch is known of a failed request as well.
  const find = (record: RequestRecord): Measurement =>
    record.outcome === 'completed' || metric === 'dispatch_delay'
      ? measure(record, metric)
      : undefined
  /** NaN: it failed. */
  const found = new Float64Array(records.length)
  let size = 0
  const seen = records.filter((record) => {
    const value = find(record)
    if (typeof value === 'number' || record.outcome === 'failed') {
      found[size++] = typeof value === 'number' ? value : Number.NaN
      return true
    }
    if (value === undefined) unknown++
    else unseen++
    return false
  })
  const sample = sampleEach(found.subarray(0, size), (value) =>
    Number.isNaN(value) ? undefined : value,
  )
  const valuesOf = (_: RequestRecord, place: number): readonly number[] => {
    const value = found[place] ?? Number.NaN
    return Number.isNaN(value) ? [] : [value]
  }
  const failed = size - (sample?.length ?? 0)
  return toValues(seen, { failed, unknown, unseen }, { valuesOf, sample })
}

/** Of records that have a value, and failed ones: those have none. */
function toValues(
  records: Records,
  counts: { failed: number; unknown: number; unseen: number },
  {
    valuesOf,
    sample,
  }: {
    valuesOf: (record: RequestRecord, place: number) => readonly number[]
    sample: Sample | undefined
  },
): Observation | undefined {
  if (sample === undefined) return undefined
  const requests = mapLazily(records, (record, place): RequestValues => {
    const { index, round } = record
    const values = valuesOf(record, place)
    return { index, round, values, failed: values.length === 0 }
  })
  const failureWeight = Math.max(1, Math.round(sample.length / (records.length - counts.failed)))
  return { kind: 'values', sample, failureWeight, ...counts, requests }
}
