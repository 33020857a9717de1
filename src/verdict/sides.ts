import type { RelativeSlo } from '../bench-spec/slo.ts'
import type { Records } from '../engine/record.ts'
import { keepCounted, keepSeen, keepStaying } from '../metrics/observation.ts'
import { groupRounds } from '../metrics/round-records.ts'
import { type Tally, toShare } from './dependence.ts'
import type { Failures } from './excess.ts'
import {
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
  failures: Failures
  values:
    | { kind: 'pairs'; pairs: readonly Pair[] }
    | { kind: 'apart'; candidate: readonly number[]; baseline: readonly number[] }
    | { kind: 'shares'; candidate: readonly Tally[]; baseline: readonly Tally[] }
    /** Not enough rounds, or not enough of the baseline; or a statistic that rounds do not keep. */
    | { kind: 'few'; reason: Extract<Reason, { kind: 'few-pairs' | 'left-out' }> }
    | { kind: 'unkept' }
}

/** Share of the pairs that may be left out because the baseline has no value to be measured by. */
const mostLeftOut = 0.2

/** Values of rounds that alternated, in pairs; `taking` says how they are taken. */
export function compareRecords(
  slo: RelativeSlo,
  records: Records,
  reference: Records,
  taking: Taking,
): Sides {
  const keep = (side: Records) => keepSeen(keepCounted(side), slo.metric)
  const [own, other] = [keep(records), keep(reference)]
  const whole = {
    observed: takeValue(own, slo, taking),
    baseline: takeValue(other, slo, taking),
    n: own.length,
    failures: { candidate: countFailures(records), baseline: countFailures(reference) },
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
  const pairs = rounds.flatMap(({ candidate, baseline: beside }): Pair[] => {
    const baseline = takeValue(beside, slo, taking)
    if (!isMeasure(baseline, slo)) return []
    // A round without a value is no better than one that fails.
    return [{ candidate: takeValue(candidate, slo, taking) ?? Infinity, baseline }]
  })
  const reason = findGap(rounds.length, pairs.length) ?? findFew(pairs.length, needed)
  return { ...whole, values: reason ? { kind: 'few', reason } : { kind: 'pairs', pairs } }
}

/** Whether something can be compared with this value of the baseline: not where all failed. */
function isMeasure(value: number | undefined, { unit }: RelativeSlo): value is number {
  if (value === undefined || value === Infinity) return false
  return unit === 'ms' || value > 0
}

function countFailures(records: Records): Tally[] {
  const rounds = groupRounds(keepStaying(keepCounted(records)))
  return [...rounds.values()].map((own) => ({
    size: own.length,
    hits: own.filter(({ outcome }) => outcome === 'failed').length,
  }))
}

/** Values of rounds that did not alternate, as they were kept: of all requests, whatever their tags. */
export function compareRounds(
  slo: RelativeSlo,
  candidate: readonly RoundFigures[],
  baseline: readonly RoundFigures[],
): Sides {
  const sizes = [...candidate, ...baseline].map(({ completed, failed }) => completed + failed)
  const n = sizes.slice(0, candidate.length).reduce((sum, size) => sum + size, 0)
  const failures = {
    candidate: roundShares(candidate, 'error_rate'),
    baseline: roundShares(baseline, 'error_rate'),
  }
  if (slo.unit === 'share' && slo.tags === undefined) {
    const [a, b] = [roundShares(candidate, slo.metric), roundShares(baseline, slo.metric)]
    const values = { kind: 'shares' as const, candidate: a, baseline: b }
    const [observed, other] = [a, b].map((side) => (side.length === 0 ? undefined : toShare(side)))
    return { observed, baseline: other, n, failures, values }
  }
  const [own, other] = [roundValues(candidate, slo), roundValues(baseline, slo)]
  if (own === undefined || other === undefined || slo.tags !== undefined) {
    return { observed: undefined, baseline: undefined, n, failures, values: { kind: 'unkept' } }
  }
  const usable = other.filter((value) => isMeasure(value, slo))
  const whole = { observed: centre(own), baseline: centre(other), n, failures }
  const needed = requestsNeeded(slo)
  const enough = Math.min(...sizes) < needed ? 0 : Math.min(own.length, usable.length)
  const reason = findGap(other.length, usable.length) ?? findFew(enough, needed)
  if (reason !== undefined) return { ...whole, values: { kind: 'few', reason } }
  // A round without a value is no better than one that fails.
  const known = own.map((value) => value ?? Infinity)
  return { ...whole, values: { kind: 'apart', candidate: known, baseline: usable } }
}

/** The mean of the rounds that have a value, the geometric one where there is one; +Infinity when one of them is. */
function centre(all: readonly (number | undefined)[]): number | undefined {
  const values = all.filter((value) => value !== undefined)
  if (values.length === 0) return undefined
  if (values.every((value) => value > 0)) return geometricMean(values)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

type Missing = Extract<Reason, { kind: 'few-pairs' | 'left-out' }>

/** `kept`: pairs in which the baseline has a value. */
function findGap(pairs: number, kept: number): Missing | undefined {
  const most = Math.floor(mostLeftOut * pairs)
  const leftOut = pairs - kept
  return leftOut > most ? { kind: 'left-out', leftOut, pairs, most } : undefined
}

/** `pairs`: those in which both sides have a value. */
function findFew(pairs: number, requests: number): Missing | undefined {
  if (pairs >= fewestPairs) return undefined
  return { kind: 'few-pairs', pairs, needed: fewestPairs, requests }
}
