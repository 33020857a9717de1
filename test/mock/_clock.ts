import { expect } from 'vitest'

import type { Clock } from '../../src/mock/latency/monotonic-clock.ts'

export interface VirtualClock extends Clock {
  /** Fires timers in order until none is left. */
  run(): void
  /** Timers that are set. */
  timers(): number
}

/** Timers fire `shift` ms beside their time: early when negative. */
export function createVirtualClock(shift: number): VirtualClock {
  let now = 1000
  let timers: { at: number; fire: () => void }[] = []
  return {
    now: () => now,
    setTimer(ms, fire) {
      expect(Number.isInteger(ms)).toBe(true)
      const timer = { at: now + Math.max(0.01, ms + shift), fire }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    timers: () => timers.length,
    run() {
      for (;;) {
        const next = timers.toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined) return
        timers = timers.filter((other) => other !== next)
        now = next.at
        next.fire()
      }
    },
  }
}
