import type { BenchDocument } from './bench-document.ts'
import type { Report } from './issue.ts'
import { keepKnown } from './known.ts'
import { parseRate } from './rate.ts'
import type { Arrival, ClosedLoad, OpenLoad } from './spec.ts'
import { readThinkTime, refuseThinkTime } from './think-time.ts'

/** What tells a closed loop from an open one. */
export type Flow =
  | Pick<ClosedLoad, 'kind' | 'concurrency' | 'thinkTime'>
  | Pick<OpenLoad, 'kind' | 'rate' | 'arrival' | 'maxConcurrency'>

/** Requests per second; one process prepares and reads no more. */
export const fastest = 100_000

/** Requests in flight of an open loop that does not say how many, where so many connections can be had. */
const usualMost = 1024

/**
 * 10 in flight, or at a rate as they come: by default Poisson, as requests of many users who know
 * nothing of each other do. `most`: connections that can be had; `hasRate`:
 * whether there is a rate, be it one that cannot be used.
 */
export function readFlow(
  document: Partial<BenchDocument>,
  report: Report,
  { alternates, most, hasRate }: { alternates: boolean; most: number; hasRate: boolean },
): Flow {
  const { rate: text, concurrency = 10 } = document
  if (text === undefined) {
    if (!hasRate) refuseArrivals(document, report)
    return keepSlots(document, concurrency, report)
  }
  if (document.concurrency !== undefined) {
    report(
      ['concurrency'],
      'cannot be had together with a rate. Remove concurrency to send at the rate, or rate to keep so many in flight.',
    )
  }
  if (alternates) {
    report(
      ['rate'],
      'is not possible with a baseline whose rounds alternate, each of which waits for the one before. Compare with the results of an earlier run (baseline: { file: … }), or ask for a concurrency.',
    )
  }
  if ((document.gate?.max_extra_rounds ?? 0) > 0) {
    report(
      ['gate', 'max_extra_rounds'],
      'are not possible with a rate, which would not go on while it is decided whether to add them. Ask for more requests.',
    )
  }
  const rate = parseRate(text) ?? 0
  if (rate > fastest) report(['rate'], `must be at most ${fastest}/s, got ${text}.`)
  return readArrivals(document, rate, most, report)
}

/** So many requests in flight, or users who send them. */
export function keepSlots(
  document: Partial<BenchDocument>,
  concurrency: number,
  report: Report,
): Extract<Flow, { kind: 'closed' }> {
  const thinkTime = readThinkTime(document, report)
  return keepKnown<Extract<Flow, { kind: 'closed' }>>({ kind: 'closed', concurrency, thinkTime })
}

/** How requests come at a rate, and how many may be in flight. */
export function readArrivals(
  document: Partial<BenchDocument>,
  rate: number,
  most: number,
  report: Report,
): Extract<Flow, { kind: 'open' }> {
  const { arrival, max_concurrency: limit } = document
  refuseThinkTime(document, report)
  return {
    kind: 'open',
    rate,
    arrival: readArrival(arrival),
    maxConcurrency: limit ?? Math.max(1, Math.min(usualMost, most)),
  }
}

/** Of a closed loop. */
export function refuseArrivals(document: Partial<BenchDocument>, report: Report): void {
  for (const key of ['arrival', 'max_concurrency'] as const) {
    if (document[key] === undefined) continue
    report([key], 'needs a rate. Add rate, for example rate: 20/s, or remove it.')
  }
}

function readArrival(arrival: BenchDocument['arrival'] = 'poisson'): Arrival {
  if (arrival === 'constant') return { kind: 'constant' }
  return { kind: 'gamma', burstiness: arrival === 'poisson' ? 1 : arrival.gamma }
}

/** s that an answer is taken to last where only a rate is known. */
const usualAnswer = 5

/** Requests that will be in flight, as far as the load says. */
export function expectInFlight(flow: Flow): number {
  if (flow.kind === 'closed') return flow.concurrency
  return Math.min(flow.maxConcurrency, Math.ceil(usualAnswer * flow.rate))
}

/**
 * Requests before the measured ones where nothing says how many: one wave of a closed loop, two
 * seconds of an open one, so that its connections are there and its code is warm.
 */
export function usualWarmup(flow: Flow): number {
  if (flow.kind === 'closed') return flow.concurrency
  return Math.max(1, Math.min(1000, Math.ceil(2 * flow.rate)))
}
