import { keepKnown } from '../bench-spec/known.ts'
import type { RequestRecord, Records } from '../engine/record.ts'
import { chunkGaps, measure } from './measure.ts'
import { mean, nearestRank, quantile, toSample } from './sample.ts'
import type { LatestTimes, ServerTimeName, TimeTotals } from './snapshot.ts'

/** One time of the server, beside what the client measured of the same requests; ms. */
export interface ServerTime {
  count: number
  mean: number
  /** `undefined`: not known, or in a bucket without an upper bound. */
  p50?: number
  p95?: number
  p99?: number
  /** `at-most`: upper bounds of buckets; `exact`: as the server computed them. */
  percentiles: 'at-most' | 'exact' | 'none'
  /** `undefined` for a time that only the server can see. */
  client?: { count: number; mean: number; p50: number; p95: number; p99: number }
}

/**
 * What the server timed between two snapshots, or of its latest answers. `undefined` without a value.
 * `records` are the requests that it did so for.
 */
export function compareTime(
  name: ServerTimeName,
  before: TimeTotals | LatestTimes | undefined,
  after: TimeTotals | LatestTimes | undefined,
  records: Records,
): ServerTime | undefined {
  if (after === undefined) return undefined
  if (after.kind === 'latest') {
    const { count, mean, p50, p95, p99 } = after
    // Of several load processes each hands over its own.
    const latest = [...records].sort((a, b) => a.marks.ended - b.marks.ended).slice(-count)
    const client = measureClient(name, latest)
    return keepKnown<ServerTime>({ count, mean, p50, p95, p99, percentiles: 'exact', client })
  }
  const earlier = before?.kind === 'totals' ? before : undefined
  const count = after.count - (earlier?.count ?? 0)
  if (count <= 0) return undefined
  const buckets = subtract(after.buckets, earlier?.buckets ?? [])
  const at = (p: number): number | undefined => findBound(buckets, nearestRank(count, p))
  return keepKnown<ServerTime>({
    count,
    mean: (after.sum - (earlier?.sum ?? 0)) / count,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    percentiles: buckets.length === 0 ? 'none' : 'at-most',
    client: measureClient(name, records),
  })
}

function subtract(after: TimeTotals['buckets'], before: TimeTotals['buckets']) {
  const earlier = new Map(before.map(({ bound, count }) => [bound, count]))
  return after.map(({ bound, count }) => ({ bound, count: count - (earlier.get(bound) ?? 0) }))
}

/** Bound of the first bucket that holds the value of this rank: it is at most so large. */
function findBound(buckets: TimeTotals['buckets'], rank: number): number | undefined {
  const bound = buckets.find(({ count }) => count >= rank)?.bound
  return bound === Infinity ? undefined : bound
}

function measureClient(name: ServerTimeName, records: Records): ServerTime['client'] {
  const sample = toSample(records.flatMap((record) => listValues(name, record)))
  if (sample === undefined) return undefined
  return {
    count: sample.length,
    mean: mean(sample),
    p50: quantile(sample, 0.5),
    p95: quantile(sample, 0.95),
    p99: quantile(sample, 0.99),
  }
}

function listValues(name: ServerTimeName, record: RequestRecord): number[] {
  if (name === 'tokenGap') return chunkGaps(record)
  if (name !== 'ttft' && name !== 'latency') return []
  const value = measure(record, name)
  return typeof value === 'number' ? [value] : []
}
