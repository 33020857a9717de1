import type { Engine, Floor, Job, Work } from './engine.ts'
import { createQueue, type QueueCount, type QueueLimits } from './queue.ts'
import { createTimeline, type Entry } from './timeline.ts'

/**
 * Who runs when, and when each content is due. It has no clock: what happens is a function of the
 * times of arrival and leaving alone, whenever it is asked for it. All times in ms; those that are
 * handed in ascend.
 */
export interface Scheduler {
  /** `undefined`: there is no place. `begin` is called when there is a slot, perhaps at once. */
  arrive(at: number, begin: (admittedAt: number) => Work): Visit | undefined
  /** The client is gone; nothing if its request has ended. */
  leave(at: number, visit: Visit): void
  /** Lets everything happen that is due by then. */
  advance(to: number): void
  /** When something happens next without anybody coming or going; `Infinity`: never. */
  nextAt(): number
  count(): QueueCount
  resetPeak(): void
}

/** A request that waits or runs. */
export interface Visit {
  begin(admittedAt: number): Work
  job: Job | undefined
  end: Entry<() => void> | undefined
}

/** `now` answers the time of what is happening. */
export type CreateEngine = (floor: Floor, now: () => number) => Engine

export function createScheduler(
  limits: QueueLimits | undefined,
  createEngine: CreateEngine,
): Scheduler {
  const queue = createQueue<Visit>(limits)
  const timeline = createTimeline<() => void>()
  const visits = new Map<Job, Visit>()
  let now = 0

  const floor: Floor = {
    schedule: (at, then) => timeline.add(at, then),
    running: () => queue.count().running,
    release(job, at) {
      const visit = visits.get(job)
      if (at === Infinity || visit === undefined) return
      visit.end = timeline.add(at, () => {
        part(visit)
      })
    },
  }
  const engine = createEngine(floor, () => now)

  function admit(visit: Visit): void {
    const job: Job = { work: visit.begin(now), admittedAt: now }
    visit.job = job
    visits.set(job, visit)
    if (job.work.contentsMs.length > 0) engine.start(job)
    else floor.release(job, now + job.work.holdMs)
  }

  function part(visit: Visit): void {
    if (visit.job !== undefined) visits.delete(visit.job)
    const next = queue.leave(visit)
    if (next !== undefined) admit(next)
  }

  function advance(to: number): void {
    for (;;) {
      const first = timeline.first()
      if (first === undefined || first.at > to) break
      timeline.shift()
      now = first.at
      first.item()
    }
    now = to
  }

  return {
    arrive(at, begin) {
      advance(at)
      const visit: Visit = { begin, job: undefined, end: undefined }
      const place = queue.arrive(visit)
      if (place === 'rejected') return undefined
      if (place === 'running') admit(visit)
      return visit
    },
    leave(at, visit) {
      advance(at)
      if (visit.job !== undefined) engine.stop(visit.job)
      // Its end may be hours away, and would keep all of it until then.
      if (visit.end !== undefined) visit.end.item = () => {}
      part(visit)
    },
    advance,
    nextAt: () => timeline.first()?.at ?? Infinity,
    count: () => queue.count(),
    resetPeak: () => {
      queue.resetPeak()
    },
  }
}
