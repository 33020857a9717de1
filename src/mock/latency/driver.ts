import type { Agenda } from './agenda.ts'
import type { Scheduler } from './scheduler.ts'

/**
 * Lets a scheduler keep up with a clock. A timer that is late makes nothing late in its schedule: what
 * should have happened meanwhile has happened at its own time.
 */
export function driveScheduler(scheduler: Scheduler, agenda: Agenda): Scheduler {
  let armedFor = Infinity
  let disarm: (() => void) | undefined

  function arm(): void {
    const next = scheduler.nextAt()
    if (next === armedFor) return
    disarm?.()
    armedFor = next
    disarm = next === Infinity ? undefined : agenda.schedule(next, wake)
  }

  function wake(): void {
    armedFor = Infinity
    scheduler.advance(agenda.now())
    arm()
  }

  return {
    ...scheduler,
    arrive(at, begin) {
      const visit = scheduler.arrive(at, begin)
      arm()
      return visit
    },
    leave(at, visit) {
      scheduler.leave(at, visit)
      arm()
    },
    advance(to) {
      scheduler.advance(to)
      arm()
    },
  }
}
