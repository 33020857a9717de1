import type { ClientTrust } from '../engine/record.ts'

/** A limit that the load process passed. */
export type ClientReason =
  /** `utilization`: of its event loop, 0–1. */
  | { kind: 'event-loop-busy'; utilization: number }
  /** `delay`: p99 of how late its event loop was, ms. */
  | { kind: 'event-loop-late'; delay: number }
  /** `share`: of the time that it waited for a core, 0–1. */
  | { kind: 'waited-for-core'; share: number }

/** How far the load process kept up: measured limits at which its own error becomes visible. */
export interface ClientRating {
  state: 'ok' | 'busy' | 'limited'
  /** None when it is `ok`. */
  reasons: ClientReason[]
}

const busy = { utilization: 0.5, delay: 2, runQueue: 0.02 }
const limited = { utilization: 0.7, delay: 10 }

export function rateClient(trust: ClientTrust): ClientRating {
  const { eventLoopUtilization: utilization, eventLoopDelayP99: delay = 0 } = trust
  const { runQueueShare: share = 0 } = trust
  const reasons: ClientReason[] = []
  if (utilization >= busy.utilization) reasons.push({ kind: 'event-loop-busy', utilization })
  if (delay >= busy.delay) reasons.push({ kind: 'event-loop-late', delay })
  // By itself it says little: a process that wakes up for every read waits a little each time.
  if (reasons.length > 0 && share >= busy.runQueue) {
    reasons.push({ kind: 'waited-for-core', share })
  }
  if (utilization >= limited.utilization || delay >= limited.delay) {
    return { state: 'limited', reasons }
  }
  return { state: reasons.length > 0 ? 'busy' : 'ok', reasons }
}

/**
 * By how much the client was late (p99), ms: what a time may be off by. Infinity when it was past its
 * limits and nothing was sampled; `undefined` when nothing speaks of lateness.
 */
export function findLateness(trust: ClientTrust): number | undefined {
  const { eventLoopDelayP99: delay } = trust
  return delay ?? (rateClient(trust).state === 'limited' ? Infinity : undefined)
}
