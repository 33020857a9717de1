import type { GoodputBounds, Metric } from '../bench-spec/slo.ts'
import type { RequestRecord } from '../engine/record.ts'
import { keepsEach, scoreRequest } from './goodput.ts'
import { chunkGaps, measure, type Measurement, type RequestMetric } from './measure.ts'
import { gatherSample, type Sample, toSample } from './sample.ts'
import { listLazily, type Sequence } from './sequence.ts'
import { outputTokens, throughput, tokenBasis } from './throughput.ts'

/** What one request gave. */
export interface RequestValues {
  /** 0-based within the phase. */
  index: number
  round: number
  /** 0-based conversation that it is of; `undefined` without conversations. */
  session?: number | undefined
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
  /** 0-based conversation that it is of; `undefined` without conversations. */
  session?: number | undefined
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
  const counted = orderCounted(records)
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
export function orderCounted(records: readonly RequestRecord[]): readonly RequestRecord[] {
  const counted = records.filter(
    ({ phase, outcome }) => phase === 'measured' && outcome !== 'cancelled',
  )
  const { length } = counted
  // Numbers sort several times faster than records by one of theirs.
  const keys = new Float64Array(length)
  let isOrdered = true
  for (const [place, { index }] of counted.entries()) {
    keys[place] = index * length + place
    if (place > 0 && (keys[place] ?? 0) < (keys[place - 1] ?? 0)) isOrdered = false
  }
  if (isOrdered) return counted
  return Array.from(keys.sort(), (key) => counted[key % length] as RequestRecord)
}

function observeSuccess(records: readonly RequestRecord[]): Observation | undefined {
  const good = records.filter(({ outcome }) => outcome === 'completed').length
  return toShare(records, { good, unseen: 0 }, ({ index, round, session, outcome }) => ({
    index,
    round,
    session,
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
    session: record.session,
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
  let failed = 0
  const seen = records.filter(({ outcome, tokenTimes }) => {
    if (outcome === 'failed') failed++
    return outcome === 'failed' || tokenTimes.length >= 2
  })
  const gapsOf = (place: number): readonly number[] => {
    const record = seen[place] as RequestRecord
    return record.outcome === 'failed' ? [] : chunkGaps(record)
  }
  const counts = { failed, unknown: 0, unseen: records.length - seen.length }
  return toValues(seen, counts, { valuesOf: gapsOf, sample: gatherSample(seen.keys(), gapsOf) })
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
  const sample = toSample(found.subarray(0, size).filter((value) => !Number.isNaN(value)))
  const valuesOf = (place: number): readonly number[] => {
    const value = found[place] ?? Number.NaN
    return Number.isNaN(value) ? [] : [value]
  }
  const failed = size - (sample?.length ?? 0)
  return toValues(seen, { failed, unknown, unseen }, { valuesOf, sample })
}

/** Of records that have a value, and failed ones: those have none. */
function toValues(
  records: readonly RequestRecord[],
  counts: { failed: number; unknown: number; unseen: number },
  {
    valuesOf,
    sample,
  }: { valuesOf: (place: number) => readonly number[]; sample: Sample | undefined },
): Observation | undefined {
  if (sample === undefined) return undefined
  let numbers: Numbers | undefined
  const requests = listLazily(records.length, (place): RequestValues => {
    // Of most observations no more than the sample is asked for.
    numbers ??= listNumbers(records)
    const [index = 0, round = 0] = [numbers.indexes[place], numbers.rounds[place]]
    const values = valuesOf(place)
    const session = numbers.sessions?.[place]
    return { index, round, session, values, failed: values.length === 0 }
  })
  const failureWeight = Math.max(1, Math.round(sample.length / (records.length - counts.failed)))
  return { kind: 'values', sample, failureWeight, ...counts, requests }
}

interface Numbers {
  indexes: Uint32Array
  rounds: Int32Array
  /** `undefined` without conversations. */
  sessions: Uint32Array | undefined
}

function listNumbers(records: readonly RequestRecord[]): Numbers {
  const indexes = new Uint32Array(records.length)
  const rounds = new Int32Array(records.length)
  const sessions = records[0]?.session === undefined ? undefined : new Uint32Array(records.length)
  for (const [place, { index, round, session = 0 }] of records.entries()) {
    indexes[place] = index
    rounds[place] = round
    if (sessions !== undefined) sessions[place] = session
  }
  return { indexes, rounds, sessions }
}
