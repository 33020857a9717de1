/** Monotonic time and timers, replaceable by a virtual one. */
export interface Clock {
  /** ms. */
  now(): number
  /** Calls back after about `ms`, possibly early; answers how to cancel. */
  setTimer(ms: number, then: () => void): () => void
}

/** CLOCK_MONOTONIC, comparable across the processes of one machine. */
export const monotonicClock: Clock = {
  now: () => Number(process.hrtime.bigint()) / 1e6,
  setTimer: (ms, then) => {
    // What is due to nobody any more keeps no process alive: an open server does that.
    const timer = setTimeout(then, ms).unref()
    return () => {
      clearTimeout(timer)
    }
  },
}
