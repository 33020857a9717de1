import type { RequestRecord } from './engine/record.ts'
import { cleanLine } from './report/plain-text.ts'
import type { Load } from './spec/spec.ts'

/** Where a run stands. */
export interface Progress {
  /** Measured requests that have ended, of a baseline too. */
  done: number
  /** Measured requests asked for; `undefined` for a run by duration. */
  total?: number
  /** ms of dispatching asked for. */
  duration?: number
  failed: number
  inFlight: number
  /** ms since the load was started. */
  elapsed: number
  /** Measured requests that ended per second. */
  requestsPerSecond: number
}

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
  return {
    add(records, inFlight) {
      for (const { phase, outcome, marks } of records) {
        if (phase !== 'measured') continue
        first = Math.min(first, marks.scheduled)
        last = Math.max(last, marks.ended)
        done++
        if (outcome === 'failed') failed++
      }
      onProgress?.({
        done,
        ...(load.requests !== undefined && { total: Math.max(targets * load.requests, done) }),
        ...(load.duration !== undefined && { duration: targets * load.duration }),
        failed,
        inFlight,
        elapsed: performance.now() - start,
        requestsPerSecond: last > first ? (1000 * done) / (last - first) : 0,
      })
    },
  }
}

/** One line, for a terminal or a log. */
export function renderProgress(name: string, progress: Progress): string {
  const { done, total, failed, inFlight, elapsed, requestsPerSecond } = progress
  const share = total === undefined ? `${done}` : `${done}/${total} (${percent(done, total)})`
  return [
    `${cleanLine(name)}: ${share}`,
    `${requestsPerSecond.toFixed(1)} req/s`,
    `in flight ${inFlight}`,
    `failed ${failed}`,
    `${(elapsed / 1000).toFixed(0)}s`,
  ].join('  ')
}

function percent(done: number, total: number): string {
  return `${Math.floor((100 * done) / total)}%`
}
