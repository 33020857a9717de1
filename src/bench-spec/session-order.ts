import { orderRows } from './row-order.ts'
import { type Ask, listAsks, type Session } from './session.ts'

/** A request of a conversation: which ask of which session. */
export interface Saying extends Ask {
  /** 0-based number of the session within its phase. */
  session: number
  /** 0-based row of the data. */
  row: number
}

/**
 * Which session has which requests: those of a session follow one another in number, and these
 * numbers are kept for them whether they are sent or not, so that what is known of a request by its
 * number is known before anything is sent.
 */
export interface SessionOrder {
  /** The measured request of that 0-based number. */
  find(index: number): Saying
  /** Row of a session. */
  row(session: { phase: 'warmup' | 'measured'; index: number }): number
  /** Requests of the measured sessions before the `session`-th: the number of its first one. */
  count(session: number): number
  /** The fewest sessions that have so many requests. */
  cover(requests: number): number
}

/** The sessions take the rows as requests take them, shuffled or in their order. */
export function orderSessions(
  sessions: readonly Session[],
  load: { shuffle?: boolean | undefined; seed: number },
): SessionOrder {
  const order = orderRows(sessions.length, load)
  const asks = sessions.map(listAsks)
  /** Requests of each pass over the rows. */
  const whole = asks.reduce((sum, { length }) => sum + length, 0)
  /** The latest: of two targets, which are at the same one or at neighbours. */
  let drawn: { pass: number; starts: Float64Array }[] = []

  /** How many requests of a pass come before each of its sessions, and behind the last one. */
  function startsOf(pass: number): Float64Array {
    const key = load.shuffle === true ? pass : 0
    const known = drawn.find((each) => each.pass === key)
    if (known !== undefined) return known.starts
    const starts = new Float64Array(sessions.length + 1)
    for (let place = 0; place < sessions.length; place++) {
      const row = order({ phase: 'measured', index: key * sessions.length + place })
      starts[place + 1] = (starts[place] ?? 0) + (asks[row]?.length ?? 0)
    }
    drawn = [{ pass: key, starts }, ...drawn.slice(0, 2)]
    return starts
  }

  function count(session: number): number {
    const pass = Math.floor(session / sessions.length)
    return pass * whole + (startsOf(pass)[session % sessions.length] ?? 0)
  }

  /** The last place that begins at `rest` or before it. */
  function search(starts: Float64Array, rest: number): number {
    let low = 0
    let high = sessions.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= rest) low = middle
      else high = middle - 1
    }
    return low
  }

  return {
    row: order,
    count,
    find(index) {
      const pass = Math.floor(index / whole)
      const rest = index - pass * whole
      const starts = startsOf(pass)
      const place = search(starts, rest)
      const session = pass * sessions.length + place
      const row = order({ phase: 'measured', index: session })
      const ask = asks[row]?.[rest - (starts[place] ?? 0)] ?? { turn: 0, step: 0 }
      return { session, row, ...ask }
    },
    cover(requests) {
      if (requests <= 0) return 0
      const pass = Math.floor((requests - 1) / whole)
      const rest = requests - 1 - pass * whole
      return pass * sessions.length + search(startsOf(pass), rest) + 1
    },
  }
}
