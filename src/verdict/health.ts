import type { Illness, RequestRecord } from '../engine/record.ts'
import { binomialAtLeast } from './tails.ts'

/** Requests that must have ended before anything is said of the target. */
const fewest = 20

/** Chance of stopping at one look although the error rate is exactly at its limit. */
const alpha = 0.001

const refusals: ReadonlySet<string> = new Set(['connect', 'tls', 'timeout.connect'])

/**
 * What makes it senseless to go on; `undefined`: nothing. Either the first 20 requests, warm-up
 * included, all found no connection, or the error rate of the measured ones is above its limit, which
 * must be next to certain: the exact test at 0.001, from 20 requests on.
 */
export function checkHealth(
  records: readonly RequestRecord[],
  maxErrorRate: number | undefined,
): Illness | undefined {
  const ended = records.filter(({ outcome }) => outcome !== 'cancelled')
  const refused = ended.slice(0, fewest).filter(isRefused)
  if (refused.length === fewest) return { kind: 'no-connection', requests: fewest }
  if (maxErrorRate === undefined) return undefined
  const measured = ended.filter(({ phase }) => phase === 'measured')
  const failed = measured.filter(({ outcome }) => outcome === 'failed').length
  if (measured.length < fewest) return undefined
  if (binomialAtLeast(failed, measured.length, maxErrorRate) > alpha) return undefined
  return { kind: 'errors', failed, requests: measured.length, limit: maxErrorRate }
}

function isRefused(record: RequestRecord): boolean {
  return record.outcome === 'failed' && refusals.has(record.failure.kind)
}
