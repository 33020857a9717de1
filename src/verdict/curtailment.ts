import { limitsFailures } from '../bench-spec/sample-size.ts'
import {
  type AbsoluteSlo,
  type GoodputBounds,
  isUpperBound,
  type Metric,
  type Slo,
} from '../bench-spec/slo.ts'
import type { Gate, Load } from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import { listOwn, narrowLoad, type Tagging } from '../bench-spec/tagging.ts'
import type { Records } from '../engine/record.ts'
import { keepCounted, type Observation, observe } from '../metrics/observation.ts'
import { listLazily, type Sequence } from '../metrics/sequence.ts'
import { type Budget, percentileBudget, shareBudget } from './budget.ts'
import { addUp, type Dependence, measureBurst, slicings, weigh } from './dependence.ts'
import { shareAlpha } from './looks.ts'
import { boundEffect, type Mark, type Outlook, placeQuantile, spread } from './outlook.ts'
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
  /** Tells which requests an SLO with tags is about; `undefined` where none has any. */
  tagging?: Tagging | undefined
  stream?: StreamFormat | undefined
  /** SLOs that Holm's correction is made for: the certainty of a FAIL holds at α ÷ this. */
  family: number
}

/**
 * The verdict on an SLO that the run cannot fail to reach; `undefined`: none yet. It is the exact
 * test of the whole run at the worst that the remaining requests can do: any number of them bad,
 * anywhere in the run, so that they depend on each other as much as they can.
 * Only for SLOs of which every request is one observation, in a run whose number of requests is
 * known, and when a request has completed (a run without is an ERROR).
 */
export function foresee(
  slo: Slo,
  records: Records,
  { gate, load, goodput, tagging, stream, family }: Prospect,
): Certainty | undefined {
  const { requests, duration } = narrowLoad(load, slo, tagging)
  // What the rounds to come do to a ratio is open.
  if (slo.allowance !== undefined) return undefined
  if (requests === undefined || duration !== undefined || gate.policy === 'point') return undefined
  if (!observesEachRequest(slo, gate, stream)) return undefined
  const all = keepCounted(records)
  const places = numberOwn(slo, { load, tagging })
  const ended = places === undefined ? all : all.filter(({ index }) => places.has(index))
  if (!ended.some(({ outcome }) => outcome === 'completed')) return undefined
  const observation = observe(ended, slo.metric, { goodput })
  const remaining = requests - ended.length
  const extended = all.length > (load.requests ?? 0)
  if (observation === undefined || extended) return undefined
  const alpha = shareAlpha(gate)
  const budget = toBudget(slo, observation, gate)
  if (budget === undefined || observation.kind === 'rate') return undefined
  if (!canBeCertain(budget, requests, { fail: alpha / family, pass: alpha })) return undefined
  const whole = lookAhead(slo, observation, { budget, gate, n: requests, places })
  const fail = worstTail(whole, alpha / family, (bad) =>
    binomialAtLeast(...effective(whole, bad, weighFail(whole, bad, alpha))),
  )
  if (fail !== undefined) return { status: 'FAIL', p: fail, remaining }
  // An answer that cannot have a value is neither good nor bad, and may come yet.
  if (slo.metric === 'goodput' && goodput?.some(({ metric }) => isOfManyTokens(metric))) {
    return undefined
  }
  const anchored = weighQuantile(whole, alpha)
  const pass = worstTail(whole, alpha, (bad) => {
    const own = weighPass(whole, bad, alpha)
    // How the rest lies decides whether the own quantile has a say.
    const tails = [own, Math.min(own, anchored)].map((weight) =>
      binomialAtMost(...effective(whole, bad, weight)),
    )
    return Math.max(...tails)
  })
  return pass === undefined ? undefined : { status: 'PASS', p: pass, remaining }
}

/** The requests that an SLO is about, numbered among themselves as they are sent; `undefined`: all are. */
function numberOwn(
  slo: Slo,
  { load, tagging }: Pick<Prospect, 'load' | 'tagging'>,
): ReadonlyMap<number, number> | undefined {
  const list = listOwn(load, slo, tagging, load.requests ?? 0)
  return list && new Map(list.map((index, place) => [index, place]))
}

/** Whether an answer of one token has none. */
function isOfManyTokens(metric: Metric): boolean {
  return metric === 'tpot' || metric === 'stall'
}

