import { cleanLine } from '../bench-spec/plain-text.ts'
import type { BenchSpec } from '../bench-spec/spec.ts'

/** Where a run stands. */
export interface Progress {
  /** Measured requests that have ended, of a baseline too. */
  done: number
  /** Measured requests asked for; `undefined` for a run by duration. */
  total?: number
  /** ms of dispatching asked for. */
  duration?: number
  failed: number
  /** `undefined` where no client is to go away. */
  left?: number
  inFlight: number
  /** Name of the stage that the last request to end was due in; `undefined` without stages. */
  stage?: string
  /** ms since the load was started. */
  elapsed: number
  /** Measured requests that ended per second. */
  requestsPerSecond: number
}

/** The name of a run, and which cell of how many it is. */
export function nameRun({ name, cell }: Pick<BenchSpec, 'name' | 'cell'>): string {
  return cell === undefined ? name : `${name} (cell ${cell.number} of ${cell.count})`
}

/** One line, for a terminal or a log. */
export function renderProgress(name: string, progress: Progress): string {
  const { done, total, failed, left, inFlight, stage, elapsed, requestsPerSecond } = progress
  const share = total === undefined ? `${done}` : `${done}/${total} (${percent(done, total)})`
  return [
    `${cleanLine(name)}: ${share}`,
    ...(stage === undefined ? [] : [`stage ${cleanLine(stage)}`]),
    `${requestsPerSecond.toFixed(1)} req/s`,
    `in flight ${inFlight}`,
    `failed ${failed}`,
    ...(left === undefined ? [] : [`left ${left}`]),
    `${(elapsed / 1000).toFixed(0)}s`,
  ].join('  ')
}

function percent(done: number, total: number): string {
  return `${Math.floor((100 * done) / total)}%`
}
