import { mostInFlight } from '../bench-spec/in-flight.ts'
import { extraRequests, findRound } from '../bench-spec/round.ts'
import type { Load } from '../bench-spec/spec.ts'
import type { TargetRole } from './record.ts'
import { dealTo, type Share, wholeLoad } from './share.ts'

/** Leave to send one request. */
export interface Ticket {
  target: TargetRole
  phase: 'warmup' | 'measured'
  /** 0-based within the phase of the target. */
  index: number
  /** 0-based slice of the run, of its own stage where there are stages; -1 for warm-up. */
  round: number
  /** 0-based; `undefined` without stages, and in the warm-up. */
  stage?: number
  /** Of a conversation: its 0-based number, its turn, and results of tools in that before. */
  session?: number
  turn?: number
  step?: number
}

/** Decides what is sent next: a pure function of the load, of time and of what was taken before. */
export interface Schedule {
  /**
   * The request that a free slot may send at `at` (ms) while `inFlight` others are on their way;
   * `wait`: ask again when those have ended; `undefined`: there is none left.
   */
  take(at: number, inFlight: number): Ticket | 'wait' | undefined
  /** Whether all measured requests were taken and rounds may still be added. */
  isOpen(): boolean
  /** Adds one round behind what was taken so far. */
  extend(): void
}

/** Measured requests that are taken in a row. */
interface Part {
  /** Number of its first request, and how many it has at the most. */
  first: number
  requests: number
  /** ms; `undefined`: as long as it takes. */
  duration: number | undefined
  /** Number of its first round, and how many it has. */
  firstRound: number
  rounds: number
  /** Instant at which its first request was taken. */
  start: number | undefined
}

/**
 * Closed loop: warm-up first, then `requests` requests or `duration` ms of them, whichever ends first.
 * Slots pass from the warm-up to the measured phase without waiting for each other, so that the
 * measured phase starts at full concurrency. While up to `extraRounds` further rounds may be asked
 * for, slots are kept busy with requests of the warm-up, so that those start at full concurrency too.
 * With a `share` only the requests are given out that the load process has of the load, by the numbers
 * that they have in the whole of it.
 */
export function createSchedule(load: Load, extraRounds = 0, share: Share = wholeLoad): Schedule {
  const { requests = Number.POSITIVE_INFINITY, duration, rounds } = load
  const deal = dealTo(share, mostInFlight(load))
  /** How many of its own were taken. */
  let warmup = 0
  let measured = 0
  let left = extraRounds
  let part: Part = { first: 0, requests, duration, firstRound: 0, rounds, start: undefined }

  const warmUp = (): Ticket => ({
    target: 'candidate',
    phase: 'warmup',
    index: deal.number(warmup++),
    round: -1,
  })
  let used = false

  return {
    take(at) {
      if (deal.number(warmup) < load.warmup) return warmUp()
      part.start ??= at
      const elapsed = at - part.start
      const index = deal.number(measured)
      const place = index - part.first
      used = place >= part.requests || (part.duration !== undefined && elapsed >= part.duration)
      if (used) return left > 0 ? warmUp() : undefined
      measured++
      const round =
        load.requests === undefined
          ? Math.floor((elapsed / (part.duration ?? 1)) * part.rounds)
          : findRound(place, part)
      return { target: 'candidate', phase: 'measured', index, round: part.firstRound + round }
    },
    isOpen: () => used && left > 0,
    extend() {
      left--
      used = false
      const first = part.first + part.requests
      // Those that a duration has kept from being taken are left out, by all processes alike.
      if (first < Infinity) measured = deal.count(first)
      part = {
        first,
        requests: extraRequests(load),
        duration: duration === undefined ? undefined : duration / rounds,
        firstRound: part.firstRound + part.rounds,
        rounds: 1,
        start: undefined,
      }
    },
  }
}
