import type { GoodputBounds, Metric } from '../bench-spec/slo.ts'
import type { RequestRecord } from '../engine/record.ts'
import { chunkGaps, isGood, measure, type RequestMetric } from './measure.ts'
import { type Sample, toSample } from './sample.ts'
import { outputTokens, throughput, tokenBasis } from './throughput.ts'

/** Values that were taken together and may resemble each other. */
export interface ValueCluster {
  round: number
  /** ms, of completed requests. */
  values: number[]
  /** Requests that failed instead of giving a value. */
  failed: number
}

export interface ShareCluster {
  good: number
  bad: number
}

/**
 * What the measured requests tell of one metric; cancelled requests are left out.
 * Clusters are rounds, except for `chunk_gap`, where they are requests.
 */
export type Observation =
  | {
      kind: 'values'
      /** All values. */
      sample: Sample
      failed: number
      /** Completed requests that should have a value, but whose value is not known. */
      unknown: number
      /** Requests behind `sample` and `failed`. */
      requests: number
      clusters: readonly ValueCluster[]
    }
  | { kind: 'share'; good: number; bad: number; clusters: readonly ShareCluster[] }
  /** Per second. */
  | { kind: 'rate'; value: number; rounds: readonly number[]; requests: number }

/** `undefined` when the records hold nothing to observe. */
export function observe(
  records: readonly RequestRecord[],
  metric: Metric,
  { goodput }: { goodput?: GoodputBounds | undefined } = {},
): Observation | undefined {
  const counted = records.filter(
    ({ phase, outcome }) => phase === 'measured' && outcome !== 'cancelled',
  )
  switch (metric) {
    case 'success_rate':
    case 'error_rate':
      return observeShare(counted, ({ outcome }) => outcome === 'completed')
    case 'goodput':
      return goodput && observeShare(counted, (record) => isGood(record, goodput))
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

function observeShare(
  records: readonly RequestRecord[],
  isGood: (record: RequestRecord) => boolean,
): Observation | undefined {
  if (records.length === 0) return undefined
  const rounds = new Map<number, ShareCluster>()
  let good = 0
  for (const record of records) {
    const cluster = rounds.get(record.round) ?? { good: 0, bad: 0 }
    rounds.set(record.round, cluster)
    if (isGood(record)) {
      cluster.good++
      good++
    } else cluster.bad++
  }
  return { kind: 'share', good, bad: records.length - good, clusters: [...rounds.values()] }
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
  const clusters: ValueCluster[] = []
  for (const record of records) {
    const { round } = record
    // A failed request is one gap that never ended.
    if (record.outcome === 'failed') clusters.push({ round, values: [], failed: 1 })
    else if (record.tokenTimes.length > 1) {
      clusters.push({ round, values: chunkGaps(record), failed: 0 })
    }
  }
  return toObservation(clusters, { unknown: 0, requests: clusters.length })
}

function observeDurations(
  records: readonly RequestRecord[],
  metric: RequestMetric,
): Observation | undefined {
  const rounds = new Map<number, ValueCluster>()
  let unknown = 0
  let requests = 0
  for (const record of records) {
    const { round, outcome } = record
    const cluster = rounds.get(round) ?? { round, values: [], failed: 0 }
    rounds.set(round, cluster)
    // What happened before the dispatch is known of a failed request as well.
    const stands = outcome === 'completed' || metric === 'dispatch_delay'
    const value = stands ? measure(record, metric) : undefined
    if (typeof value === 'number') cluster.values.push(value)
    else if (outcome === 'failed') cluster.failed++
    else {
      if (value === undefined) unknown++
      continue
    }
    requests++
  }
  return toObservation([...rounds.values()], { unknown, requests })
}

function toObservation(
  clusters: readonly ValueCluster[],
  counts: { unknown: number; requests: number },
): Observation | undefined {
  let failed = 0
  let size = 0
  for (const cluster of clusters) {
    failed += cluster.failed
    size += cluster.values.length
  }
  const values = new Float64Array(size)
  let offset = 0
  for (const cluster of clusters) {
    values.set(cluster.values, offset)
    offset += cluster.values.length
  }
  const sample = toSample(values)
  return sample && { kind: 'values', sample, failed, ...counts, clusters }
}
