import { nearestRank } from '../metrics/sample.ts'
import { findSlice, toDesignEffect } from './dependence.ts'

/** A slice of a whole run, of which some requests have ended. */
export interface Outlook {
  size: number
  /** Certainly counted. */
  hits: number
  /** Counted or not, as the rest of the run will show. */
  open: number
}

/** An ended request; `hit` is `undefined` where the rest of the run decides whether it is counted. */
export interface Mark {
  index: number
  hit: boolean | undefined
}

/** The slices of a run of `n` requests; those that have not ended are open. */
export function spread(marks: Iterable<Mark>, n: number, slices: number): Outlook[] {
  const outlooks = Array.from({ length: Math.min(slices, n) }, () => ({
    size: 0,
    hits: 0,
    open: 0,
  }))
  const find = (index: number): Outlook | undefined =>
    outlooks[findSlice(index, n, outlooks.length)]
  for (let index = 0; index < n; index++) {
    const outlook = find(index)
    if (outlook === undefined) continue
    outlook.size++
    outlook.open++
  }
  for (const { index, hit } of marks) {
    const outlook = find(index)
    if (outlook === undefined || hit === undefined) continue
    outlook.open--
    if (hit) outlook.hits++
  }
  return outlooks
}

/**
 * Which of the ended requests lie beyond the quantile 1 − q of the whole run of `n`: it is lowest when
 * all others are good, and highest when they are bad. `badness` ascends towards the bad end.
 */
export function placeQuantile(
  badness: Float64Array,
  { n, q }: { n: number; q: number },
): (boolean | undefined)[] {
  const ascending = badness.toSorted()
  const rank = nearestRank(n, 1 - q)
  const lowest = ascending[rank - (n - badness.length) - 1] ?? -Infinity
  const highest = ascending[rank - 1] ?? Infinity
  return Array.from(badness, (each) => {
    if (each <= lowest) return false
    return each > highest ? true : undefined
  })
}

/**
 * An upper bound of the design effect with `bad` counted ones in all. Σ(e − p̂m)² is convex in what
 * each slice gets, so no point of it lies above the chord between the fewest and the most it can get;
 * a sum of straight lines is largest when the steepest get all they can. `variance`: of one observation.
 */
export function boundEffect(slices: readonly Outlook[], bad: number, variance: number): number {
  const n = slices.reduce((sum, { size }) => sum + size, 0)
  const share = bad / n
  let squares = 0
  let left = bad
  for (const { hits, size } of slices) {
    squares += (hits - share * size) ** 2
    left -= hits
  }
  const slope = ({ hits, open, size }: Outlook): number => 2 * hits + open - 2 * share * size
  for (const each of slices.toSorted((a, b) => slope(b) - slope(a))) {
    const taken = Math.min(left, each.open)
    squares += taken * slope(each)
    left -= taken
  }
  return slices.length < 2 ? 1 : toDesignEffect(squares, slices.length, { n, variance })
}
