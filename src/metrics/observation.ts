import { keepKnown } from '../bench-spec/known.ts'
import { isSeenOfLeaving } from '../bench-spec/leaving.ts'
import type { GoodputBounds, Metric } from '../bench-spec/slo.ts'
import { countTokenTimes, pickRecords } from '../engine/packed-records.ts'
import type { RequestRecord, Records } from '../engine/record.ts'
import { keepsEach, scoreRequest } from './goodput.ts'
import { chunkGaps, gatherGaps, measure, type Measurement, type RequestMetric } from './measure.ts'
import { dropValues, gatherSample, mean, type Sample, sampleEach, sortValues } from './sample.ts'
import { mapLazily, type Sequence } from './sequence.ts'
import { outputTokens, throughput, tokenBasis } from './throughput.ts'

/** What one request gave. */
export interface RequestValues {
  /** 0-based within the phase. */
  index: number
  round: number
  /** 0-based conversation that it is of; `undefined` without conversations. */
  session?: number | undefined
  /** ms; none of one that failed or left. */
  values: readonly number[]
  /** Whether it failed instead of giving a value, or left before there was one. */
  failed: boolean
  /** Whether its client was to go away; `left`: it went before there was a value. */
  leaves?: true
  left?: true
}

/** What one request was. */
export interface RequestMerit {
  /** 0-based within the phase. */
  index: number
  round: number
  /** 0-based conversation that it is of; `undefined` without conversations. */
  session?: number | undefined
  good: boolean
  /**
   * Of goodput: its worst value as a multiple of its bound, so that it is good up to 1; Infinity when
   * it failed or a value is not known.
   */
  score?: number
}

/**
 * What the measured requests tell of one metric; cancelled requests are left out. Those whose client
 * was to go away are seen in what comes before that alone (`isSeenOfLeaving`), whatever they came to:
 * who leaves was drawn before, so that those that stay are like all others.
 */
export type Observation =
  | {
      kind: 'values'
      /** All values. */
      sample: Sample
      /** Those of the requests that were to stay; `undefined`: all values are. */
      stayed?: Sample
      failed: number
      /** Requests that left before there was a value; as bad as one that failed, however failures count. */
      left: number
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
  ordered: Records,
  metric: Metric,
  { goodput }: { goodput?: GoodputBounds | undefined } = {},
): Observation | undefined {
  const counted = keepSeen(ordered, metric)
  switch (metric) {
    case 'success_rate':
    case 'error_rate':
      return observeSuccess(counted)
    case 'goodput':
      return goodput && observeGoodput(counted, goodput)
    case 'requests_per_second':
      return observeRate(ordered, () => 1)
    case 'output_tokens_per_second':
      return tokenBasis(ordered) === 'none' ? undefined : observeRate(ordered, outputTokens)
    case 'chunk_gap':
      return observeGaps(counted)
    default:
      return observeDurations(counted, metric)
  }
}

/** Measured requests that were not cancelled, in the order of dispatch: those that count. */
export function orderCounted(records: Records): Records {
  return orderByIndex(keepCounted(records))
}

/** The same, in whatever order they are. */
export function keepCounted(records: Records): Records {
  return records.filter(({ phase, outcome }) => phase === 'measured' && outcome !== 'cancelled')
}

/** The records of one phase in the order of dispatch. */
export function orderByIndex(records: Records): Records {
  const { length } = records
  // Numbers sort several times faster than records by one of theirs.
  const keys = new Float64Array(length)
  let isOrdered = true
  records.forEach(({ index }, place) => {
    keys[place] = index * length + place
    if (place > 0 && (keys[place] ?? 0) < (keys[place - 1] ?? 0)) isOrdered = false
  })
  if (isOrdered) return records
  keys.sort()
  const positions = new Uint32Array(length)
  for (let at = 0; at < length; at++) positions[at] = (keys[at] as number) % length
  dropValues(keys)
  return pickRecords(records, positions)
}

