import { keepKnown } from '../bench-spec/known.ts'
import type { Load } from '../bench-spec/spec.ts'
import type { RequestRecord } from '../engine/record.ts'
import type { Progress } from '../report/progress-text.ts'

/** Turns batches of records into progress; each of the `targets` gets the whole load. */
export function trackProgress(
  load: Load,
  onProgress: ((progress: Progress) => void) | undefined,
  targets = 1,
): { add(records: readonly RequestRecord[], inFlight: number): void } {
  const start = performance.now()
  /** Instants of the measured requests, on the clock of the records. */
  let first = Infinity
  let last = -Infinity
  let done = 0
  let failed = 0
  let left = 0
  /** The latest that a request was due in. */
  let stage = 0
  return {
    add(records, inFlight) {
      for (const { phase, outcome, marks, stage: own = 0 } of records) {
        if (phase !== 'measured') continue
        first = Math.min(first, marks.scheduled)
        last = Math.max(last, marks.ended)
        stage = Math.max(stage, own)
        done++
        if (outcome === 'failed') failed++
        if (outcome === 'left') left++
      }
      onProgress?.(
        keepKnown<Progress>({
          done,
          total: load.requests === undefined ? undefined : Math.max(targets * load.requests, done),
          duration: load.duration === undefined ? undefined : targets * load.duration,
          failed,
          left: load.cancel === undefined ? undefined : left,
          inFlight,
          stage: load.stages?.[stage]?.name,
          elapsed: performance.now() - start,
          requestsPerSecond: last > first ? (1000 * done) / (last - first) : 0,
        }),
      )
    },
  }
}
