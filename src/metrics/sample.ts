import { sortByDigits } from './radix-sort.ts'
import type { Sequence } from './sequence.ts'

/** Ascending and non-empty: the only thing a quantile is taken of. */
export interface Sample extends Float64Array {
  readonly 0: number
  readonly __sorted: unique symbol
}

/** Sorts the values, which must not hold NaN; `undefined` when there are none. */
export function toSample(values: Iterable<number>): Sample | undefined {
  return sortValues(new Float64Array(values))
}

/** The sample of all values that something gives. */
export function gatherSample<T>(
  from: Sequence<T>,
  valuesOf: (each: T) => readonly number[],
): Sample | undefined {
  return sortValues(gatherValues(from, valuesOf))
}

/** All values that something gives, in this order, gathered in the room that they take. */
export function gatherValues<T>(
  from: Sequence<T>,
  valuesOf: (each: T) => readonly number[],
): Float64Array {
  let values = new Float64Array(Math.max(64, from.length))
  let size = 0
  from.forEach((each) => {
    for (const value of valuesOf(each)) {
      if (size === values.length) values = new Float64Array(values.buffer.transfer(16 * size))
      values[size++] = value
    }
  })
  return values.subarray(0, size)
}

/** The sample of what gives one value at the most. */
export function sampleEach<T>(
  from: Sequence<T>,
  valueOf: (each: T) => number | undefined,
): Sample | undefined {
  const values = new Float64Array(from.length)
  let size = 0
  from.forEach((each) => {
    const value = valueOf(each)
    if (value !== undefined) values[size++] = value
  })
  return sortValues(values.subarray(0, size))
}

/** The quantile of them alone, nothing of them stays; `p` between 0 and 1, `undefined` when there are none. */
export function quantileEach<T>(
  from: Sequence<T>,
  valueOf: (each: T) => number | undefined,
  p: number,
): number | undefined {
  const sample = sampleEach(from, valueOf)
  const found = sample && quantile(sample, p)
  dropValues(sample)
  return found
}

/** From so many on, sorting by digits is faster; of more than `most` it would take too much room. */
const many = 10_000
const most = 2 ** 20

/** The same of values that are nobody else's: they are put in order where they are. */
export function sortValues(values: Float64Array): Sample | undefined {
  const { length } = values
  if (length === 0) return undefined
  if (isAscending(values)) return values as Sample
  if (length >= many && length <= most) sortByDigits(values)
  else values.sort()
  return values as Sample
}

/** As the ends of requests are, which are kept in the order in which they ended. */
function isAscending(values: Float64Array): boolean {
  for (let place = 1; place < values.length; place++) {
    const [before, value] = [values[place - 1] as number, values[place] as number]
    // -0 is to stand before 0.
    if (before > value || (value === 0 && before === 0)) return false
  }
  return true
}

/**
 * Gives the room of numbers back that nobody is going to look at: until the collector does, those of a
 * large run pile up.
 */
export function dropValues(values: Float64Array | undefined): void {
  if (values?.buffer instanceof ArrayBuffer) values.buffer.transfer(0)
}

/**
 * Nearest rank ⌈n·p⌉, 1-based, for 0 < p ≤ 1.
 * A product that is a whole number in decimal may come out a few ulp above it (0.07 · 100 =
 * 7.000000000000001), so 4 ulp are taken off before rounding up. No true fraction is that close to
 * a whole number: with p of up to 6 decimals it is 1e-6 away or more.
 */
export function nearestRank(n: number, p: number): number {
  return Math.min(n, Math.max(1, Math.ceil(n * p * (1 - 4 * Number.EPSILON))))
}

/** The value at the nearest rank, always one that was observed. `p` between 0 and 1. */
export function quantile(sample: Sample, p: number): number {
  return sample[nearestRank(sample.length, p) - 1] ?? sample[0]
}

/** The same, but `undefined` where that is the largest value under another name. */
export function carriedQuantile(sample: Sample, p: number): number | undefined {
  return isMaximum(sample.length, p) ? undefined : quantile(sample, p)
}

/** Whether so few values have no quantile `p` but their maximum. */
export function isMaximum(n: number, p: number): boolean {
  return p < 1 && nearestRank(n, p) === n
}

export function mean(sample: Sample): number {
  return sample.reduce((sum, value) => sum + value, 0) / sample.length
}

/** Sample standard deviation (n − 1); `undefined` for one value. */
export function stddev(sample: Sample): number | undefined {
  if (sample.length < 2) return undefined
  const centre = mean(sample)
  const squares = sample.reduce((sum, value) => sum + (value - centre) ** 2, 0)
  return Math.sqrt(squares / (sample.length - 1))
}
