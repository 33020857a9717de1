import type { Load } from './spec.ts'

/** The most requests that a load may have in flight to one target. */
export function mostInFlight(load: Load): number {
  return load.kind === 'closed' ? load.concurrency : load.maxConcurrency
}
