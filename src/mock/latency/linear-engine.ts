import type { Engine, Floor, Job } from './engine.ts'

/**
 * Stretches each gap by 1 + (slowdown − 1) · (r − 1) / (M − 1): r requests hold one of M slots at the
 * moment the gap begins. The load factor of llm-d-inference-sim 0.9.2.
 */
export function createLinearEngine(floor: Floor, slots: number, slowdown: number): Engine {
  const given = new Set<Job>()

  function stretch(): number {
    return slots > 1 ? 1 + ((slowdown - 1) * (floor.running() - 1)) / (slots - 1) : 1
  }

  function produce(job: Job, content: number, ms: number): void {
    const { contentsMs, holdMs, decide } = job.work
    const at = job.admittedAt + ms
    decide(ms)
    if (content === contentsMs.length - 1) {
      given.delete(job)
      floor.release(job, at + holdMs)
      return
    }
    floor.schedule(at, () => {
      if (!given.has(job)) return
      const gap = (contentsMs[content + 1]! - contentsMs[content]!) * stretch()
      produce(job, content + 1, ms + gap)
    })
  }

  return {
    start(job) {
      given.add(job)
      produce(job, 0, job.work.contentsMs[0]!)
    },
    stop(job) {
      given.delete(job)
    },
  }
}
