import type { ReasonDocument, SloDocument } from '../../results/results.ts'
import type { Untold } from '../../results/wording.ts'
import { formatQuantity } from '../quantity.ts'
import { formatChange } from './change.ts'
import { nameMore, stateObserved } from './observed.ts'

type Slo = Untold<SloDocument>
type FailuresDocument = Extract<ReasonDocument, { kind: 'failures' }>

/** A statistic beside the baseline's, and what was made of the two. */
export function explainComparison(slo: Slo): string {
  const { relative, reason, unit, bound } = slo
  if (relative === null) return `${stateObserved(slo)}.`
  const { baseline, change, low, high, allowed, rounds } = relative
  const values = `${stateObserved(slo)}, of the baseline ${formatQuantity(baseline ?? 'infinite', unit)}`
  if (reason.kind === 'left-out') {
    const { left_out: without, pairs, most } = reason
    return `${values}: the baseline is nothing to be measured by in ${without} of ${pairs} rounds; a comparison can leave out ${most}.`
  }
  if (reason.kind === 'failures') return `${values}; ${explainFailures(slo, reason)}`
  const told = (value: number): string => formatChange(value, unit)
  const limit = `${told(allowed)} is allowed${nameFloor(slo, allowed)}`
  if (reason.kind === 'policy-point') {
    const at = formatQuantity(bound ?? 'infinite', unit)
    return `${values}; ${limit}, which makes ${at}: decided by the observed values alone (policy point).`
  }
  if (reason.kind === 'signs') {
    const { beyond, pairs } = reason
    return `${values}; ${limit}. Not every round has a finite ratio, so each is only asked whether it is beyond that: ${beyond} of ${pairs} are.`
  }
  if (change === null || low === null || high === null) {
    return `${values}; ${limit}. Not every round has a finite value above 0, which a comparison with an earlier run takes.`
  }
  const range = `between ${told(low)} and ${told(high)} by ${rounds} rounds`
  const more = nameMore(slo, reason.kind === 'ratio' ? reason.asked : null)
  return `${values}: ${told(change)}, ${range}; ${limit}.${more}`
}

function explainFailures(
  { status, turns }: Slo,
  { failed, requests, baseline, difference, low, high, allowed }: FailuresDocument,
): string {
  const [change, least, most, limit] = [difference, low, high, allowed].map((share) =>
    formatChange(share, 'share'),
  )
  const counts = `${failed} of ${requests} requests failed, of the baseline ${baseline.failed} of ${baseline.requests}`
  const found = `${counts}: ${change}, between ${least} and ${most}`
  if ((turns[0]?.from ?? status) === 'FAIL') {
    return `${found}; ${limit} is allowed, whatever the others take.`
  }
  return `${found}. Failed requests are not in this figure, and that they are at most ${limit} more is not proven.`
}

function nameFloor({ unit, allowance }: Slo, allowed: number): string {
  const floor = allowance?.floor ?? null
  return floor === null || allowed === allowance?.change ? '' : ` (${formatQuantity(floor, unit)})`
}
