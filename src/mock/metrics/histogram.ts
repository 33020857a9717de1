/** Counts of values by range. */
export interface Histogram {
  add(value: number): void
  /** Upper ends of the ranges, ascending; the last range has none. */
  bounds: readonly number[]
  /** Values per range: one more than `bounds`. */
  counts(): readonly number[]
  sum(): number
  reset(): void
}

/** A value equal to a bound counts below it with edge `included`, above it with `excluded`. */
export function createHistogram(
  bounds: readonly number[],
  edge: 'included' | 'excluded',
): Histogram {
  const empty = (): number[] => Array.from({ length: bounds.length + 1 }, () => 0)
  let counts = empty()
  let sum = 0
  return {
    bounds,
    add(value) {
      const found = bounds.findIndex(
        (bound) => value < bound || (edge === 'included' && value === bound),
      )
      counts[found === -1 ? bounds.length : found]!++
      sum += value
    },
    counts: () => counts,
    sum: () => sum,
    reset() {
      counts = empty()
      sum = 0
    },
  }
}