const perRequest: ReadonlySet<Metric> = new Set([
  'success_rate',
  'error_rate',
  'goodput',
  'ttft',
  'latency',
  'scheduled_ttft',
  'scheduled_latency',
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

/** What the whole run can come to. */
interface Whole {
  n: number
  q: number
  /** Fewest and most that can be bad. */
  least: number
  most: number
  /** For each of `slicings`, what is bad at the bound. */
  bound: readonly (readonly Outlook[])[]
  /** The same beyond the run's own quantile, wherever that will be; empty where there is none. */
  quantile: readonly (readonly Outlook[])[]
  /** The longest that bursts of failures can be on average; 1 where it is not about failures. */
  burst(bad: number): number
}

/**
 * Whether the worst that can come is unlikely enough if all observations count: they never count for
 * more. It mostly is not, and takes a fraction of the time.
 */
function canBeCertain(
  { q, tallies }: Budget,
  n: number,
  limits: { fail: number; pass: number },
): boolean {
  const { size, hits } = addUp(tallies)
  return (
    binomialAtLeast(hits, n, q) <= limits.fail ||
    binomialAtMost(hits + n - size, n, q) <= limits.pass
  )
}

interface Ahead {
  budget: Budget
  gate: Gate
  n: number
  /** Of the requests among the `n`; `undefined`: their numbers are. */
  places: ReadonlyMap<number, number> | undefined
}

function lookAhead(
  slo: AbsoluteSlo,
  observation: Exclude<Observation, { kind: 'rate' }>,
  { budget, gate, n, places }: Ahead,
): Whole {
  const { q, tallies } = budget
  const requests: Iterable<{ index: number }> = observation.requests
  const indexes = Array.from(requests, ({ index }) => places?.get(index) ?? index)
  const bad = Array.from(tallies, ({ hits }) => hits > 0)
  const marking = (hits: readonly (boolean | undefined)[]): Sequence<Mark> =>
    listLazily(hits.length, (at) => ({ index: indexes[at] ?? 0, hit: hits[at] }))
  const badness = rateBadness(slo, observation)
  const placed = badness && placeQuantile(badness, { n, q })
  const least = bad.filter(Boolean).length
  const failures = observation.kind === 'share' && slo.metric !== 'goodput' && limitsFailures(slo)
  return {
    n,
    q,
    least,
    most: least + n - tallies.length,
    bound: slicings.map((slices) => spread(marking(bad), n, slices)),
    quantile: placed ? slicings.map((slices) => spread(marking(placed), n, slices)) : [],
    burst: failures ? boundBurst(indexes, bad, gate.burst) : () => 1,
  }
}

function toBudget(slo: AbsoluteSlo, observation: Observation, gate: Gate): Budget | undefined {
  if (observation.kind === 'share') return shareBudget(slo, observation, gate)
  if (observation.kind !== 'values' || slo.stat.kind !== 'percentile') return undefined
  return percentileBudget(slo, slo.stat.p, { observation, failures: gate.failures })
}

/** How bad each ended request is, in the order of dispatch; `undefined` where good and bad is all there is. */
function rateBadness(
  { op }: AbsoluteSlo,
  observation: Exclude<Observation, { kind: 'rate' }>,
): Float64Array | undefined {
  if (observation.kind === 'values') {
    const sign = isUpperBound(op) ? 1 : -1
    return Float64Array.from(observation.requests, ({ values: [value = 0], failed }) =>
      failed ? Infinity : sign * value,
    )
  }
  const scores = Float64Array.from(observation.requests, ({ score = Number.NaN }) => score).filter(
    (score) => !Number.isNaN(score),
  )
  // Of a ceiling on goodput the good ones are counted, which have no order.
  return scores.length < observation.requests.length || isUpperBound(op) ? undefined : scores
}

/** Each further failure joins two bursts at the most. */
function boundBurst(
  indexes: readonly number[],
  failures: readonly boolean[],
  given = 1,
): Whole['burst'] {
  const whole: boolean[] = []
  for (const [at, index] of indexes.entries()) whole[index] = failures[at] ?? false
  const failed = failures.filter(Boolean).length
  const bursts =
    failed === 0
      ? 0
      : failed / (measureBurst(listLazily(whole.length, (at) => whole[at] === true)) ?? 1)
  return (bad) => Math.max(given, bad / Math.max(1, bursts - (bad - failed)), 1)
}

/** The largest p over all ways in which the run can go on; `undefined` when it exceeds the limit. */
function worstTail(
  { least, most }: Whole,
  limit: number,
  tail: (bad: number) => number,
): number | undefined {
  // Most often it is known from an end: of a large run there are many ways.
  let worst = Math.max(tail(least), tail(most))
  if (worst > limit) return undefined
  for (let bad = least + 1; bad < most; bad++) {
    worst = Math.max(worst, tail(bad))
    if (worst > limit) return undefined
  }
  return worst
}

function effective({ n, q }: Whole, bad: number, weight: number): [number, number, number] {
  return [bad * weight, n * weight, q]
}

function weighFail({ bound, n, q }: Whole, bad: number, alpha: number): number {
  const share = bad / n
  const variance = Math.max(q * (1 - q), share * (1 - share))
  return weighSlices(bound, (slices) => boundEffect(slices, bad, variance), alpha)
}

function weighPass({ bound, q, burst }: Whole, bad: number, alpha: number): number {
  const sliced = weighSlices(bound, (slices) => boundEffect(slices, bad, q * (1 - q)), alpha)
  return Math.min(sliced, weigh({ kind: 'bursts', length: burst(bad), by: 'run' }, alpha))
}

/** At the run's own quantile, beyond which the share `q` lies at the most. */
function weighQuantile({ quantile, n, q }: Whole, alpha: number): number {
  const variance = q * (1 - q)
  const largest = (slices: readonly Outlook[]): number => {
    const least = slices.reduce((sum, { hits }) => sum + hits, 0)
    const open = slices.reduce((sum, each) => sum + each.open, 0)
    const most = Math.min(least + open, Math.floor(n * q + 1e-9))
    let effect = 1
    for (let beyond = least; beyond <= most; beyond++) {
      effect = Math.max(effect, boundEffect(slices, beyond, variance))
    }
    return effect
  }
  return weighSlices(quantile, largest, alpha)
}

function weighSlices(
  slicings: readonly (readonly Outlook[])[],
  measure: (slices: readonly Outlook[]) => number,
  alpha: number,
): number {
  const weights = slicings.map((slices) => {
    const designEffect = measure(slices)
    const groups = { of: 'slices', groups: slices.length, designEffect, at: 'bound' } as const
    const dependence: Dependence =
      designEffect === 1 ? { kind: 'none' } : { kind: 'groups', ...groups }
    return weigh(dependence, alpha)
  })
  return Math.min(1, ...weights)
}
