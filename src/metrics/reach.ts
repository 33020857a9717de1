import {
  type GoodputBounds,
  isUpperBound,
  type Metric,
  type RequestBound,
} from '../bench-spec/slo.ts'
import type { RequestRecord } from '../engine/record.ts'
import { isGood } from './goodput.ts'
import { measure } from './measure.ts'
import { quantile, toSample } from './sample.ts'

/** By how much (p99) the client is late: with a time of a request, and with a token event; ms. */
export interface Accuracy {
  request: number
  chunk: number
}

/** How far below and above what was measured the truth may lie, in the unit of the metric. */
export interface Reach {
  below: number
  above: number
}

interface Measured {
  records: readonly RequestRecord[]
  goodput?: GoodputBounds | undefined
}

/** `undefined`: the client's lateness is no error of this metric, or nothing was measured. */
export function measureReach(
  metric: Metric,
  accuracy: Accuracy,
  { records, goodput }: Measured,
): Reach | undefined {
  if (metric === 'goodput') return goodput && reachOfGoodput(goodput, accuracy, records)
  return reachOfTime(metric, accuracy, records)
}

/**
 * A request is sent no later than its clock starts, and an event is seen no earlier than it came: what
 * begins with the dispatch is only lengthened. What lies between two events is lengthened by the
 * lateness of the second one, and shortened by that of the first.
 */
function reachOfTime(
  metric: Metric,
  { request, chunk }: Accuracy,
  records: readonly RequestRecord[],
): Reach | undefined {
  switch (metric) {
    case 'ttft':
    case 'ttfo':
    case 'latency':
      return { below: request, above: 0 }
    case 'chunk_gap':
    case 'stall':
      return { below: chunk, above: chunk }
    case 'tpot': {
      const share = chunk * shareOfToken(records)
      return { below: share, above: share }
    }
    default:
      return undefined
  }
}

/** What of the error of one event reaches a token: 1 ÷ (N − 1), p99 over the answers; 1 when no N is known. */
function shareOfToken(records: readonly RequestRecord[]): number {
  const shares: number[] = []
  for (const record of records) {
    const { phase, outcome, completionTokens } = record
    if (phase !== 'measured' || outcome !== 'completed') continue
    if (completionTokens === undefined || typeof measure(record, 'tpot') !== 'number') continue
    shares.push(1 / (completionTokens - 1))
  }
  const sample = toSample(shares)
  return sample === undefined ? 1 : quantile(sample, 0.99)
}

/** Counted anew with every bound as lenient, and as strict, as the error of its metric makes it. */
function reachOfGoodput(
  bounds: GoodputBounds,
  accuracy: Accuracy,
  records: readonly RequestRecord[],
): Reach | undefined {
  const counted = records.filter(
    ({ phase, outcome }) => phase === 'measured' && outcome !== 'cancelled',
  )
  if (counted.length === 0) return undefined
  const share = (by: GoodputBounds): number =>
    counted.filter((record) => isGood(record, by)).length / counted.length
  const reaches = bounds.map(
    ({ metric }) => reachOfTime(metric, accuracy, records) ?? { below: 0, above: 0 },
  )
  const lenient = bounds.map((bound, i) => move(bound, reaches[i]))
  const strict = bounds.map((bound, i) => move(bound, negate(reaches[i])))
  const observed = share(bounds)
  return { below: observed - share(strict), above: share(lenient) - observed }
}

/** The bound that a measured time keeps when the true one, below or above it, may keep the given one. */
function move(bound: RequestBound, { below, above }: Reach = { below: 0, above: 0 }): RequestBound {
  return { ...bound, bound: isUpperBound(bound.op) ? bound.bound + below : bound.bound - above }
}

/** Of the other side, and inwards. */
function negate({ below, above }: Reach = { below: 0, above: 0 }): Reach {
  return { below: -above, above: -below }
}
