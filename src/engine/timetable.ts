import { findRound } from '../bench-spec/round.ts'
import type { OpenLoad } from '../bench-spec/spec.ts'
import { findStageRound } from '../bench-spec/stages.ts'
import { listArrivals } from './arrivals.ts'
import type { Ticket } from './schedule.ts'
import type { Share } from './share.ts'

/** A request and when it is to be sent. */
export interface Departure {
  ticket: Ticket
  /** ms since the first request of the load was due. */
  at: number
}

/**
 * Open loop: the warm-up, then `requests` requests or those of `duration` ms, whichever ends first.
 * What is due when is known before anything is sent.
 */
export function* listDepartures(load: OpenLoad, share?: Share): Generator<Departure, void> {
  const { warmup, requests = Infinity, duration = Infinity, rounds, stages } = load
  for (const { index, at, elapsed } of listArrivals(load, share)) {
    if (index < warmup) {
      yield { at, ticket: { target: 'candidate', phase: 'warmup', index, round: -1 } }
      continue
    }
    const number = index - warmup
    if (stages !== undefined) {
      const where = findStageRound(stages, elapsed, rounds)
      yield { at, ticket: { target: 'candidate', phase: 'measured', index: number, ...where } }
      continue
    }
    if (number >= requests || elapsed >= duration) return
    const round =
      load.requests === undefined
        ? Math.floor((elapsed / duration) * rounds)
        : findRound(number, { requests, rounds })
    yield { at, ticket: { target: 'candidate', phase: 'measured', index: number, round } }
  }
}
