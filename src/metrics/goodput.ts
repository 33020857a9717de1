import { type GoodputBounds, isUpperBound, type RequestBound } from '../bench-spec/slo.ts'
import type { RequestRecord } from '../engine/record.ts'
import { holds, measure } from './measure.ts'

/** Whether it completed and keeps every bound; a bound on something unknown is not kept. */
export function isGood(record: RequestRecord, bounds: GoodputBounds): boolean {
  return keepsEach(record, bounds) !== 'no'
}

/**
 * Whether a request keeps every bound. `as-far-as-seen`: those that it can have a value for, and
 * there is one that it cannot (an answer of one token has no tpot).
 */
export function keepsEach(
  record: RequestRecord,
  bounds: GoodputBounds,
): 'yes' | 'no' | 'as-far-as-seen' {
  if (record.outcome !== 'completed') return 'no'
  let unseen = false
  for (const { metric, op, bound } of bounds) {
    const value = measure(record, metric)
    if (value === 'inapplicable') unseen = true
    else if (value === undefined || !holds(value, op, bound)) return 'no'
  }
  return unseen ? 'as-far-as-seen' : 'yes'
}

/**
 * The worst of its values as a multiple of the bound (of a floor the inverse), so that "goodput is
 * 1 − q" says that the quantile 1 − q of this is 1. Infinity for a request that failed or of which a
 * value is not known; 0 when no bound applies to it.
 */
export function scoreRequest(record: RequestRecord, bounds: GoodputBounds): number {
  if (record.outcome !== 'completed') return Infinity
  return bounds.reduce((worst, bound) => Math.max(worst, score(record, bound)), 0)
}

function score(record: RequestRecord, { metric, op, bound }: RequestBound): number {
  const value = measure(record, metric)
  if (value === 'inapplicable') return 0
  if (value === undefined) return Infinity
  return isUpperBound(op) ? value / bound : bound / value
}
