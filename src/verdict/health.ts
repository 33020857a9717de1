import type { Illness, RequestRecord } from '../engine/record.ts'
import { binomialAtLeast } from './tails.ts'

/** Requests that must have ended before anything is said of the target. */
const fewest = 20

/** Chance of stopping at one look although the error rate is exactly at its limit. */
const alpha = 0.001

const refusals: ReadonlySet<string> = new Set(['connect', 'tls', 'timeout.connect'])

/** What is known of the health of a target, from every request that has ended. */
export interface Health {
  add(records: Iterable<RequestRecord>): void
  /**
   * What makes it senseless to go on; `undefined`: nothing. Either the first 20 requests, warm-up
   * included, all found no connection, or the error rate of the measured ones is above its limit,
   * which must be next to certain: the exact test at 0.001, from 20 requests on.
   */
  illness(): Illness | undefined
}

/** `maxErrorRate`: 0–1; `undefined`: any. */
export function watchHealth(maxErrorRate: number | undefined): Health {
  let ended = 0
  let refused = 0
  let requests = 0
  let failed = 0
  return {
    add(records) {
      for (const record of records) {
        if (record.outcome === 'cancelled') continue
        if (ended++ < fewest && isRefused(record)) refused++
        if (record.phase !== 'measured' || record.leaves) continue
        requests++
        if (record.outcome === 'failed') failed++
      }
    },
    illness() {
      if (refused === fewest) return { kind: 'no-connection', requests: fewest }
      if (maxErrorRate === undefined || requests < fewest) return undefined
      if (binomialAtLeast(failed, requests, maxErrorRate) > alpha) return undefined
      return { kind: 'errors', failed, requests, limit: maxErrorRate }
    },
  }
}

function isRefused(record: RequestRecord): boolean {
  return record.outcome === 'failed' && refusals.has(record.failure.kind)
}
