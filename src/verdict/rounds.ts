import { type Comparator, isUpperBound } from '../bench-spec/slo.ts'
import type { Tails } from './decision.ts'
import { studentAtLeast, studentQuantile } from './tails.ts'

/** Outcome of the t test of per-round values against a bound: P of values as far on either side, if their true centre were it. */
export interface RoundsTest extends Tails {
  interval: { low: number; high: number }
}

export const fewestRounds = 3

/**
 * One-sided Student's t on ln(value) against ln(bound), the rounds being the observations; `alpha`
 * is the error on each side. `undefined` for fewer than 3 rounds, and where there is no logarithm.
 */
export function testRounds(
  values: readonly number[],
  { op, bound }: { op: Comparator; bound: number },
  alpha: number,
): RoundsTest | undefined {
  if (values.length < fewestRounds || !(Math.min(bound, ...values) > 0)) return undefined
  return testLogs({ ...describeLogs(values), degrees: values.length - 1 }, { op, bound, alpha })
}

/** Mean of ln(value) and its standard error; of values above 0. */
export function describeLogs(values: readonly number[]): { centre: number; error: number } {
  const logs = values.map((value) => Math.log(value))
  const centre = logs.reduce((sum, log) => sum + log, 0) / logs.length
  const squares = logs.reduce((sum, log) => sum + (log - centre) ** 2, 0)
  return { centre, error: Math.sqrt(squares / (logs.length - 1) / logs.length) }
}

/** Student's t of a mean of logarithms, whose standard error has so many degrees of freedom. */
export function testLogs(
  { centre, error, degrees }: { centre: number; error: number; degrees: number },
  { op, bound, alpha }: { op: Comparator; bound: number; alpha: number },
): RoundsTest {
  const distance = centre - Math.log(bound)
  const t = distance === 0 ? 0 : distance / error
  const above = studentAtLeast(t, degrees)
  const below = studentAtLeast(-t, degrees)
  const reach = studentQuantile(alpha, degrees) * error
  const interval = { low: Math.exp(centre - reach), high: Math.exp(centre + reach) }
  return isUpperBound(op)
    ? { pFail: above, pPass: below, interval }
    : { pFail: below, pPass: above, interval }
}
