import type { RelativeSlo } from '../bench-spec/slo.ts'
import type { RequestRecord } from '../engine/record.ts'
import { type Tally, toShare } from './dependence.ts'
import {
  keepCounted,
  type RoundFigures,
  roundShares,
  roundValues,
  takeShares,
  takeValue,
  type Taking,
} from './figures.ts'
import { fewestPairs, pairRounds, requestsNeeded } from './grouping.ts'
import { geometricMean, type Pair } from './ratio.ts'
import type { Reason } from './reason.ts'

/** Both sides of a comparison, before anything is decided. */
export interface Sides {
  observed: number | undefined
  baseline: number | undefined
  /** Requests of the candidate. */
  n: number
  values:
    | { kind: 'pairs'; pairs: readonly Pair[] }
    | { kind: 'apart'; candidate: readonly number[]; baseline: readonly number[] }
    | { kind: 'shares'; candidate: readonly Tally[]; baseline: readonly Tally[] }
    /** Not enough rounds, or a statistic that rounds do not keep. */
    | { kind: 'few'; reason: Extract<Reason, { kind: 'few-pairs' }> }
    | { kind: 'unkept' }
}

/** Values of rounds that alternated, in pairs; `taking` says how they are taken. */
export function compareRecords(
  slo: RelativeSlo,
  records: readonly RequestRecord[],
  reference: readonly RequestRecord[],
  taking: Taking,
): Sides {
  const [own, other] = [keepCounted(records), keepCounted(reference)]
  const whole = {
    observed: takeValue(own, slo, taking),
    baseline: takeValue(other, slo, taking),
    n: own.length,
  }
  if (slo.unit === 'share') {
    const candidate = takeShares(own, slo.metric, taking)
    return {
      ...whole,
      values: { kind: 'shares', candidate, baseline: takeShares(other, slo.metric, taking) },
    }
  }
  const needed = requestsNeeded(slo)
  const rounds = pairRounds(own, other, needed)
  const pairs = rounds.flatMap(({ candidate, baseline }): Pair[] => {
    const pair = {
      candidate: takeValue(candidate, slo, taking),
      baseline: takeValue(baseline, slo, taking),
    }
    // A baseline that fails is nothing to be measured by.
    return isPair(pair) && pair.baseline !== Infinity ? [pair] : []
  })
  if (pairs.length >= fewestPairs) return { ...whole, values: { kind: 'pairs', pairs } }
  return { ...whole, values: few(pairs.length, needed) }
}

function isPair(pair: { [K in keyof Pair]: Pair[K] | undefined }): pair is Pair {
  return pair.candidate !== undefined && pair.baseline !== undefined
}

/** Values of rounds that did not alternate, as they were kept. */
export function compareRounds(
  slo: RelativeSlo,
  candidate: readonly RoundFigures[],
  baseline: readonly RoundFigures[],
): Sides {
  const sizes = [...candidate, ...baseline].map(({ completed, failed }) => completed + failed)
  const n = sizes.slice(0, candidate.length).reduce((sum, size) => sum + size, 0)
  if (slo.unit === 'share') {
    const [a, b] = [roundShares(candidate, slo.metric), roundShares(baseline, slo.metric)]
    const values = { kind: 'shares' as const, candidate: a, baseline: b }
    const [observed, other] = [a, b].map((side) => (side.length === 0 ? undefined : toShare(side)))
    return { observed, baseline: other, n, values }
  }
  const [a, b] = [roundValues(candidate, slo), roundValues(baseline, slo)].map((values) =>
    values?.filter((value) => value !== undefined),
  )
  if (a === undefined || b === undefined) {
    return { observed: undefined, baseline: undefined, n, values: { kind: 'unkept' } }
  }
  const whole = { observed: centre(a), baseline: centre(b), n }
  const needed = requestsNeeded(slo)
  const smallest = Math.min(...sizes)
  if (Math.min(a.length, b.length) < fewestPairs || smallest < needed) {
    const enough = smallest < needed ? 0 : Math.min(a.length, b.length)
    return { ...whole, values: few(enough, needed) }
  }
  return { ...whole, values: { kind: 'apart', candidate: a, baseline: b } }
}

/** The rounds' mean, the geometric one where there is one; +Infinity when one of them is. */
function centre(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined
  if (values.every((value) => value > 0)) return geometricMean(values)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** `pairs`: those in which both sides have a value. */
function few(pairs: number, requests: number): Sides['values'] {
  return { kind: 'few', reason: { kind: 'few-pairs', pairs, needed: fewestPairs, requests } }
}
