import type { RelativeSlo } from '../bench-spec/slo.ts'
import type { Load } from '../bench-spec/spec.ts'
import { formatQuantity } from '../metrics/quantity.ts'
import { nameMore, nameStatistic } from './explanation.ts'
import type { Comparison } from './verdict.ts'

type Found =
  | { alone: string }
  | { more: number | undefined; n: number; load: Load; signs?: { bad: number; n: number } }

/** `alone`: why no test was made. `signs`: pairs beyond the limit, where there was no ratio to test. */
export function explainComparison(
  slo: RelativeSlo,
  observed: number,
  { baseline, bound, change, low, high, allowed, rounds }: Comparison,
  found: Found,
): string {
  const { unit } = slo
  const name = nameStatistic(slo)
  const values = `${name} is ${formatQuantity(observed, unit)}, of the baseline ${formatQuantity(baseline, unit)}`
  const told = (value: number): string => formatChange(value, unit)
  const limit = `${told(allowed)} is allowed${nameFloor(slo, allowed)}`
  if ('alone' in found) {
    const at = formatQuantity(bound, unit)
    return `${values}; ${limit}, which makes ${at}: decided by the observed values alone (${found.alone}).`
  }
  if (found.signs !== undefined) {
    const { bad, n } = found.signs
    return `${values}; ${limit}. Not every round has a finite ratio, so each is only asked whether it is beyond that: ${bad} of ${n} are.`
  }
  if (change === undefined || low === undefined || high === undefined) {
    return `${values}; ${limit}. Not every round has a finite value above 0, which a comparison with an earlier run takes.`
  }
  const range = `between ${told(low)} and ${told(high)} by ${rounds} rounds`
  return `${values}: ${told(change)}, ${range}; ${limit}.${nameMore(found.more, found.n, found.load)}`
}

/** `needed`: requests that a round must have. */
export function explainFew(slo: RelativeSlo, rounds: number, needed: number): string {
  const of = needed > 1 ? ` of at least ${needed} requests` : ''
  return `To compare ${nameStatistic(slo)} takes 3 rounds${of} in which both sides have a value, and there are ${rounds}.`
}

/** `+14.8%`; of shares in points: `-0.5pp`. */
function formatChange(change: number, unit: RelativeSlo['unit']): string {
  const percent = Number((change * 100).toFixed(unit === 'share' ? 2 : 1))
  return `${percent < 0 ? '' : '+'}${percent}${unit === 'share' ? 'pp' : '%'}`
}

function nameFloor({ unit, allowance }: RelativeSlo, allowed: number): string {
  const { change, floor } = allowance
  return floor === undefined || allowed === change ? '' : ` (${formatQuantity(floor, unit)})`
}