/** Those whose client was to stay to the end. */
export function keepStaying(records: Records): Records {
  return records.some(({ leaves }) => leaves === true)
    ? records.filter(({ leaves }) => leaves !== true)
    : records
}

/** Those that are an observation of a metric. */
export function keepSeen(records: Records, metric: Metric): Records {
  return isSeenOfLeaving(metric) ? records : keepStaying(records)
}

/** The mean of the values, of the requests that were to stay alone: how long others take is not known. */
export function meanOf({ sample, stayed }: { sample: Sample; stayed?: Sample }): number {
  return mean(stayed ?? sample)
}

function observeSuccess(records: Records): Observation | undefined {
  const good = records.filter(({ outcome }) => outcome === 'completed').length
  return toShare(records, { good, unseen: 0 }, ({ index, round, session, outcome }) => ({
    index,
    round,
    session,
    good: outcome === 'completed',
  }))
}

function observeGoodput(records: Records, bounds: GoodputBounds): Observation | undefined {
  let unseen = 0
  let good = 0
  records.forEach((record) => {
    const kept = keepsEach(record, bounds)
    if (kept === 'as-far-as-seen') unseen++
    if (kept !== 'no') good++
  })
  return toShare(records, { good, unseen }, (record) => ({
    index: record.index,
    round: record.round,
    session: record.session,
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
  const counts = { failed, left: 0, unknown: 0, unseen: records.length - seen.length }
  const answered = failed === 0 ? seen : seen.filter(({ outcome }) => outcome !== 'failed')
  return toValues(seen, counts, { valuesOf: gapsOf, sample: sortValues(gatherGaps(answered)) })
}

function observeDurations(records: Records, metric: RequestMetric): Observation | undefined {
  let unknown = 0
  let unseen = 0
  // What happened before the dispatch is known of a failed request as well.
  const find = (record: RequestRecord): Measurement =>
    record.outcome !== 'failed' || metric === 'dispatch_delay' ? measure(record, metric) : undefined
  /** NaN: it failed, or left before. */
  const found = new Float64Array(records.length)
  let size = 0
  let left = 0
  const seen = records.filter((record) => {
    const value = find(record)
    if (typeof value === 'number' || record.outcome !== 'completed') {
      found[size++] = typeof value === 'number' ? value : Number.NaN
      if (typeof value !== 'number' && record.outcome === 'left') left++
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
  const failed = size - (sample?.length ?? 0) - left
  const stayed = isSeenOfLeaving(metric) ? sampleStaying(seen, valuesOf) : undefined
  return toValues(seen, { failed, left, unknown, unseen }, { valuesOf, sample, stayed })
}

/** Of records that have a value, and of others that failed or left. */
function toValues(
  records: Records,
  counts: { failed: number; left: number; unknown: number; unseen: number },
  {
    valuesOf,
    sample,
    stayed,
  }: {
    valuesOf: (record: RequestRecord, place: number) => readonly number[]
    sample: Sample | undefined
    stayed?: Sample | undefined
  },
): Observation | undefined {
  if (sample === undefined) return undefined
  const requests = mapLazily(records, (record, place): RequestValues => {
    const { index, round, session, leaves, outcome } = record
    const values = valuesOf(record, place)
    const request = { index, round, session, values, failed: values.length === 0 }
    if (leaves !== true) return request
    return { ...request, leaves, ...(request.failed && outcome === 'left' && { left: true }) }
  })
  const given = records.length - counts.failed - counts.left
  const failureWeight = Math.max(1, Math.round(sample.length / given))
  return keepKnown<Observation>({
    kind: 'values',
    sample,
    stayed,
    failureWeight,
    ...counts,
    requests,
  })
}

/** `undefined` also where all stay. */
function sampleStaying(
  records: Records,
  valuesOf: (record: RequestRecord, place: number) => readonly number[],
): Sample | undefined {
  if (records.every(({ leaves }) => leaves !== true)) return undefined
  let place = 0
  return gatherSample(records, (record) => {
    const values = valuesOf(record, place++)
    return record.leaves === true ? [] : values
  })
}
