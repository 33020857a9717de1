import { keepKnown } from '../bench-spec/known.ts'
import type { GoodputBounds, RelativeSlo, Slo } from '../bench-spec/slo.ts'
import type { Gate, Load } from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import { narrowLoad, type Tagging } from '../bench-spec/tagging.ts'
import { isWhole, type RunEnd, type TargetRole, type Records } from '../engine/record.ts'
import type { FindDoubt } from '../metrics/doubt.ts'
import { type Observation, orderCounted } from '../metrics/observation.ts'
import { keepTagged, scopeRecords } from '../metrics/scope.ts'
import { summarize } from '../metrics/summary.ts'
import { assess } from './assessment.ts'
import { foresee } from './curtailment.ts'
import type { RoundFigures } from './figures.ts'
import { adjustByHolm } from './holm.ts'
import { shareAlpha, countLooks } from './looks.ts'
import { conclude } from './policy.ts'
import type { NothingCompleted, Reason } from './reason.ts'
import { assessRelative, assessStored, type Reference, type StoredReference } from './relative.ts'
import { requireSuccess } from './success.ts'
import { turnTo } from './turn.ts'
import type { SloVerdict, Verdict } from './verdict.ts'

export interface JudgeOptions {
  gate: Gate
  load: Load
  goodput?: GoodputBounds | undefined
  /** Tells which requests an SLO with tags is about; `undefined` where none has any. */
  tagging?: Tagging | undefined
  /** What relative SLOs compare with. */
  reference?: Reference | undefined
  stream?: StreamFormat | undefined
  end: RunEnd
  /** How often these records and the ones before them were judged, this time included; 1 by default. */
  looks?: number | undefined
  /** A doubt about the figure behind an SLO makes a PASS or FAIL INCONCLUSIVE. */
  findDoubt?: FindDoubt | undefined
}

/** Judges the measured records by every SLO, and the run by the gate's policy. Pure. */
export function judge(slos: readonly Slo[], records: Records, options: JudgeOptions): Verdict {
  const { gate, load, goodput, tagging, reference, end, looks = 1, findDoubt } = options
  const nothing = findNothing('candidate', records)
  const scopes = scopeRecords(records, tagging, goodput)

  const assessed = slos.map((slo): SloVerdict => {
    const scope = scopes(slo)
    const reason =
      nothing ?? findNoRequest(slo, 'candidate', scope.records) ?? findNoReference(slo, options)
    if (reason !== undefined) {
      return { slo, status: 'ERROR', method: 'none', n: 0, reason, turns: [] }
    }
    const own = narrowLoad(load, slo, tagging)
    if (slo.allowance === undefined) {
      return assess(slo, scope.observe(slo.metric), { gate, load: own })
    }
    // Never undefined here: that is what `findNoReference` looks for.
    const beside = keepReference(slo, reference as Reference, tagging)
    return assessRelative(slo, {
      records: scope.records,
      reference: beside,
      gate,
      load: own,
      goodput,
    })
  })
  const proven = requireSuccess(assessed, (slo) => scopes(slo).observe('success_rate'), gate)
  const corrected = correctForNumber(proven, shareAlpha(gate))
  const decided = end.kind === 'curtailed' ? settle(corrected, records, options) : corrected
  const judged = decided
    .map((verdict) => requireKnown(verdict, scopes(verdict.slo).observe(verdict.slo.metric)))
    .map((verdict) => requireBelievable(verdict, findDoubt))
    .map((verdict) => requireFinished(verdict, end))
  const concluded = conclude(judged, { policy: gate.policy, end, nothing })
  return { ...concluded, looks: countLooks(gate, looks) }
}

/** Judges the rounds of a stored run against those of another one. Pure. */
export function judgeStored(
  slos: readonly RelativeSlo[],
  rounds: readonly RoundFigures[],
  reference: StoredReference,
  { gate, load }: Pick<JudgeOptions, 'gate' | 'load'>,
): Verdict {
  const assessed = slos.map((slo) => assessStored(slo, rounds, reference, { gate, load }))
  const judged = correctForNumber(assessed, shareAlpha(gate))
  const { policy } = gate
  const concluded = conclude(judged, { policy, end: { kind: 'finished' }, nothing: undefined })
  return { ...concluded, looks: countLooks(gate, 1) }
}

/** `undefined` when a measured request completed. */
function findNothing(target: TargetRole, records: Records): NothingCompleted | undefined {
  const completed = records.some(
    ({ phase, outcome }) => phase === 'measured' && outcome === 'completed',
  )
  if (completed) return undefined
  const { requests, failures } = summarize(records)
  const { total, failed } = requests
  const [most] = failures
  const nothing = { kind: 'nothing-completed', target, total, failed } as const
  if (most === undefined) return nothing
  const { kind, status } = most
  return { ...nothing, most: keepKnown<NonNullable<NothingCompleted['most']>>({ kind, status }) }
}

