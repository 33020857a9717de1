import type { AbsoluteSlo, Comparator } from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import { holds } from '../metrics/measure.ts'
import type { Observation } from '../metrics/observation.ts'
import { nearestRank } from '../metrics/sample.ts'
import { type Tally, type ExactTest, shareLimits } from './exact.ts'
import { isUpperBound, rankValues, type Values } from './ranking.ts'

/** An SLO on a percentile or a share, as the question of how many observations may be bad. */
export interface Budget {
  /** Share of observations that may be bad, 0–1. */
  q: number
  clusters: readonly Tally[]
  /** Requests it took to make the observations, failed ones included. */
  requests: number
  /** What the SLO speaks of, in its own unit. */
  observed: number
  /** Requests that count as bad because they failed; 0 for a share, which is of nothing else. */
  failed: number
  /** Limits of `observed` that go with a test of the clusters: it decides when the bound is outside. */
  limits(test: ExactTest, alpha: number): { low: number | undefined; high: number | undefined }
}

/** Share of observations that may be bad; `undefined` for an SLO that is not on a percentile or share. */
export function allowedShare({
  stat,
  unit,
  op,
  bound,
}: Pick<AbsoluteSlo, 'stat' | 'unit' | 'op' | 'bound'>): number | undefined {
  if (stat.kind === 'percentile') return allowedBeyond(stat.p, op)
  return unit === 'share' ? allowedBad(bound, op) : undefined
}

/** `percent` of the percentile, 0–100. */
function allowedBeyond(percent: number, op: Comparator): number {
  return (isUpperBound(op) ? 100 - percent : percent) / 100
}

function allowedBad(bound: number, op: Comparator): number {
  return isUpperBound(op) ? bound : 1 - bound
}

export function percentileBudget(
  { op, bound }: AbsoluteSlo,
  percent: number,
  { observation, failures }: { observation: Values; failures: Gate['failures'] },
): Budget {
  const ranking = rankValues(observation, { op }, failures)
  const clusters = observation.clusters
    .map(({ values, failed }) => {
      const counted = failures === 'exclude' ? 0 : failed
      let bad = counted
      for (const value of values) if (!holds(value, op, bound)) bad++
      return { size: values.length + counted, hits: bad }
    })
    .filter(({ size }) => size > 0)
  return {
    q: allowedBeyond(percent, op),
    clusters,
    requests: observation.requests,
    observed: ranking.at(nearestRank(ranking.n, percent / 100)),
    failed: ranking.failed,
    limits: ({ n, passAtMost, failAtLeast }) => {
      const at = (rank: number) => ranking.at(isUpperBound(op) ? n + 1 - rank : rank)
      const fails = failAtLeast === undefined ? undefined : at(failAtLeast)
      // At most k values are bad exactly when the k + 1st from the bad end is not.
      const passes = passAtMost === undefined ? undefined : at(passAtMost + 1)
      if (isUpperBound(op)) return { low: fails, high: passes }
      return { low: finite(passes), high: finite(fails) }
    },
  }
}

/** Below a floor, a failed request is no limit. */
function finite(value: number | undefined): number | undefined {
  return value === Infinity ? undefined : value
}

export function shareBudget(
  { metric, op, bound }: AbsoluteSlo,
  { good, bad, clusters }: Extract<Observation, { kind: 'share' }>,
): Budget {
  const countsGood = metric !== 'error_rate'
  const badIsBad = limitsFailures({ metric, op })
  const n = good + bad
  return {
    q: allowedBad(bound, op),
    clusters: clusters.map((cluster) => ({
      size: cluster.good + cluster.bad,
      hits: badIsBad ? cluster.bad : cluster.good,
    })),
    requests: n,
    observed: (countsGood ? good : bad) / n,
    failed: 0,
    limits: (test, alpha) => {
      const { low, high } = shareLimits(test, alpha)
      // The limits are those of the share of bad ones, the SLO may speak of the others.
      return countsGood === badIsBad ? { low: 1 - high, high: 1 - low } : { low, high }
    },
  }
}

/** Whether the bad ones of a share are those that failed: of a floor under good ones, or a ceiling over bad ones. */
export function limitsFailures({ metric, op }: { metric: string; op: Comparator }): boolean {
  return (metric !== 'error_rate') !== isUpperBound(op)
}
