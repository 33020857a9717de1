import { keepKnown } from '../bench-spec/known.ts'
import type { AbsoluteSlo } from '../bench-spec/slo.ts'
import type { Gate, Load } from '../bench-spec/spec.ts'
import { holds } from '../metrics/measure.ts'
import { meanOf, type Observation } from '../metrics/observation.ts'
import { type Budget, percentileBudget, shareBudget } from './budget.ts'
import { decide, measureMargin } from './decision.ts'
import { addUp, type Arrangement, findDependence, weigh } from './dependence.ts'
import { canEstimate, estimateMore, type ExactTest, testExactly } from './exact.ts'
import { shareAlpha } from './looks.ts'
import { rankValues, type Values } from './ranking.ts'
import type { PointReason } from './reason.ts'
import { fewestRounds, testRounds } from './rounds.ts'
import { binomialAtMost } from './tails.ts'
import { turnTo } from './turn.ts'
import type { SloVerdict } from './verdict.ts'

/** One SLO by itself, before the number of SLOs and the state of the run are taken into account. */
export function assess(
  slo: AbsoluteSlo,
  observation: Observation | undefined,
  given: Given,
): SloVerdict {
  const { gate } = given
  if (observation === undefined) {
    const reason = { kind: 'no-value', target: 'candidate' } as const
    return { slo, status: 'ERROR', method: 'none', n: 0, reason, turns: [] }
  }
  const { failures, policy } = gate
  const { stat } = slo
  if (observation.kind === 'share')
    return assessBudget(slo, shareBudget(slo, observation, gate), given)
  if (observation.kind === 'rate') {
    const { value, rounds, requests } = observation
    return assessAverage(slo, { observed: value, n: requests, rounds }, gate)
  }
  if (stat.kind === 'percentile') {
    return assessBudget(slo, percentileBudget(slo, stat.p, { observation, failures }), given)
  }
  if (stat.kind === 'min' || stat.kind === 'max') {
    const ranking = rankValues(observation, slo, failures)
    const observed = ranking.at(stat.kind === 'min' ? 1 : ranking.n)
    const kind = policy === 'point' ? 'policy-point' : 'extreme'
    return assessPoint(slo, { observed, n: ranking.n }, { kind })
  }
  // A mean over failed requests would be infinite or a fiction.
  const { sample, stayed = sample } = observation
  const rounds = meanPerRound(observation)
  return assessAverage(slo, { observed: meanOf(observation), n: stayed.length, rounds }, gate)
}

interface Given {
  gate: Gate
  load: Load
}

function assessBudget(slo: AbsoluteSlo, budget: Budget, { gate, load }: Given): SloVerdict {
  const { observed, q, requests, withoutValue } = budget
  if (gate.policy === 'point') {
    return assessPoint(slo, { observed, n: addUp(budget.tallies).size }, { kind: 'policy-point' })
  }
  const alpha = shareAlpha(gate)
  const { test, dependence } = testBudget(budget, alpha)
  const status = decide(test, alpha)
  const estimates = status === 'INCONCLUSIVE' && canEstimate(test, { q, withoutValue })
  const observations = estimates ? estimateMore(test, q, alpha) : undefined
  const more = observations && Math.ceil((observations * requests) / test.n)
  const verdict = keepKnown<SloVerdict>({
    slo,
    status,
    method: 'exact',
    observed,
    margin: measureMargin(slo.op, observed, slo.bound),
    n: test.n,
    exceedances: test.bad,
    passAtMost: test.passAtMost,
    failAtLeast: test.failAtLeast,
    interval: keepKnown<{ low?: number; high?: number }>(budget.limits(test, alpha)),
    dependence,
    pFail: test.pFail,
    pPass: test.pPass,
    more,
    reason: {
      kind: 'exceedances',
      failed: budget.failed,
      left: budget.left,
      requests,
      withoutValue,
      asked: countAsked(load, requests),
    },
    turns: [],
  })
  if (status !== 'PASS' || holdsUnseen(test, budget, alpha)) return verdict
  return turnTo(verdict, 'INCONCLUSIVE', {
    kind: 'unseen-values',
    requests: budget.unseen.requests,
  })
}

/** The exact test of a budget, and what its observations count for. */
export function testBudget(
  budget: Arrangement & Pick<Budget, 'q'>,
  alpha: number,
): { test: ExactTest; dependence: NonNullable<SloVerdict['dependence']> } {
  const { q, tallies } = budget
  const dependence = findDependence(budget, q, alpha)
  const weights = { fail: weigh(dependence.fail, alpha), pass: weigh(dependence.pass, alpha) }
  return { test: testExactly(addUp(tallies), q, alpha, weights), dependence }
}

/** Whether it would be a PASS if all that could not be seen were bad. */
function holdsUnseen({ n, bad, weights }: ExactTest, budget: Budget, alpha: number): boolean {
  const { q, unseen } = budget
  const [worst, all] = [bad + unseen.hits, n + unseen.size]
  return binomialAtMost(worst * weights.pass, all * weights.pass, q) <= alpha
}

/** A mean or a rate: the run's own, and one per round. */
interface Average {
  observed: number
  n: number
  rounds: readonly number[]
}

function assessAverage(slo: AbsoluteSlo, average: Average, gate: Gate): SloVerdict {
  const { observed, n, rounds } = average
  if (gate.policy === 'point') return assessPoint(slo, average, { kind: 'policy-point' })
  const alpha = shareAlpha(gate)
  const test = testRounds(rounds, slo, alpha)
  if (test === undefined) {
    const few = rounds.length < fewestRounds
    return assessPoint(
      slo,
      average,
      few
        ? { kind: 'few-rounds', rounds: rounds.length, needed: fewestRounds }
        : { kind: 'no-logarithm' },
    )
  }
  return {
    slo,
    status: decide(test, alpha),
    method: 'rounds',
    observed,
    margin: measureMargin(slo.op, observed, slo.bound),
    n,
    interval: test.interval,
    rounds: rounds.length,
    pFail: test.pFail,
    pPass: test.pPass,
    reason: { kind: 'rounds' },
    turns: [],
  }
}

function assessPoint(
  slo: AbsoluteSlo,
  { observed, n }: { observed: number; n: number },
  reason: PointReason,
): SloVerdict {
  // A failed request is bad at either end.
  const held = observed !== Infinity && holds(observed, slo.op, slo.bound)
  return {
    slo,
    status: held ? 'PASS' : 'FAIL',
    method: 'point',
    observed,
    margin: measureMargin(slo.op, observed, slo.bound),
    n,
    reason,
    turns: [],
  }
}

function meanPerRound({ requests }: Values): number[] {
  const rounds = new Map<number, { sum: number; n: number }>()
  for (const { round, values, leaves } of requests) {
    if (leaves) continue
    const total = rounds.get(round) ?? { sum: 0, n: 0 }
    rounds.set(round, total)
    for (const value of values) total.sum += value
    total.n += values.length
  }
  return [...rounds.values()].filter(({ n }) => n > 0).map(({ sum, n }) => sum / n)
}

/** The larger of what was asked for and what was sent; `undefined` for a run by duration. */
export function countAsked({ requests }: Load, sent: number): number | undefined {
  return requests === undefined ? undefined : Math.max(requests, sent)
}
