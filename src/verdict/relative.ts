import { keepKnown } from '../bench-spec/known.ts'
import type { RelativeSlo } from '../bench-spec/slo.ts'
import type { Gate, Load } from '../bench-spec/spec.ts'
import type { RequestRecord } from '../engine/record.ts'
import { explainMissing } from './explanation.ts'
import { countedOf, type RoundFigures, takeRounds, takeValue, type Taking } from './figures.ts'
import { alphaOf } from './looks.ts'
import { isUpperBound } from './ranking.ts'
import { estimatePairs, geometricMean, testApart, testDifference, testSigns } from './ratio.ts'
import { explainComparison } from './relative-words.ts'
import { testRounds } from './rounds.ts'
import { compareRecords, compareRounds, type Sides } from './sides.ts'
import type { Comparison, SloVerdict, Status } from './verdict.ts'

/** What relative SLOs compare with. */
export type Reference =
  /** Records of a second target, whose rounds alternated with the candidate's. */
  { kind: 'interleaved'; records: readonly RequestRecord[] } | StoredReference

/** Rounds of an earlier run. */
export interface StoredReference {
  kind: 'file'
  rounds: readonly RoundFigures[]
  /** Why the two runs must not be compared. */
  obstacle?: string | undefined
}

interface Given {
  records: readonly RequestRecord[]
  reference: Reference
  gate: Gate
  load: Load
  goodput?: Taking['goodput']
}

/** A relative SLO by itself, before the number of SLOs and the state of the run are taken into account. */
export function assessRelative(slo: RelativeSlo, given: Given): SloVerdict {
  const { records, reference, gate, load, goodput } = given
  const taking = { failures: gate.failures, goodput }
  const known =
    reference.kind === 'interleaved'
      ? compareRecords(slo, records, reference.records, taking)
      : compareRounds(slo, takeRounds(records, taking), reference.rounds)
  const observed = takeValue(countedOf(records), slo, taking)
  const verdict = conclude(slo, observed === undefined ? known : { ...known, observed }, gate, load)
  return reference.kind === 'file' ? requireComparable(verdict, reference.obstacle) : verdict
}

/** The same for two runs of which only the rounds are left. */
export function assessStored(
  slo: RelativeSlo,
  candidate: readonly RoundFigures[],
  reference: StoredReference,
  { gate, load }: { gate: Gate; load: Load },
): SloVerdict {
  const verdict = conclude(slo, compareRounds(slo, candidate, reference.rounds), gate, load)
  return requireComparable(verdict, reference.obstacle)
}

function requireComparable(verdict: SloVerdict, obstacle: string | undefined): SloVerdict {
  if (obstacle === undefined || verdict.status === 'ERROR') return verdict
  return { ...verdict, status: 'INCONCLUSIVE', why: `Not comparable: ${obstacle}. ${verdict.why}` }
}

function conclude(slo: RelativeSlo, sides: Sides, gate: Gate, load: Load): SloVerdict {
  const { observed, baseline, n, values } = sides
  if (values.kind === 'unkept') {
    return { slo, status: 'INCONCLUSIVE', method: 'none', n, why: values.why }
  }
  if (observed === undefined) return missing(slo, explainMissing(slo))
  if (baseline === undefined) return missing(slo, `Of the baseline: ${explainMissing(slo)}`)
  const limit = toLimit(slo, baseline)
  const margin = marginOf(slo, observed, limit.bound)
  if (gate.policy === 'point') {
    const held = observed !== Infinity && margin >= 0
    const status = held ? 'PASS' : 'FAIL'
    const relative = { baseline, ...limit, rounds: 0, ...pointChange(slo, observed, baseline) }
    const why = explainComparison(slo, observed, relative, { alone: 'policy point' })
    return { slo, status, method: 'point', observed, margin, n, relative, why }
  }
  const found = decide(slo, values, limit, alphaOf(gate))
  const relative = keepKnown<Comparison>({ baseline, ...limit, ...found.comparison })
  const more = found.more && Math.ceil(found.more * (n / relative.rounds))
  return keepKnown<SloVerdict>({
    slo,
    status: found.status,
    method: 'ratio',
    observed,
    margin,
    n,
    clusters: relative.rounds,
    relative,
    pFail: found.pFail,
    pPass: found.pPass,
    more,
    why:
      values.kind === 'few'
        ? values.why
        : explainComparison(slo, observed, relative, { ...found, more, n, load }),
  })
}

