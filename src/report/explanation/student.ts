import { studentAtLeast, studentQuantile } from '../../verdict/tails.ts'
import { showFigure } from './account.ts'

/** Limits of a value above 0 as they were printed, and what they are compared with. */
export interface Printed {
  low: number
  high: number
  /** Half a unit of the last digit of each. */
  half: { low: number; high: number }
  bound: number
  rounds: number
  alpha: number
}

/** A figure as far as printed digits tell. */
interface Range {
  least: number
  value: number
  most: number
}

/** The t test that must have led to printed limits of exp(mean ± reach · error). */
export interface Student {
  /** t at alpha, from which `error` follows. */
  reach: number
  error: number
  t: number
  /** P(T ≥ t) and P(T ≤ t). */
  above: Range
  below: Range
}

/**
 * Student's t out of its own limits. Their mean and standard error are known as far as the digits
 * tell, so the tails are a range.
 */
export function retrace({ low, high, half, bound, rounds, alpha }: Printed): Student {
  const degrees = rounds - 1
  const reach = studentQuantile(alpha, degrees)
  const test = (from: number, to: number): { error: number; t: number } => {
    const error = Math.max(0, (to - from) / 2 / reach)
    const distance = (from + to) / 2 - Math.log(bound)
    return { error, t: distance === 0 ? 0 : distance / error }
  }
  const steps = [-1, 0, 1]
  const all = steps.flatMap((one) =>
    steps.map((other) => test(Math.log(low + one * half.low), Math.log(high + other * half.high))),
  )
  const range = (tail: (t: number) => number, value: number): Range => {
    const values = all.map(({ t }) => tail(t))
    return { least: Math.min(...values), value, most: Math.max(...values) }
  }
  const middle = test(Math.log(low), Math.log(high))
  const above = (t: number): number => studentAtLeast(t, degrees)
  const below = (t: number): number => studentAtLeast(-t, degrees)
  return {
    reach,
    ...middle,
    above: range(above, above(middle.t)),
    below: range(below, below(middle.t)),
  }
}

/** A difference in words, none when the figure is within the range. */
export function compareRange(
  name: string,
  stands: number | null,
  { least, most }: Range,
): string[] {
  const [from, to] = [least * 0.999, most * 1.001]
  if (stands !== null && stands >= from && stands <= to) return []
  const range = `${showFigure(from)} and ${showFigure(to)}`
  return [`${name} is ${stands} in results.json, and between ${range} by its interval`]
}

/** Half a unit of the sixth significant digit. */
export function halfDigit(value: number): number {
  return value === 0 ? 0 : 0.5 * 10 ** (Math.floor(Math.log10(Math.abs(value))) - 5)
}
