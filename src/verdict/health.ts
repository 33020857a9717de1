import type { RequestRecord } from '../engine/record.ts'
import { formatQuantity } from '../metrics/quantity.ts'
import { binomialAtLeast } from './tails.ts'

/** Requests that must have ended before anything is said of the target. */
const fewest = 20

/** Chance of stopping at one look although the error rate is exactly at its limit. */
const alpha = 0.001

const refusals: ReadonlySet<string> = new Set(['connect', 'tls', 'timeout.connect'])

/**
 * Why it makes no sense to go on; `undefined`: it does. Either the first 20 requests, warm-up
 * included, all found no connection, or the error rate of the measured ones is above its limit, which
 * must be next to certain: the exact test at 0.001, from 20 requests on.
 */
export function checkHealth(
  records: readonly RequestRecord[],
  maxErrorRate: number | undefined,
): string | undefined {
  const ended = records.filter(({ outcome }) => outcome !== 'cancelled')
  const refused = ended.slice(0, fewest).filter(isRefused)
  if (refused.length === fewest) return `the first ${fewest} requests found no connection`
  if (maxErrorRate === undefined) return undefined
  const measured = ended.filter(({ phase }) => phase === 'measured')
  const failed = measured.filter(({ outcome }) => outcome === 'failed').length
  if (measured.length < fewest) return undefined
  if (binomialAtLeast(failed, measured.length, maxErrorRate) > alpha) return undefined
  return `${failed} of ${measured.length} requests failed, max_error_rate is ${formatQuantity(maxErrorRate, 'share')}`
}

function isRefused(record: RequestRecord): boolean {
  return record.outcome === 'failed' && refusals.has(record.failure.kind)
}
