import type { GoodputBounds, Metric, RelativeSlo, Slo } from '../bench-spec/slo.ts'
import type { Gate, Load } from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import { type Halt, isWhole, type RequestRecord, type RunEnd } from '../engine/record.ts'
import type { Doubt } from '../metrics/doubt.ts'
import { type Observation, observe } from '../metrics/observation.ts'
import { summarize } from '../metrics/summary.ts'
import { assess } from './assessment.ts'
import { foresee } from './curtailment.ts'
import { explainCertain, explainEnd, explainNothingCompleted } from './explanation.ts'
import type { RoundFigures } from './figures.ts'
import { adjustByHolm } from './holm.ts'
import { alphaOf, countLooks } from './looks.ts'
import { conclude } from './policy.ts'
import { assessRelative, assessStored, type Reference, type StoredReference } from './relative.ts'
import type { SloVerdict, Verdict } from './verdict.ts'

export interface JudgeOptions {
  gate: Gate
  load: Load
  goodput?: GoodputBounds | undefined
  /** What relative SLOs compare with. */
  reference?: Reference | undefined
  stream?: StreamFormat | undefined
  end: RunEnd
  /** How often these records and the ones before them were judged, this time included; 1 by default. */
  looks?: number | undefined
  /** Why the figure behind an SLO cannot be believed; it makes a PASS or FAIL INCONCLUSIVE. */
  unsuitable?: Doubt | undefined
}

/** Judges the measured records by every SLO, and the run by the gate's policy. Pure. */
export function judge(
  slos: readonly Slo[],
  records: readonly RequestRecord[],
  options: JudgeOptions,
): Verdict {
  const { gate, load, goodput, reference, end, looks = 1, unsuitable } = options
  const nothing = explainNothing(records)
  const observations = new Map<Metric, Observation | undefined>()
  const observeOnce = (metric: Metric): Observation | undefined => {
    if (!observations.has(metric)) observations.set(metric, observe(records, metric, { goodput }))
    return observations.get(metric)
  }

  const assessed = slos.map((slo): SloVerdict => {
    const why = nothing ?? explainNoReference(slo, reference)
    if (why !== undefined) return { slo, status: 'ERROR', method: 'none', n: 0, why }
    const observation = observeOnce(slo.metric)
    if (slo.allowance === undefined) return assess(slo, observation, { gate, load })
    // Never undefined here: that is what `explainNoReference` looks for.
    const given = { records, reference: reference as Reference, gate, load, goodput }
    return assessRelative(slo, given)
  })
  const corrected = correctForNumber(assessed, alphaOf(gate))
  const decided =
    end.kind === 'curtailed' ? settle(corrected, records, { ...options, end }) : corrected
  const judged = decided
    .map((verdict) => requireKnown(verdict, observations.get(verdict.slo.metric)))
    .map((verdict) => requireSuitable(verdict, unsuitable))
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
  const judged = correctForNumber(assessed, alphaOf(gate))
  const { policy } = gate
  const concluded = conclude(judged, { policy, end: { kind: 'finished' }, nothing: undefined })
  return { ...concluded, looks: countLooks(gate, 1) }
}

/** `undefined` when a measured request completed. */
function explainNothing(records: readonly RequestRecord[]): string | undefined {
  const completed = records.some(
    ({ phase, outcome }) => phase === 'measured' && outcome === 'completed',
  )
  return completed ? undefined : explainNothingCompleted(summarize(records))
}

/** Why there is nothing that an SLO could be relative to. */
function explainNoReference(slo: Slo, reference: Reference | undefined): string | undefined {
  if (slo.allowance === undefined) return undefined
  if (reference === undefined) return 'There is no baseline to compare with.'
  if (reference.kind === 'file') return undefined
  const nothing = explainNothing(reference.records)
  return nothing && `Of the baseline: ${nothing}`
}

/** In a run that was stopped because its outcome was certain, what was certain stands and nothing else. */
function settle(
  verdicts: readonly SloVerdict[],
  records: readonly RequestRecord[],
  options: JudgeOptions & { end: Halt },
): SloVerdict[] {
  const { end } = options
  const family = countBlocking(verdicts.map(({ slo }) => slo))
  return verdicts.map((verdict): SloVerdict => {
    const certainty = foresee(verdict.slo, records, { ...options, family })
    if (certainty !== undefined) {
      const why = explainCertain(verdict, certainty)
      return { ...verdict, status: certainty.status, why }
    }
    if (verdict.status === 'ERROR') return verdict
    const why = `${explainEnd(end)} before this was decided.`
    return { ...verdict, status: 'INCONCLUSIVE', why }
  })
}

/** Whether no remaining request can change what the run comes to. */
export function isCertain(
  slos: readonly Slo[],
  records: readonly RequestRecord[],
  prospect: Omit<JudgeOptions, 'end'>,
): boolean {
  const family = countBlocking(slos)
  const foreseen = slos.map((slo) => ({
    level: slo.level,
    status: foresee(slo, records, { ...prospect, family })?.status,
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
    const p = `p ${format(verdict.pFail)} is ${format(pFailAdjusted)} after Holm`
    const why = `${verdict.why} Not a FAIL among ${family.length} SLOs: ${p}.`
    return { ...verdict, pFailAdjusted, status: 'INCONCLUSIVE', why }
  })
}

function format(p: number | undefined): string {
  return p === undefined ? '?' : p.toPrecision(2)
}

function requireKnown(verdict: SloVerdict, observation: Observation | undefined): SloVerdict {
  if (verdict.status !== 'PASS' || observation?.kind !== 'values') return verdict
  if (observation.unknown === 0) return verdict
  const why = `${verdict.why} Not a PASS: ${observation.unknown} completed requests gave no value.`
  return { ...verdict, status: 'INCONCLUSIVE', why }
}

function requireSuitable(verdict: SloVerdict, unsuitable: Doubt | undefined): SloVerdict {
  if (verdict.status !== 'PASS' && verdict.status !== 'FAIL') return verdict
  const doubt = unsuitable?.(verdict.slo, verdict.margin, verdict.relative?.bound)
  if (doubt === undefined) return verdict
  const why = `${verdict.why} Not a ${verdict.status}: ${doubt}.`
  return { ...verdict, status: 'INCONCLUSIVE', why }
}

/** A FAIL that was proven stands; nothing else can be said of a run that did not finish. */
function requireFinished(verdict: SloVerdict, end: RunEnd): SloVerdict {
  if (isWhole(end)) return verdict
  // When the target is no longer measured depends on what it did, which the test does not allow for.
  const proven = end.kind !== 'unhealthy' && verdict.method !== 'point'
  if (proven && verdict.status === 'FAIL') return verdict
  return { ...verdict, status: 'ERROR', why: `${explainEnd(end)} before this was decided.` }
}
