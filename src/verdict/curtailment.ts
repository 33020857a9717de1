import { findRound } from '../bench-spec/round.ts'
import type { AbsoluteSlo, GoodputBounds, Metric, Slo } from '../bench-spec/slo.ts'
import type { Gate, Load } from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { RequestRecord } from '../engine/record.ts'
import { type Observation, observe } from '../metrics/observation.ts'
import { type Budget, percentileBudget, shareBudget } from './budget.ts'
import { fewestClusters, toDesignEffect, weigh } from './exact.ts'
import { shareAlpha } from './looks.ts'
import { binomialAtLeast, binomialAtMost } from './tails.ts'

/** What the whole run will find, whatever its remaining requests do. */
export interface Certainty {
  status: 'PASS' | 'FAIL'
  /** The largest p that the whole run could end with. */
  p: number
  /** Measured requests that have not ended. */
  remaining: number
}

export interface Prospect {
  gate: Gate
  load: Load
  goodput?: GoodputBounds | undefined
  stream?: StreamFormat | undefined
  /** SLOs that Holm's correction is made for: the certainty of a FAIL holds at α ÷ this. */
  family: number
}

/** A round, with its ended requests counted. */
interface Outlook {
  size: number
  bad: number
  remaining: number
}

/**
 * The verdict on an SLO that the run cannot fail to reach; `undefined`: none yet. It is the exact
 * test of the whole run at the worst that the remaining requests can do: any number of them bad, in
 * any of the rounds, so that the design effect is as large as it can get.
 * Only for SLOs of which every request is one observation, in a run whose number of requests is
 * known, and when a request has completed (a run without is an ERROR).
 */
export function foresee(
  slo: Slo,
  records: readonly RequestRecord[],
  { gate, load, goodput, stream, family }: Prospect,
): Certainty | undefined {
  const { requests, duration } = load
  // What the rounds to come do to a ratio is open.
  if (slo.allowance !== undefined) return undefined
  if (requests === undefined || duration !== undefined || gate.policy === 'point') return undefined
  if (!observesEachRequest(slo, gate, stream)) return undefined
  const ended = records.filter(
    ({ phase, outcome }) => phase === 'measured' && outcome !== 'cancelled',
  )
  if (!ended.some(({ outcome }) => outcome === 'completed')) return undefined
  const observation = observe(ended, slo.metric, { goodput })
  const budget = observation && toBudget(slo, observation, gate)
  if (budget === undefined) return undefined
  const outlooks = lookAhead(ended, budget, { requests, rounds: load.rounds })
  const remaining = requests - ended.length
  if (outlooks === undefined || remaining < 0) return undefined

  const alpha = shareAlpha(gate)
  const fail = worstTail(outlooks, { q: budget.q, alpha, limit: alpha / family }, binomialAtLeast)
  if (fail !== undefined) return { status: 'FAIL', p: fail, remaining }
  const pass = worstTail(outlooks, { q: budget.q, alpha, limit: alpha }, binomialAtMost)
  return pass === undefined ? undefined : { status: 'PASS', p: pass, remaining }
}

const perRequest: ReadonlySet<Metric> = new Set([
  'success_rate',
  'error_rate',
  'goodput',
  'ttft',
  'latency',
])

/** A completed answer has a first and a last token, unless a configured event alone completes it. */
function observesEachRequest(slo: Slo, gate: Gate, stream: StreamFormat | undefined): boolean {
  if (!perRequest.has(slo.metric)) return false
  if (slo.unit === 'share') return true
  return (
    slo.stat.kind === 'percentile' &&
    gate.failures === 'as-infinite' &&
    stream?.completionEvent === undefined
  )
}

function toBudget(
  slo: AbsoluteSlo,
  observation: Observation,
  { failures }: Gate,
): Budget | undefined {
  if (observation.kind === 'share') return shareBudget(slo, observation)
  if (observation.kind !== 'values' || slo.stat.kind !== 'percentile') return undefined
  return percentileBudget(slo, slo.stat.p, { observation, failures })
}

/** Rounds as they will be at the end of the run. */
function lookAhead(
  ended: readonly RequestRecord[],
  { clusters }: Budget,
  plan: { requests: number; rounds: number },
): Outlook[] | undefined {
  const seen = [...new Set(ended.map(({ round }) => round))]
  if (seen.length !== clusters.length) return undefined
  const sizes = new Map<number, number>()
  for (let index = 0; index < plan.requests; index++) {
    const round = findRound(index, plan)
    sizes.set(round, (sizes.get(round) ?? 0) + 1)
  }
  return [...sizes].map(([round, size]) => {
    const { size: known, hits } = clusters[seen.indexOf(round)] ?? { size: 0, hits: 0 }
    return { size, bad: hits, remaining: size - known }
  })
}

interface Level {
  q: number
  /** Of the test. */
  alpha: number
  /** Largest p of a decision. */
  limit: number
}

/** The largest p over all ways in which the run can go on; `undefined` when it exceeds the limit. */
function worstTail(
  rounds: readonly Outlook[],
  { q, alpha, limit }: Level,
  tail: (bad: number, n: number, q: number) => number,
): number | undefined {
  const n = sum(rounds, ({ size }) => size)
  const least = sum(rounds, ({ bad }) => bad)
  const most = least + sum(rounds, ({ remaining }) => remaining)
  let worst = 0
  for (let bad = least; bad <= most; bad++) {
    const effect = rounds.length < fewestClusters ? undefined : largestEffect(rounds, { n, bad, q })
    const weight = weigh(effect, rounds.length - 1, alpha)
    worst = Math.max(worst, tail(bad * weight, n * weight, q))
    if (worst > limit) return undefined
  }
  return worst
}

/**
 * An upper bound of the design effect with `bad` bad ones in all. Σ(e − p̂m)² is convex in the bad
 * ones of each round, so no point of it lies above the chord between the fewest and the most a round
 * can get; a sum of straight lines is largest when the steepest get all they can.
 */
function largestEffect(
  rounds: readonly Outlook[],
  { n, bad, q }: { n: number; bad: number; q: number },
): number {
  const share = bad / n
  let squares = sum(rounds, (round) => (round.bad - share * round.size) ** 2)
  let left = bad - sum(rounds, (round) => round.bad)
  const slope = (round: Outlook): number => 2 * round.bad + round.remaining - 2 * share * round.size
  for (const round of rounds.toSorted((a, b) => slope(b) - slope(a))) {
    const taken = Math.min(left, round.remaining)
    squares += taken * slope(round)
    left -= taken
  }
  return toDesignEffect(squares, rounds.length, { n, q })
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
