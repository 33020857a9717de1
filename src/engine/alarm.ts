import { now as monotonic } from './clock.ts'

/** Rings once at an instant, never in the turn in which it is asked; the answer takes it back. */
export type Alarm = (at: number, ring: () => void) => () => void

/** Timers of the platform come up to so much late, ms. */
const grain = 1.5

/** Of the time that has passed, the share that may be spent on waiting for an instant in turns of the loop. */
const spinning = 0.1

/** Timers of the platform overflow above it, ms. */
const longest = 2 ** 31 - 1

/**
 * By a timer until shortly before the instant, then turn by turn of the event loop, which goes on
 * reading meanwhile. Where instants are so many that this would keep a core busy, a timer alone has
 * to do.
 */
export function createAlarm(now: () => number = monotonic): Alarm {
  const begun = now()
  let spun = 0

  return (at, ring) => {
    let cancel: (() => void) | undefined
    const wake = (): void => {
      if (now() >= at) ring()
      else wait()
    }
    const wait = (): void => {
      const left = at - now()
      const maySpin = spun < spinning * (now() - begun)
      if (left > grain || (left > 0 && !maySpin)) {
        const timer = setTimeout(wake, Math.min(longest, maySpin ? left - grain : Math.ceil(left)))
        cancel = () => clearTimeout(timer)
        return
      }
      // Also when it has passed: who is behind must go on reading.
      const since = now()
      const turn = setImmediate(() => {
        spun += now() - since
        wake()
      })
      cancel = () => clearImmediate(turn)
    }
    wait()
    return () => cancel?.()
  }
}
