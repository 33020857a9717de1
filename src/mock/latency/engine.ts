/** What is to be done for a request that got a slot. Times in ms after admission. */
export interface Work {
  /** Tokens of the prompt, and those of them that are not cached. */
  promptTokens: number
  prefillTokens: number
  /** Passes before the prompt is looked at. */
  delayMs: number
  /** When each content is due on an idle server, ascending; an engine is never faster. */
  contentsMs: readonly number[]
  /** From the last content, or from admission without any, until the slot is free. */
  holdMs: number
  /** Is told when content number 0, 1, … is due. */
  decide(ms: number): void
}

/** A request in its slot. */
export interface Job {
  work: Work
  /** ms. */
  admittedAt: number
}

/** Decides when contents are due. */
export interface Engine {
  /** `job` was admitted now and has contents. */
  start(job: Job): void
  /** `job` is given up before its end. */
  stop(job: Job): void
}

/** What an engine finds around it. Times in ms. */
export interface Floor {
  /** Calls back at that time; what is due together in the order of the calls. */
  schedule(at: number, then: () => void): void
  /** Requests that hold a slot. */
  running(): number
  /** The slot of `job` is free at that time. */
  release(job: Job, at: number): void
}

/** Takes every time as it was planned. */
export function createFixedEngine(floor: Floor): Engine {
  return {
    start(job) {
      const { contentsMs, holdMs, decide } = job.work
      for (const ms of contentsMs) decide(ms)
      floor.release(job, job.admittedAt + contentsMs.at(-1)! + holdMs)
    },
    stop() {},
  }
}
