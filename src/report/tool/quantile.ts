import type { Weighted } from './tool.ts'

/** Between the two nearest values, in proportion: numpy's default, "linear". */
export function interpolate(values: readonly Weighted[], p: number): number {
  const at = (values.length - 1) * p
  const below = Math.floor(at)
  const low = valueAt(values, below)
  return low + (valueAt(values, Math.ceil(at)) - low) * (at - below)
}

/** The value at index ⌊n·p⌋, counted from 0. */
export function pickByIndex(values: readonly Weighted[], p: number): number {
  // A product that is whole in decimal must not come out below it.
  return valueAt(values, Math.min(values.length - 1, Math.floor(values.length * p + 1e-9)))
}

/** The first value at which the weights so far are a share of `p` of all. */
export function pickByWeight(values: readonly Weighted[], p: number): number {
  const total = values.reduce((sum, { weight }) => sum + weight, 0)
  let sum = 0
  for (const { value, weight } of values) {
    sum += weight
    if (sum >= total * p * (1 - 4 * Number.EPSILON)) return value
  }
  return valueAt(values, values.length - 1)
}

function valueAt(values: readonly Weighted[], index: number): number {
  return values[index]?.value ?? Number.NaN
}
