import type { Comparator, RelativeSlo } from '../bench-spec/slo.ts'
import { isUpperBound } from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import { decide, type Status, type Tails } from './decision.ts'
import { addUp, type Tally } from './dependence.ts'
import { testDifference } from './ratio.ts'
import type { Reason } from './reason.ts'

/** Failed requests of both sides, by round. */
export interface Failures {
  candidate: readonly Tally[]
  baseline: readonly Tally[]
}

/** Share of requests that a candidate may fail more than its baseline does, 0–1. */
const mostExcess = 0.05

/** What may fail more beside this SLO: no more than its percentile leaves beyond it, where these count. */
export function allowExcess(
  { stat, op }: { stat: RelativeSlo['stat']; op: Comparator },
  failures: Gate['failures'],
): number {
  if (stat.kind !== 'percentile' || failures === 'exclude') return mostExcess
  return Math.min(mostExcess, (isUpperBound(op) ? 100 - stat.p : stat.p) / 100)
}

/** Whether failed requests are not in the figure at all: a mean, a rate, a percentile without them. */
export function leavesFailures(
  { stat, unit }: Pick<RelativeSlo, 'stat' | 'unit'>,
  failures: Gate['failures'],
): boolean {
  return unit !== 'share' && (stat.kind !== 'percentile' || failures === 'exclude')
}

/** What was found of the values alone. */
interface Found extends Partial<Tails> {
  status: Exclude<Status, 'ERROR'>
  reason?: Reason
}

/**
 * The same with the failures beside it. Far more of them than the baseline has are a FAIL whatever
 * the others took; a figure that failed requests leave is no PASS while that many are possible.
 * Each side of the difference is tested at α ÷ 2, so that p is doubled.
 */
export function weighFailures<T extends Found>(
  found: T,
  { candidate, baseline }: Failures,
  { slo, failures, alpha }: { slo: RelativeSlo; failures: Gate['failures']; alpha: number },
): T {
  const [own, other] = [addUp(candidate), addUp(baseline)]
  if (own.size === 0 || other.size === 0) return found
  const allowed = allowExcess(slo, failures)
  const gates = found.status === 'PASS' && leavesFailures(slo, failures)
  if (!gates && own.hits / own.size - other.hits / other.size <= allowed) return found
  const question = { op: '<=', bound: allowed, alpha: alpha / 2 } as const
  const test = testDifference(candidate, baseline, question)
  const { difference, interval } = test
  const tails = { pFail: Math.min(1, 2 * test.pFail), pPass: Math.min(1, 2 * test.pPass) }
  const reason: Reason = {
    kind: 'failures',
    failed: own.hits,
    requests: own.size,
    baseline: { failed: other.hits, requests: other.size },
    difference,
    ...interval,
    allowed,
  }
  const status = decide(tails, alpha)
  if (status === 'FAIL') {
    // The smaller p outlasts more SLOs.
    if (found.status === 'FAIL' && (found.pFail ?? 1) <= tails.pFail) return found
    return { ...found, status, reason, pFail: tails.pFail, pPass: found.pPass ?? 1 }
  }
  if (!gates || status === 'PASS') return found
  const pPass = Math.max(tails.pPass, found.pPass ?? 1)
  return { ...found, status: 'INCONCLUSIVE', reason, pPass }
}
