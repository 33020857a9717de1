import type { Engine, Floor, Job } from './engine.ts'

/** What a step costs, in ms, and how much fits into one. */
export interface StepCost {
  base: number
  /** Per request that decodes in the step. */
  perRequest: number
  /** Per token that is prefilled in it. */
  perToken: number
  /** Per token that the decoding requests have behind them. */
  perContextToken: number
  /** Most tokens of a step: one per decoding request, the rest are prefilled. */
  batchTokens: number
}

/**
 * Continuous batching with chunked prefill. In a step every decoding request yields a content, and
 * what is left of the batch goes to the prompts, first come, first served. A prompt yields its first
 * content at the end of the step that finishes it. `onStep` is told the tokens of each step.
 */
export function createStepEngine(
  floor: Floor,
  now: () => number,
  cost: StepCost,
  onStep: (tokens: number) => void,
): Engine {
  /** Tokens that are left to prefill. */
  const prefilling = new Map<Job, number>()
  /** Contents so far. */
  const decoding = new Map<Job, number>()
  let busy = false

  function enter(job: Job): void {
    prefilling.set(job, job.work.prefillTokens)
    if (!busy) step()
  }

  function step(): void {
    busy = prefilling.size + decoding.size > 0
    if (!busy) return
    const decoders = [...decoding.keys()]
    const finished: Job[] = []
    let room = cost.batchTokens - decoders.length
    let tokens = 0
    for (const [job, left] of prefilling) {
      const chunk = Math.min(left, room)
      room -= chunk
      tokens += chunk
      if (chunk === left) finished.push(job)
      prefilling.set(job, left - chunk)
      if (room === 0) break
    }
    const end =
      now() +
      cost.base +
      cost.perRequest * decoders.length +
      cost.perToken * tokens +
      cost.perContextToken * measureContext()
    for (const job of finished) prefilling.delete(job)
    for (const job of [...decoders, ...finished]) produce(job, end)
    onStep(decoders.length + tokens)
    floor.schedule(end, step)
  }

  function measureContext(): number {
    let tokens = 0
    for (const [{ work }, contents] of decoding) tokens += work.promptTokens + contents
    return tokens
  }

  function produce(job: Job, at: number): void {
    const { contentsMs, holdMs, decide } = job.work
    const contents = (decoding.get(job) ?? 0) + 1
    decoding.set(job, contents)
    decide(at - job.admittedAt)
    if (contents < contentsMs.length) return
    decoding.delete(job)
    floor.release(job, at + holdMs)
  }

  const delayed = new Set<Job>()
  return {
    start(job) {
      if (job.work.delayMs === 0) {
        enter(job)
        return
      }
      delayed.add(job)
      floor.schedule(job.admittedAt + job.work.delayMs, () => {
        if (delayed.delete(job)) enter(job)
      })
    },
    stop(job) {
      for (const jobs of [delayed, prefilling, decoding]) jobs.delete(job)
    },
  }
}
