import type { Load } from '../bench-spec/spec.ts'
import type { TargetRole } from './record.ts'
import type { Schedule } from './schedule.ts'

/** Requests that one target gets without a break. */
interface Turn {
  target: TargetRole
  /** -1 for warm-up. */
  round: number
  /** At most so many requests, started within so many ms. */
  requests: number
  duration: number
}

/**
 * Closed loop on two targets in turns: the warm-up of each, then the rounds in the order A B, B A,
 * A B, …, so that what drifts hits both alike. Each target gets the whole load. A turn begins when
 * the last request of the one before it has ended: no target is measured while the other is busy.
 */
export function createInterleavedSchedule(load: Load): Schedule {
  const turns = listTurns(load)
  const indexes = { warmup: { candidate: 0, baseline: 0 }, measured: { candidate: 0, baseline: 0 } }
  let place = 0
  let taken = 0
  /** Instant at which the first request of the turn was taken. */
  let start: number | undefined

  return {
    take(at, inFlight) {
      let turn = turns[place]
      while (turn !== undefined && isOver(turn, at)) {
        if (inFlight > 0) return 'wait'
        place++
        taken = 0
        start = undefined
        turn = turns[place]
      }
      if (turn === undefined) return undefined
      start ??= at
      taken++
      const { target, round } = turn
      const phase = round === -1 ? 'warmup' : 'measured'
      return { target, phase, index: indexes[phase][target]++, round }
    },
    // A pair of rounds is not added: the spec does not let a baseline be looked at twice.
    isOpen: () => false,
    extend() {},
  }

  function isOver({ requests, duration }: Turn, at: number): boolean {
    return taken >= requests || (start !== undefined && at - start >= duration)
  }
}

function listTurns({ warmup, requests = Infinity, duration = Infinity, rounds }: Load): Turn[] {
  const pairs = Array.from({ length: rounds }, (_, round) => {
    const share =
      Math.ceil(((round + 1) * requests) / rounds) - Math.ceil((round * requests) / rounds)
    const turn = {
      round,
      requests: Number.isNaN(share) ? Infinity : share,
      duration: duration / rounds,
    }
    return round % 2 === 0 ? inOrder(turn) : inOrder(turn).toReversed()
  })
  return [...inOrder({ round: -1, requests: warmup, duration: Infinity }), ...pairs.flat()]
}

function inOrder(turn: Omit<Turn, 'target'>): Turn[] {
  return [
    { target: 'candidate', ...turn },
    { target: 'baseline', ...turn },
  ]
}