function missing(slo: RelativeSlo, why: string): SloVerdict {
  return { slo, status: 'ERROR', method: 'none', n: 0, why }
}

function marginOf({ op }: RelativeSlo, observed: number, bound: number): number {
  if (observed === Infinity) return -Infinity
  return isUpperBound(op) ? bound - observed : observed - bound
}

function pointChange(
  { unit }: RelativeSlo,
  observed: number,
  baseline: number,
): { change?: number } {
  if (unit === 'share') return { change: observed - baseline }
  const change = observed / baseline - 1
  return Number.isFinite(change) ? { change } : {}
}

/** What is allowed beside a value of the baseline: a change with its sign, and a bound. */
function toLimit(
  { op, unit, allowance: { change, floor } }: RelativeSlo,
  baseline: number,
): { allowed: number; bound: number } {
  if (unit === 'share') return { allowed: change, bound: baseline + change }
  const relative = baseline * (1 + change)
  if (floor === undefined) return { allowed: change, bound: relative }
  const upper = isUpperBound(op)
  // A share of nothing is nothing: there the ratio has no say.
  const share = baseline > 0 && baseline !== Infinity ? floor / baseline : 0
  const allowed = upper ? Math.max(change, share) : Math.min(change, -share)
  const absolute = baseline + (upper ? floor : -floor)
  return { allowed, bound: upper ? Math.max(relative, absolute) : Math.min(relative, absolute) }
}

interface Decision {
  status: Status
  pFail?: number
  pPass?: number
  comparison: Pick<Comparison, 'change' | 'low' | 'high' | 'rounds'>
  /** Further pairs of rounds. */
  more?: number | undefined
  /** Pairs beyond the limit, where only that was compared. */
  signs?: { bad: number; n: number }
}

function decide(
  slo: RelativeSlo,
  values: Exclude<Sides['values'], { kind: 'unkept' }>,
  { allowed }: { allowed: number },
  alpha: number,
): Decision {
  const { op } = slo
  const statusOf = ({ pFail, pPass }: { pFail: number; pPass: number }): Status =>
    pFail <= alpha ? 'FAIL' : pPass <= alpha ? 'PASS' : 'INCONCLUSIVE'
  if (values.kind === 'few') return { status: 'INCONCLUSIVE', comparison: { rounds: 0 } }
  if (values.kind === 'shares') {
    const { candidate, baseline } = values
    const test = testDifference(candidate, baseline, { op, bound: allowed, alpha })
    const { difference: change, interval, ...p } = test
    const rounds = Math.min(candidate.length, baseline.length)
    return { status: statusOf(p), ...p, comparison: { change, ...interval, rounds } }
  }
  const question = { op, bound: 1 + allowed, alpha }
  if (values.kind === 'apart') {
    const { candidate, baseline } = values
    const rounds = Math.min(candidate.length, baseline.length)
    const test = testApart(candidate, baseline, question)
    if (test === undefined) return { status: 'INCONCLUSIVE', comparison: { rounds } }
    const change = geometricMean(candidate) / geometricMean(baseline) - 1
    const { pFail, pPass, interval } = test
    return {
      status: statusOf(test),
      pFail,
      pPass,
      comparison: { change, ...toChange(interval), rounds },
    }
  }
  const { pairs } = values
  const rounds = pairs.length
  const ratios = pairs.map(({ candidate, baseline }) => candidate / baseline)
  const test = ratios.every((ratio) => ratio > 0 && ratio < Infinity)
    ? testRounds(ratios, question, alpha)
    : undefined
  if (test === undefined) {
    const signs = testSigns(pairs, op, (baseline) => toLimit(slo, baseline).bound)
    const { pFail, pPass } = signs
    return { status: statusOf(signs), pFail, pPass, signs, comparison: { rounds } }
  }
  const { pFail, pPass, interval } = test
  const status = statusOf(test)
  const change = geometricMean(ratios) - 1
  return {
    status,
    pFail,
    pPass,
    comparison: { change, ...toChange(interval), rounds },
    more: status === 'INCONCLUSIVE' ? estimatePairs(ratios, question) : undefined,
  }
}

function toChange({ low, high }: { low: number; high: number }): { low: number; high: number } {
  return { low: low - 1, high: high - 1 }
}
