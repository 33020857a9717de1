import { keepKnown } from '../bench-spec/known.ts'
import type { AbsoluteSlo } from '../bench-spec/slo.ts'
import type { Gate, Load } from '../bench-spec/spec.ts'
import { holds } from '../metrics/measure.ts'
import type { Observation } from '../metrics/observation.ts'
import { mean } from '../metrics/sample.ts'
import { type Budget, percentileBudget, shareBudget } from './budget.ts'
import { estimateMore, testExactly } from './exact.ts'
import { explainExact, explainMissing, explainPoint, explainRounds } from './explanation.ts'
import { alphaOf } from './looks.ts'
import { isUpperBound, rankValues, type Values } from './ranking.ts'
import { fewestRounds, testRounds } from './rounds.ts'
import type { SloVerdict, Status } from './verdict.ts'

/** One SLO by itself, before the number of SLOs and the state of the run are taken into account. */
export function assess(
  slo: AbsoluteSlo,
  observation: Observation | undefined,
  given: Given,
): SloVerdict {
  const { gate } = given
  if (observation === undefined) {
    return { slo, status: 'ERROR', method: 'none', n: 0, why: explainMissing(slo) }
  }
  const { failures, policy } = gate
  const { stat } = slo
  if (observation.kind === 'share') return assessBudget(slo, shareBudget(slo, observation), given)
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
    const because = policy === 'point' ? 'policy point' : `a ${stat.kind} has no other way`
    return assessPoint(slo, { observed, n: ranking.n }, because)
  }
  // A mean over failed requests would be infinite or a fiction.
  const { sample } = observation
  const rounds = meanPerRound(observation)
  return assessAverage(slo, { observed: mean(sample), n: sample.length, rounds }, gate)
}

interface Given {
  gate: Gate
  load: Load
}

function assessBudget(slo: AbsoluteSlo, budget: Budget, { gate, load }: Given): SloVerdict {
  const { observed, q, clusters, requests } = budget
  if (gate.policy === 'point') {
    const n = clusters.reduce((sum, { size }) => sum + size, 0)
    return assessPoint(slo, { observed, n }, 'policy point')
  }
  const alpha = alphaOf(gate)
  const test = testExactly(clusters, q, alpha)
  const status = decide(test, alpha)
  const observations = status === 'INCONCLUSIVE' ? estimateMore(test, q, alpha) : undefined
  const more = observations && Math.ceil((observations * requests) / test.n)
  return keepKnown<SloVerdict>({
    slo,
    status,
    method: 'exact',
    observed,
    margin: toMargin(slo, observed),
    n: test.n,
    exceedances: test.bad,
    passAtMost: test.passAtMost,
    failAtLeast: test.failAtLeast,
    interval: keepKnown<{ low?: number; high?: number }>(budget.limits(test, alpha)),
    designEffect: test.designEffect,
    clusters: test.clusters,
    pFail: test.pFail,
    pPass: test.pPass,
    more,
    why: explainExact(slo, status, { budget, test, more, load }),
  })
}

/** A mean or a rate: the run's own, and one per round. */
interface Average {
  observed: number
  n: number
  rounds: readonly number[]
}

function assessAverage(slo: AbsoluteSlo, average: Average, gate: Gate): SloVerdict {
  const { observed, n, rounds } = average
  if (gate.policy === 'point') return assessPoint(slo, average, 'policy point')
  const alpha = alphaOf(gate)
  const test = testRounds(rounds, slo, alpha)
  if (test === undefined) {
    const because =
      rounds.length < fewestRounds
        ? `${rounds.length} rounds, a test takes ${fewestRounds}`
        : 'a test takes values and a bound above 0'
    return assessPoint(slo, average, because)
  }
  return {
    slo,
    status: decide(test, alpha),
    method: 'rounds',
    observed,
    margin: toMargin(slo, observed),
    n,
    interval: test.interval,
    clusters: rounds.length,
    pFail: test.pFail,
    pPass: test.pPass,
    why: explainRounds(slo, observed, test, rounds.length),
  }
}

function assessPoint(
  slo: AbsoluteSlo,
  { observed, n }: { observed: number; n: number },
  because: string,
): SloVerdict {
  // A failed request is bad at either end.
  const held = observed !== Infinity && holds(observed, slo.op, slo.bound)
  return {
    slo,
    status: held ? 'PASS' : 'FAIL',
    method: 'point',
    observed,
    margin: toMargin(slo, observed),
    n,
    why: explainPoint(slo, observed, because),
  }
}

function decide({ pFail, pPass }: { pFail: number; pPass: number }, alpha: number): Status {
  if (pFail <= alpha) return 'FAIL'
  return pPass <= alpha ? 'PASS' : 'INCONCLUSIVE'
}

function toMargin({ op, bound }: AbsoluteSlo, observed: number): number {
  if (observed === Infinity) return -Infinity
  return isUpperBound(op) ? bound - observed : observed - bound
}

function meanPerRound({ clusters }: Values): number[] {
  const rounds = new Map<number, { sum: number; n: number }>()
  for (const { round, values } of clusters) {
    const total = rounds.get(round) ?? { sum: 0, n: 0 }
    rounds.set(round, total)
    for (const value of values) total.sum += value
    total.n += values.length
  }
  return [...rounds.values()].filter(({ n }) => n > 0).map(({ sum, n }) => sum / n)
}
