import { type Distribution, drawFrom } from './distribution.ts'
import { mix, mulberry32 } from './random.ts'
import type { Metric } from './slo.ts'

/** Clients that go away before their answer has ended. */
export interface Leaving {
  /** Of the requests, 0–1, in whole millionths. */
  share: number
  /** In the read in which the first token came, or so many ms after the request was dispatched. */
  after: 'first-token' | Distribution
}

/** When the client of one request goes away: with its first token, or so many ms after the dispatch. */
export type LeavingTime = 'first-token' | number

/** What tells which requests leave. */
export interface LeavingLoad {
  /** `undefined`: none does. */
  cancel?: Leaving | undefined
  seed: number
}

/** A request by its 0-based number within its phase. */
interface Numbered {
  phase: 'warmup' | 'measured'
  index: number
}

const million = 1_000_000

/** Not the numbers of the passes over the rows, of which there are few. */
const useOfLeaving = 0x6c656176
const useOfTimes = 0x74696d65

/**
 * Whether the client of a request goes away: a pure function of the seed, the phase and the number of
 * the request, so that two targets get the same and any number of load processes too. Requests in a
 * row make a block, as many of them as one of which leaves; which one is drawn. So of any number of
 * the first requests the asked share leaves, to within one.
 */
export function leaves({ cancel, seed }: LeavingLoad, { phase, index }: Numbered): boolean {
  if (cancel === undefined) return false
  const { rarer, isOfLeaving } = drawRarer(cancel)
  const isDrawn = findDrawn(rarer, toState(seed, phase), blockOf(index, rarer)) === index
  return isDrawn === isOfLeaving
}

/** When its client goes away, drawn by the same; `undefined`: it stays. */
export function findLeaving(load: LeavingLoad, request: Numbered): LeavingTime | undefined {
  const { cancel, seed } = load
  if (cancel === undefined || !leaves(load, request)) return undefined
  const { after } = cancel
  if (after === 'first-token') return after
  const state = toState(mix(seed, useOfTimes), request.phase)
  return drawFrom(after, mulberry32(mix(state, request.index)))
}

/** How many of the first `requests` measured requests do not leave. */
export function countStaying({ cancel, seed }: LeavingLoad, requests: number): number {
  if (cancel === undefined) return requests
  const { rarer, isOfLeaving } = drawRarer(cancel)
  const block = blockOf(requests, rarer)
  const isPassed = findDrawn(rarer, toState(seed, 'measured'), block) < requests
  const drawn = block + (isPassed ? 1 : 0)
  return isOfLeaving ? requests - drawn : drawn
}

/** Metrics that a request is observed in although its client goes away: what they tell comes before. */
export function isSeenOfLeaving(metric: Metric): boolean {
  return metric === 'ttft' || metric === 'scheduled_ttft' || metric === 'dispatch_delay'
}

/** Of those that leave and those that stay the ones that are fewer, in millionths of all. */
function drawRarer({ share }: Leaving): { rarer: number; isOfLeaving: boolean } {
  const leaving = Math.round(share * million)
  const isOfLeaving = leaving <= million / 2
  return { rarer: isOfLeaving ? leaving : million - leaving, isOfLeaving }
}

function toState(seed: number, phase: Numbered['phase']): number {
  return mix(mix(seed, useOfLeaving), phase === 'measured' ? 0 : 1)
}

/** 0-based block that a request lies in. */
function blockOf(index: number, millionths: number): number {
  return Math.floor((index * millionths) / million)
}

/** Number of the one request of a block that is drawn. */
function findDrawn(millionths: number, state: number, block: number): number {
  const startOf = (of: number): number => Math.ceil((of * million) / millionths)
  const [first, next] = [startOf(block), startOf(block + 1)]
  const random = (mix(state, block) >>> 0) / 2 ** 32
  return first + Math.floor(random * (next - first))
}
