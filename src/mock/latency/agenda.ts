import type { Clock } from './monotonic-clock.ts'
import { createTimeline, type Entry } from './timeline.ts'

/** Deadlines of any number of streams, kept by one timer. */
export interface Agenda {
  /** ms of the clock. */
  now(): number
  /** Calls back once the clock has passed `due`, never before; answers how to cancel. */
  schedule(due: number, then: () => void): () => void
}

export function createAgenda(clock: Clock): Agenda {
  const timeline = createTimeline<(() => void) | undefined>()
  let armedFor = Infinity
  let disarm: (() => void) | undefined

  function arm(): void {
    const next = timeline.first()?.at ?? Infinity
    if (next >= armedFor) return
    disarm?.()
    armedFor = next
    // Timers cut fractions off and may fire early, hence the ceiling here and the look at the clock below.
    disarm = clock.setTimer(Math.max(1, Math.ceil(next - clock.now())), wake)
  }

  function wake(): void {
    armedFor = -Infinity
    // What falls due meanwhile waits for the next turn, so that requests are read in between.
    const now = clock.now()
    for (let entry = timeline.first(); entry !== undefined && entry.at <= now;) {
      timeline.shift()
      entry.item?.()
      entry = timeline.first()
    }
    armedFor = Infinity
    arm()
  }

  return {
    now: () => clock.now(),
    schedule(due, then) {
      const entry: Entry<(() => void) | undefined> = timeline.add(due, then)
      arm()
      return () => {
        entry.item = undefined
      }
    },
  }
}
