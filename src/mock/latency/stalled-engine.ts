import type { Engine, Floor, Job } from './engine.ts'
import type { CreateEngine } from './scheduler.ts'
import { createStallCalendar, type Stalls } from './stalls.ts'

/** See `Options`. */
export interface StallPlan {
  /** `undefined`: none. */
  stalls: Stalls | undefined
  seed: number
  latencyFactor: number
}

/**
 * An engine of any kind that stands still now and then. It lives in a time of its own, which does not
 * pass during a stall, and which begins with its first request.
 */
export function stallEngine(
  createEngine: CreateEngine,
  { stalls, seed, latencyFactor }: StallPlan,
): CreateEngine {
  // Where nothing takes any time there is no time between two stalls.
  if (stalls === undefined || latencyFactor === 0) return createEngine
  return (floor, now): Engine => {
    const calendar = createStallCalendar(stalls, seed, latencyFactor)
    const inside = new WeakMap<Job, Job>()
    const outside = new WeakMap<Job, Job>()
    let begin: number | undefined

    function toEngine(at: number): number {
      begin ??= at
      return calendar.toEngine(at - begin)
    }
    function toClock(at: number): number {
      return begin! + calendar.toClock(at)
    }

    const stalledFloor: Floor = {
      running: () => floor.running(),
      schedule: (at, then) => {
        floor.schedule(toClock(at), then)
      },
      release(inner, at) {
        const job = outside.get(inner)!
        floor.release(job, toClock(at) + job.work.holdMs)
      },
    }
    const engine = createEngine(stalledFloor, () => toEngine(now()))

    return {
      start(job) {
        const admittedAt = toEngine(job.admittedAt)
        const decide = (ms: number): void => {
          job.work.decide(toClock(admittedAt + ms) - job.admittedAt)
        }
        // What holds the slot behind the last content is not work of the engine.
        const inner: Job = { admittedAt, work: { ...job.work, holdMs: 0, decide } }
        inside.set(job, inner)
        outside.set(inner, job)
        engine.start(inner)
      },
      stop(job) {
        const inner = inside.get(job)
        if (inner !== undefined) engine.stop(inner)
      },
    }
  }
}
