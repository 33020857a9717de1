import { drawGamma, toUniform } from '../bench-spec/deviate.ts'
import { mix, mulberry32 } from '../bench-spec/random.ts'
import type { Arrival, OpenLoad } from '../bench-spec/spec.ts'
import { type Share, wholeLoad } from './share.ts'

/** An instant of a schedule that knows of no answer. */
export interface ArrivalPoint {
  /** 0-based, warm-up included. */
  index: number
  /** ms since the first one. */
  at: number
  /** ms since the first measured one; negative in the warm-up. */
  elapsed: number
  /** 0-based; `undefined` without stages, and in the warm-up. */
  stage: number | undefined
}

/**
 * The arrivals of a load in the order of time, without end but for that of its stages. They are the
 * points of a process of one per unit, put through the inverse of the cumulated rate. The first is
 * due at once; the warm-up comes at the rate of the first stage, which begins with the first
 * measured one. Process k of n has those whose number modulo n is k: the instants are the same
 * whatever n is, and whatever becomes of the requests.
 */
export function* listArrivals(
  { rate, arrival, seed, warmup, stages }: ArrivingLoad,
  share: Share = wholeLoad,
): Generator<ArrivalPoint, void> {
  if (arrival.kind === 'trace') return yield* listTraced(arrival.instants, { rate, warmup }, share)
  const gap = drawGaps(arrival, seed)
  const flat = [{ duration: Infinity, ramp: 0, from: rate, to: rate }]
  const warmRate = (stages ?? flat)[0]?.to ?? rate
  const segments = cutSegments(stages ?? flat)
  /** Of the first measured one: its point, and ms. */
  let first = 0
  let start = 0
  for (let index = 0, point = 0; ; index++, point += gap()) {
    if (index <= warmup) {
      first = point
      start = (1000 * point) / warmRate
    }
    const isOwn = index % share.of === share.index
    if (index < warmup) {
      if (isOwn) yield { index, at: start, elapsed: -1, stage: undefined }
      continue
    }
    let segment = segments[0]
    while (segment !== undefined && point - first >= segment.before + segment.requests) {
      segments.shift()
      segment = segments[0]
    }
    if (segment === undefined) return
    const elapsed = segment.start + invert(segment, point - first - segment.before)
    const stage = stages && segment.stage
    if (isOwn) yield { index, at: start + elapsed, elapsed, stage }
  }
}

type Drawn = Exclude<Arrival, { kind: 'trace' }>

type ArrivingLoad = Pick<OpenLoad, 'rate' | 'arrival' | 'seed' | 'warmup' | 'stages'>

/** A stretch of time in which the rate is a straight line. */
interface Segment {
  stage: number
  /** ms. */
  start: number
  duration: number
  /** Requests per ms. */
  from: number
  to: number
  /** Requests due in it, and before it. */
  requests: number
  before: number
}

function cutSegments(
  stages: readonly { duration: number; ramp: number; from: number; to: number }[],
): Segment[] {
  const segments: Segment[] = []
  let start = 0
  let before = 0
  for (const [stage, { duration, ramp, ...of }] of stages.entries()) {
    const [from, to] = [of.from / 1000, of.to / 1000]
    for (const part of [
      { duration: ramp, from, to },
      { duration: duration - ramp, from: to, to },
    ]) {
      if (part.duration <= 0) continue
      const requests = ((part.from + part.to) / 2) * part.duration
      segments.push({ ...part, stage, start, requests, before })
      start += part.duration
      before += requests
    }
  }
  return segments
}

/** ms from the start of a segment until so many requests are due in it. */
function invert({ from, to, duration }: Segment, requests: number): number {
  if (requests === 0) return 0
  // Of the two forms of the root the one that holds for a level rate as well.
  return (2 * requests) / (from + Math.sqrt(from ** 2 + (2 * (to - from) * requests) / duration))
}

/** Not those of the orders of rows, which have the numbers of their passes. */
const useOfArrivals = 2 ** 32 - 1

/** The warm-up evenly, at the mean rate, then those of a trace as it has them. */
function* listTraced(
  instants: readonly number[],
  { rate, warmup }: Pick<OpenLoad, 'rate' | 'warmup'>,
  share: Share,
): Generator<ArrivalPoint, void> {
  const start = (1000 * warmup) / rate
  for (let index = share.index; index < warmup + instants.length; index += share.of) {
    const elapsed = instants[index - warmup]
    const at = elapsed === undefined ? (1000 * index) / rate : start + elapsed
    yield { index, at, elapsed: elapsed ?? -1, stage: undefined }
  }
}

/** Times from one point to the next, 1 in the mean. */
function drawGaps(arrival: Drawn, seed: number): () => number {
  if (arrival.kind === 'constant') return () => 1
  const { burstiness: shape } = arrival
  const random = toUniform(mulberry32(mix(seed, useOfArrivals)))
  if (shape === 1) return () => -Math.log(random())
  return () => drawGamma(shape, random) / shape
}
