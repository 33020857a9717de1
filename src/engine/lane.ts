import { skipFrame } from '../stream/frames.ts'
import type { Steady } from '../stream/reader.ts'
import { hexDigits } from './chunk-line.ts'

const [lf, cr] = [10, 13]

/** Of the size of a chunk; one with more is rare. */
const mostDigits = 6

/** What a lane has taken since it was last asked. */
export interface Taken {
  /** Instant of the last read. */
  at: number
  reads: number
  /** Of the body. */
  bytes: number
  events: number
}

/**
 * Takes the reads of a stream that hold whole chunks of events like those before, and nothing else:
 * they are stamped here, and whatever else is known of the request is left alone until something new
 * comes. Thousands of streams come in turns, and what each of them touches costs more than what is
 * done with it, since it is out of the processor's caches.
 */
export class Lane {
  steady: Steady
  /** Instant of the read that its piece before was of. */
  at = 0
  readonly #now: () => number
  #reads = 0
  #bytes = 0
  #events = 0

  constructor(steady: Steady, now: () => number) {
    this.steady = steady
    this.#now = now
  }

  /**
   * Takes the chunks that begin at `start`, and gives the offset behind them. `sameRead`: what is before
   * them came in the same read, and has its instant.
   */
  take(bytes: Buffer, start: number, end: number, sameRead: boolean): number {
    const instant = sameRead ? this.at : this.#now()
    const { frame, tokenTimes } = this.steady
    let from = start
    let length = 0
    let events = 0
    while (from < end) {
      let at = from
      let size = 0
      for (let digit = 0; at < end && at - from < mostDigits; at++) {
        digit = hexDigits[bytes[at] as number] as number
        if (digit > 15) break
        size = 16 * size + digit
      }
      if (size === 0 || bytes[at] !== cr || bytes[at + 1] !== lf) break
      at += 2
      const to = at + size
      if (to + 2 > end || bytes[to] !== cr || bytes[to + 1] !== lf) break
      let count = 0
      for (; at < to && at !== -1; count++) at = skipFrame(frame, bytes, at, to)
      if (at === -1) break
      from = to + 2
      length += size
      events += count
    }
    if (events === 0) return start
    if (!sameRead) this.#reads++
    this.#bytes += length
    this.#events += events
    tokenTimes.repeat(instant, events)
    return from
  }

  /** `undefined`: nothing. */
  clear(): Taken | undefined {
    if (this.#events === 0) return undefined
    const { tokenTimes } = this.steady
    const taken = {
      at: tokenTimes.at(tokenTimes.length - 1) ?? 0,
      reads: this.#reads,
      bytes: this.#bytes,
      events: this.#events,
    }
    this.#reads = 0
    this.#bytes = 0
    this.#events = 0
    return taken
  }
}
