import { nearestRank } from '../../metrics/sample.ts'
import type { Weighted } from './tool.ts'

/** Between the two nearest values, in proportion: numpy's default, "linear". */
export function interpolate(values: readonly Weighted[], p: number): number {
  const at = (values.length - 1) * p
  const below = Math.floor(at)
  const low = valueAt(values, below)
  return low + (valueAt(values, Math.ceil(at)) - low) * (at - below)
}

/** The value nearest to (n − 1)·p, halves to the even index: numpy's "nearest". */
export function pickNearest(values: readonly Weighted[], p: number): number {
  const at = (values.length - 1) * p
  const below = Math.floor(at)
  const rest = at - below
  return valueAt(values, rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below)
}

/** The value at rank ⌈n·p⌉, counted from 1. */
export function pickByRank(values: readonly Weighted[], p: number): number {
  return valueAt(values, nearestRank(values.length, p) - 1)
}

/**
 * The first value at which the shares of all weights add up to `p`, equal values having one share.
 * The sum is GuideLLM's, rounding errors included: nine shares of 0.1 add up to less than 0.9, so the p90 of
 * ten values is the tenth.
 */
export function pickByWeight(values: readonly Weighted[], p: number): number {
  const total = values.reduce((sum, { weight }) => sum + weight, 0)
  let sum = 0
  let own = 0
  for (const [index, { value, weight }] of values.entries()) {
    own += weight
    if (values[index + 1]?.value === value) continue
    sum += own / total
    own = 0
    if (sum >= p) return value
  }
  return valueAt(values, values.length - 1)
}

function valueAt(values: readonly Weighted[], index: number): number {
  return values[index]?.value ?? Number.NaN
}
