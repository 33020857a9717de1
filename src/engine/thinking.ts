import type { ClosedLoad } from '../bench-spec/spec.ts'
import { drawThinking } from '../bench-spec/think-time.ts'
import type { Alarm } from './alarm.ts'
import type { Dispatcher } from './pace.ts'
import type { Ticket } from './schedule.ts'

/** Users who think between the end of a request and their next one. */
export interface Thinking {
  /** Calls `then` with the instant at which the user is through: in this turn where nobody thinks. */
  pause(after: Ticket, then: (at: number) => void): void
  /** All who think are through with it now. */
  release(): void
}

/** How long is a pure function of the seed and the request before, whichever load process sends it. */
export function createThinking(
  { thinkTime, seed }: Pick<ClosedLoad, 'thinkTime' | 'seed'>,
  dispatcher: Pick<Dispatcher, 'now' | 'isStopped'>,
  alarm: Alarm,
): Thinking {
  /** What takes the alarm of each back, and lets it go on. */
  const users = new Map<(at: number) => void, () => void>()
  return {
    pause(after, then) {
      const now = dispatcher.now()
      if (thinkTime === undefined || dispatcher.isStopped()) return then(now)
      const at = now + drawThinking(thinkTime, seed, after)
      const ring = (): void => {
        users.delete(then)
        then(at)
      }
      users.set(then, alarm(at, ring))
    },
    release() {
      const waiting = [...users]
      users.clear()
      for (const [, cancel] of waiting) cancel()
      for (const [then] of waiting) then(dispatcher.now())
    },
  }
}
