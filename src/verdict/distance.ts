import { type Comparator, isUpperBound } from '../bench-spec/slo.ts'
import { dropValues, gatherValues, quantile, sortValues } from '../metrics/sample.ts'
import type { Sequence } from '../metrics/sequence.ts'
import { findSlice, slicings } from './dependence.ts'

/**
 * Whether the own quantiles `p` of the parts of a run lie so far within the bound that how they differ
 * has no bearing on it: in tenths and in fifths of the run the bound is at least as far from the worst
 * of them, as a ratio, as that is from the best. A service at its bound would have to be lucky in every
 * part, and by more than its parts differ. `values`: of each request in the order of dispatch,
 * infinite at the bad end for one that failed.
 */
export function isFar(
  values: Sequence<readonly number[]>,
  { op, bound }: { op: Comparator; bound: number },
  p: number,
): boolean {
  const { all, cuts } = cut(values)
  const found = cuts.every((ends) => {
    let start = 0
    const quantiles = Array.from(ends).flatMap((end) => {
      // The next slicing is coarser, so that it does not matter in which order these are left.
      const part = sortValues(all.subarray(start, Math.max(start, end)))
      if (part === undefined) return []
      start += part.length
      return quantile(part, p)
    })
    const [least, most] = [Math.min(...quantiles), Math.max(...quantiles)]
    if (!Number.isFinite(least) || !Number.isFinite(most)) return false
    return isUpperBound(op) ? most * most <= least * bound : least * least >= most * bound
  })
  dropValues(all)
  return found
}

interface Cut {
  all: Float64Array
  /** Of each slicing, for each part how many values it and those before it have. */
  cuts: Uint32Array[]
}

function cut(values: Sequence<readonly number[]>): Cut {
  const cuts = slicings.map((slices) => new Uint32Array(slices))
  let position = 0
  let size = 0
  const all = gatherValues(values, (own) => {
    size += own.length
    for (const ends of cuts) ends[findSlice(position, values.length, ends.length)] = size
    position++
    return own
  })
  return { all, cuts }
}
