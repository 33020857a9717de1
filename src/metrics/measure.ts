import type { Comparator, RequestBound } from '../bench-spec/slo.ts'
import { countTokenTimes, readTokenTime } from '../engine/packed-records.ts'
import type { RequestRecord, Records } from '../engine/record.ts'

/** Metrics that are one duration per request. */
export type RequestMetric = RequestBound['metric'] | 'dispatch_delay'

/**
 * ms. `inapplicable`: the request cannot have it (one token has no gap); `undefined`: it should have
 * it, but it is not known.
 */
export type Measurement = number | 'inapplicable' | undefined

const formulas: Readonly<Record<RequestMetric, (record: RequestRecord) => Measurement>> = {
  ttft: ofTokens(({ marks }) => between(marks.dispatched, marks.firstToken)),
  ttfo: ofTokens(({ marks }) => between(marks.dispatched, marks.firstOutput)),
  latency: (record) => between(record.marks.dispatched, answeredAt(record)),
  scheduled_ttft: ofTokens(({ marks }) => between(marks.scheduled, marks.firstToken)),
  scheduled_latency: (record) => between(record.marks.scheduled, answeredAt(record)),
  tpot: ofTokens(timePerOutputToken),
  stall: largestGap,
  dispatch_delay: ({ marks }) => between(marks.scheduled, marks.dispatched),
}

export function measure(record: RequestRecord, metric: RequestMetric): Measurement {
  return formulas[metric](record)
}

/** The same, but Infinity of a request that failed, or that left before there was one. */
export function takeTime(record: RequestRecord, metric: RequestMetric): Measurement {
  if (record.outcome === 'failed') return Infinity
  const time = measure(record, metric)
  return record.outcome === 'left' ? (time ?? Infinity) : time
}

/** A whole document has no tokens. */
function ofTokens(formula: (record: RequestRecord) => Measurement) {
  return (record: RequestRecord): Measurement =>
    record.dialect === 'json' ? 'inapplicable' : formula(record)
}

/**
 * Instant at which the answer was there whole: the last token, or the last byte of raw chunks and of
 * a document, which may be empty.
 */
export function answeredAt({ marks, dialect }: RequestRecord): number | undefined {
  if (dialect === 'json') return marks.lastByte ?? marks.completed
  if (marks.lastToken === undefined) return undefined
  return dialect === 'raw' ? (marks.lastByte ?? marks.lastToken) : marks.lastToken
}

/** Gaps between consecutive token events, ms; events of one read are 0 apart. */
export function chunkGaps(record: RequestRecord): number[] {
  return Array.from({ length: countGaps(record) }, (_, place) => readGap(record, place))
}

/** Those of all requests, one after the other. */
export function gatherGaps(records: Records): Float64Array {
  let length = 0
  records.forEach((record) => {
    length += countGaps(record)
  })
  const gaps = new Float64Array(length)
  let size = 0
  records.forEach((record) => {
    const count = countGaps(record)
    for (let place = 0; place < count; place++) gaps[size++] = readGap(record, place)
  })
  return gaps
}

function countGaps(record: RequestRecord): number {
  return Math.max(0, countTokenTimes(record) - 1)
}

function readGap(record: RequestRecord, place: number): number {
  return readTokenTime(record, place + 1) - readTokenTime(record, place)
}

export function holds(value: number, op: Comparator, bound: number): boolean {
  if (op === '<') return value < bound
  if (op === '<=') return value <= bound
  return op === '>' ? value > bound : value >= bound
}

/** (last − first token) ÷ (N − 1) with the server's own N: counted events are not tokens. */
function timePerOutputToken({ marks, completionTokens }: RequestRecord): Measurement {
  if (completionTokens === undefined) return undefined
  if (completionTokens < 2) return 'inapplicable'
  const decoding = between(marks.firstToken, marks.lastToken)
  return decoding === undefined ? undefined : decoding / (completionTokens - 1)
}

function largestGap(record: RequestRecord): Measurement {
  const count = countGaps(record)
  if (count === 0) return 'inapplicable'
  let largest = readGap(record, 0)
  for (let place = 1; place < count; place++) largest = Math.max(largest, readGap(record, place))
  return largest
}

function between(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from
}
