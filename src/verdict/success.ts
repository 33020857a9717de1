import { limitsFailures } from '../bench-spec/sample-size.ts'
import type { Slo } from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import { formatTags } from '../bench-spec/tag.ts'
import type { Observation } from '../metrics/observation.ts'
import { testBudget } from './assessment.ts'
import { shareBudget } from './budget.ts'
import { addUp, type Arrangement } from './dependence.ts'
import { shareAlpha } from './looks.ts'
import { turnTo } from './turn.ts'
import type { SloVerdict } from './verdict.ts'

/** Share of requests that must be proven to complete, unless the spec asks for another one. */
export const leastSuccess = 0.95

/**
 * A mean or a rate is of completed requests alone, so that it PASSes only beside a proven success
 * rate of the same requests: the one that the spec asks for, or 95 %. `findSuccess`: of the
 * candidate's requests that an SLO is about.
 */
export function requireSuccess(
  verdicts: readonly SloVerdict[],
  findSuccess: (slo: Slo) => Observation | undefined,
  gate: Gate,
): readonly SloVerdict[] {
  if (gate.policy === 'point') return verdicts
  return verdicts.map((verdict) => {
    const { slo, status } = verdict
    if (status !== 'PASS' || !leavesFailuresOut(slo)) return verdict
    const success = arrangeSuccess(findSuccess(slo), gate)
    const tags = formatTags(slo.tags)
    const beside = verdicts.filter((other) => formatTags(other.slo.tags) === tags)
    if (success === undefined || isProven(beside, success, gate)) return verdict
    const { size: requests, hits: failed } = addUp(success.tallies)
    return turnTo(verdict, 'INCONCLUSIVE', {
      kind: 'unproven-success',
      failed,
      requests,
      proof: leastSuccess,
    })
  })
}

/** Failures in the order of dispatch; `undefined` without a request. */
function arrangeSuccess(observation: Observation | undefined, gate: Gate): Arrangement | undefined {
  if (observation?.kind !== 'share') return undefined
  return shareBudget({ metric: 'success_rate', op: '>=', bound: leastSuccess }, observation, gate)
}

/** Whether it is of completed requests alone; beside a baseline failures are weighed by themselves. */
export function leavesFailuresOut({ stat, unit, allowance }: Slo): boolean {
  if (allowance !== undefined) return false
  return stat.kind === 'mean' || unit === '/s' || unit === 'tok/s'
}

function isProven(verdicts: readonly SloVerdict[], success: Arrangement, gate: Gate): boolean {
  const asked = verdicts.filter(({ slo }) => slo.bound !== undefined && isSuccess(slo))
  if (asked.some(({ status }) => status === 'PASS')) return true
  const alpha = shareAlpha(gate)
  return testBudget({ ...success, q: 1 - leastSuccess }, alpha).test.pPass <= alpha
}

function isSuccess({ metric, op }: Slo): boolean {
  return (metric === 'success_rate' || metric === 'error_rate') && limitsFailures({ metric, op })
}
