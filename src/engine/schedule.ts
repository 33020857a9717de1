import type { Load } from '../spec/spec.ts'

/** Leave to send one request. */
export interface Ticket {
  phase: 'warmup' | 'measured'
  /** 0-based within the phase. */
  index: number
  /** 0-based slice of the run; -1 for warm-up. */
  round: number
}

/** Decides what is sent next: a pure function of the load, of time and of what was taken before. */
export interface Schedule {
  /** The request that a free slot may send at `at` (ms), or `undefined` when there is none left. */
  take(at: number): Ticket | undefined
}

/**
 * Closed loop: warm-up first, then `requests` requests or `duration` ms of them, whichever ends first.
 * Slots pass from the warm-up to the measured phase without waiting for each other, so that the
 * measured phase starts at full concurrency.
 */
export function createSchedule(load: Load): Schedule {
  const requests = load.requests ?? Number.POSITIVE_INFINITY
  let warmup = 0
  let measured = 0
  /** Instant at which the first measured request was taken. */
  let start: number | undefined

  return {
    take(at) {
      if (warmup < load.warmup) return { phase: 'warmup', index: warmup++, round: -1 }
      start ??= at
      if (measured >= requests) return undefined
      if (load.duration !== undefined && at - start >= load.duration) return undefined
      const index = measured++
      const share =
        load.requests === undefined ? (at - start) / (load.duration ?? 1) : index / load.requests
      return { phase: 'measured', index, round: Math.floor(share * load.rounds) }
    },
  }
}
