import {
  type GoodputBounds,
  isUpperBound,
  type Metric,
  type RequestBound,
  type Slo,
} from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import type { RequestRecord, Records } from '../engine/record.ts'
import { type Accuracy, countBeyond, type ErrorBound, type Lateness } from './client-accuracy.ts'
import { isGood } from './goodput.ts'
import { measure, type RequestMetric, takeTime } from './measure.ts'
import { keepCounted, keepSeen, keepStaying } from './observation.ts'
import { quantile, quantileEach, type Sample, sampleEach } from './sample.ts'

/** How far below and above what was measured the truth may lie, in the unit of the metric. */
export interface Reach {
  below: number
  above: number
  /** The largest of the client's errors that it follows from. */
  error: ErrorBound
}

interface Measured {
  records: Records
  goodput?: GoodputBounds | undefined
  /** How failed requests count in a percentile; as infinitely slow by default. */
  failures?: Gate['failures'] | undefined
}

/** `undefined`: the client's lateness is no error of this metric, or nothing was measured. */
export function measureReach(
  { metric, stat }: Pick<Slo, 'metric' | 'stat'>,
  accuracy: Accuracy,
  measured: Measured,
): Reach | undefined {
  const { records, goodput } = measured
  if (metric === 'goodput') return goodput && reachOfGoodput(goodput, accuracy, records)
  const span = spanOf(metric, accuracy, records)
  if (span === undefined) return undefined
  const { lateness, below, above } = span
  const [first, ...smaller] = lateness
  const whole = { below: below(first), above: above(first), error: first }
  if (span.of === 'events' || stat.kind !== 'percentile' || smaller.length === 0) return whole
  const sample = sortTimes(records, span.of, measured.failures)
  if (sample === undefined) return whole
  const p = stat.p / 100
  const reaches = smaller.map((bound) => reachOfQuantile(sample, p, bound, accuracy.requests))
  // Each of them holds, so that the smallest does.
  return { ...whole, below: Math.min(whole.below, ...reaches) }
}

/**
 * What is off, and what that does to a time.
 *
 * A request is sent no later than its clock starts, and an event is seen no earlier than it came: what
 * begins with the dispatch is only lengthened. What lies between two events is lengthened by the
 * lateness of the second one, and shortened by that of the first.
 */
interface Span {
  /** The time of a request that is off once, or a span between events, which may be off at any of them. */
  of: RequestMetric | 'events'
  lateness: Lateness
  below(bound: ErrorBound): number
  above(bound: ErrorBound): number
}

const nothing = (): number => 0
const wholly = ({ error }: ErrorBound): number => error

function spanOf(metric: Metric, { request, chunk }: Accuracy, records: Records): Span | undefined {
  switch (metric) {
    case 'ttft':
    case 'ttfo':
    case 'latency':
    case 'scheduled_ttft':
    case 'scheduled_latency':
      return { of: metric, lateness: request, below: wholly, above: nothing }
    case 'chunk_gap':
    case 'stall':
      return { of: 'events', lateness: chunk, below: wholly, above: wholly }
    case 'tpot': {
      const share = shareOfToken(records)
      const spread = ({ error }: ErrorBound): number => error * share
      return { of: 'events', lateness: chunk, below: spread, above: spread }
    }
    default:
      return undefined
  }
}

/**
 * How far below a measured quantile the true one may lie, when all but a share b of the requests are
 * late by at most `error`: of those above the quantile p − b at most b are there by more than that,
 * so that the true quantile p is no lower than this one less the error. What hits few requests does
 * not move a quantile in the middle of the others. Infinite where b leaves no such quantile.
 */
function reachOfQuantile(sample: Sample, p: number, bound: ErrorBound, requests: number): number {
  const rest = p - countBeyond(bound, requests, sample.length)
  const measured = quantile(sample, p)
  if (rest <= 0 || measured === Infinity) return Infinity
  return measured - quantile(sample, rest) + bound.error
}

/** The times of the measured requests, failed ones infinite unless they are excluded, and those that left before too. */
function sortTimes(
  records: Records,
  metric: RequestMetric,
  failures: Measured['failures'],
): Sample | undefined {
  return sampleEach(keepSeen(records, metric), (record) => {
    if (record.phase !== 'measured' || record.outcome === 'cancelled') return undefined
    if (record.outcome === 'failed' && failures === 'exclude') return undefined
    const time = takeTime(record, metric)
    return typeof time === 'number' ? time : undefined
  })
}

/** What of the error of one event reaches a token, p99 over the answers; 1 when no N is known. */
function shareOfToken(records: Records): number {
  return quantileEach(records, shareOfLast, 0.99) ?? 1
}

/** 1 ÷ (N − 1) of an answer of N tokens. */
function shareOfLast(record: RequestRecord): number | undefined {
  const { phase, outcome, completionTokens } = record
  if (phase !== 'measured' || outcome !== 'completed') return undefined
  if (completionTokens === undefined) return undefined
  return typeof measure(record, 'tpot') === 'number' ? 1 / (completionTokens - 1) : undefined
}

/**
 * Counted anew with every bound as lenient, and as strict, as the error of its metric makes it, and
 * the share of requests that may be off by more than that added.
 */
function reachOfGoodput(
  bounds: GoodputBounds,
  accuracy: Accuracy,
  records: Records,
): Reach | undefined {
  const counted = keepStaying(keepCounted(records))
  if (counted.length === 0) return undefined
  const share = (by: GoodputBounds): number =>
    counted.filter((record) => isGood(record, by)).length / counted.length
  const observed = share(bounds)
  const spans = bounds.map(({ metric }) => spanOf(metric, accuracy, records))
  const timed = spans.some((span) => span !== undefined && span.of !== 'events')
  const [first] = timed ? accuracy.request : accuracy.chunk
  const reaches = (timed ? accuracy.request : [first]).map((by) => {
    const beyond = countBeyond(by, accuracy.requests, counted.length)
    const distances = spans.map((span) => span && toDistances(span, by))
    const lenient = bounds.map((bound, i) => move(bound, distances[i]))
    const strict = bounds.map((bound, i) => move(bound, negate(distances[i])))
    return { below: observed - share(strict) + beyond, above: share(lenient) - observed + beyond }
  })
  return {
    below: Math.min(...reaches.map(({ below }) => below)),
    above: Math.min(...reaches.map(({ above }) => above)),
    error: first,
  }
}

/** Distances by which a bound is moved, in ms. */
interface Distances {
  below: number
  above: number
}

/** A span between events may be off at any of them: only the largest error is sure to hold. */
function toDistances({ of, lateness, below, above }: Span, by: ErrorBound): Distances {
  const bound = of === 'events' ? lateness[0] : by
  return { below: below(bound), above: above(bound) }
}

/** The bound that a measured time keeps when the true one, below or above it, may keep the given one. */
function move(
  bound: RequestBound,
  { below, above }: Distances = { below: 0, above: 0 },
): RequestBound {
  return { ...bound, bound: isUpperBound(bound.op) ? bound.bound + below : bound.bound - above }
}

/** Of the other side, and inwards. */
function negate({ below, above }: Distances = { below: 0, above: 0 }): Distances {
  return { below: -above, above: -below }
}
