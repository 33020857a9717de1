import { keepKnown } from '../bench-spec/known.ts'
import { isUpperBound, type RelativeSlo } from '../bench-spec/slo.ts'
import type { Gate, Load } from '../bench-spec/spec.ts'
import type { TargetRole, Records } from '../engine/record.ts'
import { keepCounted } from '../metrics/observation.ts'
import { countAsked } from './assessment.ts'
import { decide, measureMargin, type Tails } from './decision.ts'
import { weighFailures } from './excess.ts'
import { type RoundFigures, takeRounds, takeValue, type Taking } from './figures.ts'
import { shareAlpha } from './looks.ts'
import { estimatePairs, geometricMean, testApart, testDifference, testSigns } from './ratio.ts'
import type { Difference, Reason } from './reason.ts'
import { type RoundsTest, testRounds } from './rounds.ts'
import { compareRecords, compareRounds, type Sides } from './sides.ts'
import { turnTo } from './turn.ts'
import type { Comparison, SloVerdict } from './verdict.ts'

/** What relative SLOs compare with. */
export type Reference =
  /** Records of a second target, whose rounds alternated with the candidate's. */
  { kind: 'interleaved'; records: Records } | StoredReference

/** Rounds of an earlier run. */
export interface StoredReference {
  kind: 'file'
  rounds: readonly RoundFigures[]
  /** Facts in which the two runs differ: with any, they must not be compared. */
  differences: readonly Difference[]
}

interface Given {
  records: Records
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
  const observed = takeValue(keepCounted(records), slo, taking)
  const verdict = conclude(slo, observed === undefined ? known : { ...known, observed }, gate, load)
  return reference.kind === 'file' ? requireComparable(verdict, reference.differences) : verdict
}

/** The same for two runs of which only the rounds are left. */
export function assessStored(
  slo: RelativeSlo,
  candidate: readonly RoundFigures[],
  reference: StoredReference,
  { gate, load }: { gate: Gate; load: Load },
): SloVerdict {
  const verdict = conclude(slo, compareRounds(slo, candidate, reference.rounds), gate, load)
  return requireComparable(verdict, reference.differences)
}

function requireComparable(verdict: SloVerdict, differences: readonly Difference[]): SloVerdict {
  if (differences.length === 0 || verdict.status === 'ERROR') return verdict
  return turnTo(verdict, 'INCONCLUSIVE', { kind: 'not-comparable', differences })
}

function conclude(slo: RelativeSlo, sides: Sides, gate: Gate, load: Load): SloVerdict {
  const { observed, baseline, n, values } = sides
  if (values.kind === 'unkept') {
    const reason = { kind: 'statistic-not-kept' } as const
    return { slo, status: 'INCONCLUSIVE', method: 'none', n, reason, turns: [] }
  }
  if (observed === undefined) return missing(slo, 'candidate')
  if (baseline === undefined) return missing(slo, 'baseline')
  const limit = toLimit(slo, baseline)
  const margin = measureMargin(slo.op, observed, limit.bound)
  if (gate.policy === 'point') {
    const held = observed !== Infinity && margin >= 0
    const status = held ? 'PASS' : 'FAIL'
    const relative = { baseline, ...limit, rounds: 0, ...pointChange(slo, observed, baseline) }
    const reason = { kind: 'policy-point' } as const
    return { slo, status, method: 'point', observed, margin, n, relative, reason, turns: [] }
  }
  const alpha = shareAlpha(gate)
  const own = test(slo, values, limit, alpha)
  const { failures } = gate
  const found =
    values.kind === 'shares' ? own : weighFailures(own, sides.failures, { slo, failures, alpha })
  const relative = keepKnown<Comparison>({ baseline, ...limit, ...found.comparison })
  // More rounds do not bring back what failed.
  const pairs = found.reason?.kind === 'failures' ? undefined : found.more
  const more = pairs && Math.ceil(pairs * (n / relative.rounds))
  return keepKnown<SloVerdict>({
    slo,
    status: found.status,
    method: 'ratio',
    observed,
    margin,
    n,
    rounds: relative.rounds,
    relative,
    pFail: found.pFail,
    pPass: found.pPass,
    more,
    reason: found.reason ?? { kind: 'ratio', asked: countAsked(load, n) },
    turns: [],
  })
}

function missing(slo: RelativeSlo, target: TargetRole): SloVerdict {
  const reason = { kind: 'no-value', target } as const
  return { slo, status: 'ERROR', method: 'none', n: 0, reason, turns: [] }
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

interface Finding extends Partial<Tails> {
  status: ReturnType<typeof decide>
  comparison: Pick<Comparison, 'change' | 'low' | 'high' | 'rounds'>
  /** Further pairs of rounds. */
  more?: number | undefined
  /** Where it is not simply the ratio that was tested. */
  reason?: Reason
}

function test(
  slo: RelativeSlo,
  values: Exclude<Sides['values'], { kind: 'unkept' }>,
  { allowed }: { allowed: number },
  alpha: number,
): Finding {
  const { op } = slo
  if (values.kind === 'few') {
    return { status: 'INCONCLUSIVE', comparison: { rounds: 0 }, reason: values.reason }
  }
  if (values.kind === 'shares') {
    const { candidate, baseline } = values
    const found = testDifference(candidate, baseline, { op, bound: allowed, alpha })
    const { difference: change, interval, ...tails } = found
    const rounds = Math.min(candidate.length, baseline.length)
    return {
      status: decide(tails, alpha),
      ...tails,
      comparison: { change, ...interval, rounds },
    }
  }
  const question = { op, bound: 1 + allowed, alpha }
  if (values.kind === 'apart') {
    const { candidate, baseline } = values
    const rounds = Math.min(candidate.length, baseline.length)
    const found = testApart(candidate, baseline, question)
    if (found === undefined) {
      const reason = { kind: 'no-finite-value' } as const
      return { status: 'INCONCLUSIVE', comparison: { rounds }, reason }
    }
    const change = geometricMean(candidate) / geometricMean(baseline) - 1
    return describeRatio(found, { change, rounds, alpha })
  }
  const { pairs } = values
  const rounds = pairs.length
  const ratios = pairs.map(({ candidate, baseline }) => candidate / baseline)
  const found = ratios.every((ratio) => ratio > 0 && ratio < Infinity)
    ? testRounds(ratios, question, alpha)
    : undefined
  if (found === undefined) {
    const findLimit = (baseline: number): number => toLimit(slo, baseline).bound
    const { beyond, pairs: compared, ...tails } = testSigns(pairs, op, findLimit)
    const reason = { kind: 'signs', beyond, pairs: compared } as const
    return { status: decide(tails, alpha), ...tails, comparison: { rounds }, reason }
  }
  const finding = describeRatio(found, { change: geometricMean(ratios) - 1, rounds, alpha })
  if (finding.status !== 'INCONCLUSIVE') return finding
  return { ...finding, more: estimatePairs(ratios, question) }
}

function describeRatio(
  { pFail, pPass, interval: { low, high } }: RoundsTest,
  { change, rounds, alpha }: { change: number; rounds: number; alpha: number },
): Finding {
  return {
    status: decide({ pFail, pPass }, alpha),
    pFail,
    pPass,
    comparison: { change, low: low - 1, high: high - 1, rounds },
  }
}
