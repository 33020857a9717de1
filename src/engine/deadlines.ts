import type { LeavingTime } from '../bench-spec/leaving.ts'
import type { Timeouts } from '../bench-spec/spec.ts'
import type { FailureKind } from './record.ts'

/** What is waited for since an instant, for so many ms. */
export interface Deadline {
  kind: FailureKind
  since: number
  limit: number
}

/** How far a request has come. */
export interface Progress {
  /** Since when a connection is waited for. */
  waiting: number
  /** `undefined`: it was not sent. */
  dispatched: number | undefined
  /** Last sign of the server; `undefined`: there was none. */
  heard: number | undefined
  /** Whether a first token is yet to come. */
  awaitsToken: boolean
}

/** The deadlines that a request has at present. */
export function listDeadlines(
  { total, connect, ttft, idle }: Timeouts,
  { waiting, dispatched, heard = dispatched, awaitsToken }: Progress,
): Deadline[] {
  if (dispatched === undefined || heard === undefined) {
    return [{ kind: 'timeout.connect', since: waiting, limit: connect }]
  }
  const deadlines: Deadline[] = [{ kind: 'timeout.total', since: dispatched, limit: total }]
  if (ttft !== undefined && awaitsToken) {
    deadlines.push({ kind: 'timeout.ttft', since: dispatched, limit: ttft })
  }
  if (idle !== undefined) deadlines.push({ kind: 'timeout.idle', since: heard, limit: idle })
  return deadlines
}

/** No deadline of a request passes sooner than this behind the instant from which it counts, ms. */
export function shortestLimit(timeouts: Timeouts, leaving: LeavingTime | undefined): number {
  const { total, connect, ttft = Infinity, idle = Infinity } = timeouts
  return Math.min(total, connect, ttft, idle, typeof leaving === 'number' ? leaving : Infinity)
}
