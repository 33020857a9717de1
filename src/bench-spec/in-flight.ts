import type { Flow } from './flow.ts'

/** The most requests that a load may have in flight to one target. */
export function mostInFlight(flow: Flow): number {
  return flow.kind === 'closed' ? flow.concurrency : flow.maxConcurrency
}
