import type { ClientTrust } from '../engine/record.ts'
import { formatQuantity } from './quantity.ts'

/** How far the load process kept up: measured limits at which its own error becomes visible. */
export interface ClientRating {
  state: 'ok' | 'busy' | 'limited'
  /** What passed a limit, with the figure. */
  reasons: readonly string[]
}

const busy = { utilization: 0.5, delay: 2, runQueue: 0.02 }
const limited = { utilization: 0.7, delay: 10 }

export function rateClient(trust: ClientTrust): ClientRating {
  const { eventLoopUtilization: utilization, eventLoopDelayP99: delay = 0 } = trust
  const { runQueueShare: runQueue = 0 } = trust
  const reasons: string[] = []
  if (utilization >= busy.utilization) {
    reasons.push(`its event loop was ${formatQuantity(utilization, 'share')} busy`)
  }
  if (delay >= busy.delay)
    reasons.push(`its event loop was late by ${formatQuantity(delay, 'ms')} (p99)`)
  // By itself it says little: a process that wakes up for every read waits a little each time.
  if (reasons.length > 0 && runQueue >= busy.runQueue) {
    reasons.push(`it waited for a core ${formatQuantity(runQueue, 'share')} of the time`)
  }
  if (utilization >= limited.utilization || delay >= limited.delay) {
    return { state: 'limited', reasons }
  }
  return { state: reasons.length > 0 ? 'busy' : 'ok', reasons }
}
