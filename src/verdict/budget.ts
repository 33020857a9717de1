import type { AbsoluteSlo, Comparator } from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import { holds } from '../metrics/measure.ts'
import type { Observation } from '../metrics/observation.ts'
import { formatQuantity } from '../metrics/quantity.ts'
import { nearestRank } from '../metrics/sample.ts'
import { type BadCount, type ExactTest, shareLimits } from './exact.ts'
import { isUpperBound, rankValues, type Values } from './ranking.ts'

/** An SLO on a percentile or a share, as the question of how many observations may be bad. */
export interface Budget {
  /** Share of observations that may be bad, 0–1. */
  q: number
  clusters: readonly BadCount[]
  /** Requests it took to make the observations, failed ones included. */
  requests: number
  /** What the SLO speaks of, in its own unit. */
  observed: number
  /** What a bad observation did, after "9 of 500 requests": `are above 800 ms`. */
  fault: string
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
  { op, bound, unit }: AbsoluteSlo,
  percent: number,
  { observation, failures }: { observation: Values; failures: Gate['failures'] },
): Budget {
  const ranking = rankValues(observation, { op }, failures)
  const clusters = observation.clusters
    .map(({ values, failed }) => {
      const counted = failures === 'exclude' ? 0 : failed
      let bad = counted
      for (const value of values) if (!holds(value, op, bound)) bad++
      return { size: values.length + counted, bad }
    })
    .filter(({ size }) => size > 0)
  const beyond = { '<': 'at or above', '<=': 'above', '>': 'at or below', '>=': 'below' }[op]
  const orFailed = ranking.failed > 0 ? ' or failed' : ''
  return {
    q: allowedBeyond(percent, op),
    clusters,
    requests: observation.requests,
    observed: ranking.at(nearestRank(ranking.n, percent / 100)),
    fault: `are ${beyond} ${formatQuantity(bound, unit)}${orFailed}`,
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
  // A floor under good requests limits the bad ones, and a ceiling over bad ones too.
  const badIsBad = countsGood !== isUpperBound(op)
  const n = good + bad
  return {
    q: allowedBad(bound, op),
    clusters: clusters.map((cluster) => ({
      size: cluster.good + cluster.bad,
      bad: badIsBad ? cluster.bad : cluster.good,
    })),
    requests: n,
    observed: (countsGood ? good : bad) / n,
    fault: faults[metric === 'goodput' ? 'goodput' : 'outcome'][badIsBad ? 'bad' : 'good'],
    limits: (test, alpha) => {
      const { low, high } = shareLimits(test, alpha)
      // The limits are those of the share of bad ones, the SLO may speak of the others.
      return countsGood === badIsBad ? { low: 1 - high, high: 1 - low } : { low, high }
    },
  }
}

const faults = {
  outcome: { bad: 'failed', good: 'completed' },
  goodput: { bad: 'missed a goodput bound', good: 'kept every goodput bound' },
} as const