/** An SLO with tags of which no measured request was sent. */
function findNoRequest({ tags }: Slo, target: TargetRole, records: Records): Reason | undefined {
  if (tags === undefined || records.some(({ phase }) => phase === 'measured')) return undefined
  return { kind: 'no-request', target }
}

/** Why there is nothing that an SLO could be relative to. */
function findNoReference(slo: Slo, { reference, tagging }: JudgeOptions): Reason | undefined {
  if (slo.allowance === undefined) return undefined
  if (reference === undefined) return { kind: 'no-baseline' }
  if (reference.kind === 'file') return undefined
  const nothing = findNothing('baseline', reference.records)
  return nothing ?? findNoRequest(slo, 'baseline', keepTagged(reference.records, slo, tagging))
}

/** The same tags on both sides. */
function keepReference(slo: Slo, reference: Reference, tagging: Tagging | undefined): Reference {
  if (reference.kind === 'file') return reference
  return { ...reference, records: keepTagged(reference.records, slo, tagging) }
}

/** In a run that was stopped because its outcome was certain, what was certain stands and nothing else. */
function settle(
  verdicts: readonly SloVerdict[],
  records: Records,
  options: JudgeOptions,
): SloVerdict[] {
  const family = countBlocking(verdicts.map(({ slo }) => slo))
  return verdicts.map((verdict): SloVerdict => {
    const certainty = foresee(verdict.slo, records, { ...options, family })
    if (certainty !== undefined) {
      const { status, p, remaining } = certainty
      return turnTo(verdict, status, { kind: 'certain', p, remaining })
    }
    if (verdict.status === 'ERROR') return verdict
    return turnTo(verdict, 'INCONCLUSIVE', { kind: 'ended' })
  })
}

/** Whether no remaining request can change what the run comes to. */
export function isCertain(
  slos: readonly Slo[],
  records: Records,
  prospect: Omit<JudgeOptions, 'end'>,
): boolean {
  const family = countBlocking(slos)
  const counted = orderCounted(records)
  const foreseen = slos.map((slo) => ({
    level: slo.level,
    status: foresee(slo, counted, { ...prospect, family })?.status,
  }))
  return (
    foreseen.some(({ level, status }) => level === 'error' && status === 'FAIL') ||
    (foreseen.some(({ level }) => level === 'error') &&
      foreseen.every(({ status }) => status === 'PASS'))
  )
}

/** SLOs that Holm's correction may be made for, at the least 1. */
function countBlocking(slos: readonly Slo[]): number {
  return Math.max(1, slos.filter(({ level }) => level === 'error').length)
}

/** Holm over the SLOs that block and have a p: a FAIL that may be one of many looks is undecided. */
function correctForNumber(verdicts: readonly SloVerdict[], alpha: number): SloVerdict[] {
  const family = verdicts.filter(({ slo, pFail }) => slo.level === 'error' && pFail !== undefined)
  const adjusted = adjustByHolm(family.map(({ pFail }) => pFail ?? 1))
  return verdicts.map((verdict) => {
    const pFailAdjusted = adjusted[family.indexOf(verdict)]
    if (pFailAdjusted === undefined) return verdict
    if (verdict.status !== 'FAIL' || pFailAdjusted <= alpha) return { ...verdict, pFailAdjusted }
    return turnTo({ ...verdict, pFailAdjusted }, 'INCONCLUSIVE', {
      kind: 'holm',
      family: family.length,
    })
  })
}

function requireKnown(verdict: SloVerdict, observation: Observation | undefined): SloVerdict {
  if (verdict.status !== 'PASS' || observation?.kind !== 'values') return verdict
  if (observation.unknown === 0) return verdict
  return turnTo(verdict, 'INCONCLUSIVE', {
    kind: 'unknown-values',
    requests: observation.unknown,
  })
}

function requireBelievable(verdict: SloVerdict, findDoubt: FindDoubt | undefined): SloVerdict {
  const { slo, status, margin, reason } = verdict
  if ((status !== 'PASS' && status !== 'FAIL') || margin === undefined) return verdict
  // That so many failed was not read off a clock.
  if (reason.kind === 'failures') return verdict
  const doubt = findDoubt?.(slo, { status, margin })
  return doubt === undefined ? verdict : turnTo(verdict, 'INCONCLUSIVE', { kind: 'doubt', doubt })
}

/** A FAIL that was proven stands; nothing else can be said of a run that did not finish. */
function requireFinished(verdict: SloVerdict, end: RunEnd): SloVerdict {
  if (isWhole(end)) return verdict
  // When the target is no longer measured depends on what it did, which the test does not allow for.
  const proven = end.kind !== 'unhealthy' && verdict.method !== 'point'
  if (proven && verdict.status === 'FAIL') return verdict
  return turnTo(verdict, 'ERROR', { kind: 'ended' })
}
