import type { RequestRecord, RunEnd } from '../engine/record.ts'
import type { Doubt } from '../metrics/doubt.ts'
import { type Observation, observe } from '../metrics/observation.ts'
import { summarize } from '../metrics/summary.ts'
import type { GoodputBounds, Metric, Slo } from '../spec/slo.ts'
import type { Gate, Load } from '../spec/spec.ts'
import { assess } from './assessment.ts'
import { explainEnd, explainNothingCompleted } from './explanation.ts'
import { adjustByHolm } from './holm.ts'
import { conclude } from './policy.ts'
import type { SloVerdict, Verdict } from './verdict.ts'

export interface JudgeOptions {
  gate: Gate
  load: Load
  goodput?: GoodputBounds | undefined
  end: RunEnd
  /** Why the figure behind an SLO cannot be believed; it makes a PASS or FAIL INCONCLUSIVE. */
  unsuitable?: Doubt | undefined
}

/** Judges the measured records by every SLO, and the run by the gate's policy. Pure. */
export function judge(
  slos: readonly Slo[],
  records: readonly RequestRecord[],
  { gate, load, goodput, end, unsuitable }: JudgeOptions,
): Verdict {
  const nothing = explainNothing(records)
  const observations = new Map<Metric, Observation | undefined>()
  const observeOnce = (metric: Metric): Observation | undefined => {
    if (!observations.has(metric)) observations.set(metric, observe(records, metric, { goodput }))
    return observations.get(metric)
  }

  const assessed = slos.map((slo): SloVerdict =>
    nothing === undefined
      ? assess(slo, observeOnce(slo.metric), { gate, load })
      : { slo, status: 'ERROR', method: 'none', n: 0, why: nothing },
  )
  const judged = correctForNumber(assessed, 1 - gate.confidence)
    .map((verdict) => requireKnown(verdict, observations.get(verdict.slo.metric)))
    .map((verdict) => requireSuitable(verdict, unsuitable))
    .map((verdict) => requireFinished(verdict, end))
  return conclude(judged, { policy: gate.policy, end, nothing })
}

/** `undefined` when a measured request completed. */
function explainNothing(records: readonly RequestRecord[]): string | undefined {
  const completed = records.some(
    ({ phase, outcome }) => phase === 'measured' && outcome === 'completed',
  )
  return completed ? undefined : explainNothingCompleted(summarize(records))
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
  const doubt = unsuitable?.(verdict.slo, verdict.margin)
  if (doubt === undefined) return verdict
  const why = `${verdict.why} Not a ${verdict.status}: ${doubt}.`
  return { ...verdict, status: 'INCONCLUSIVE', why }
}

/** A FAIL that was proven stands; nothing else can be said of a run that did not finish. */
function requireFinished(verdict: SloVerdict, end: RunEnd): SloVerdict {
  if (end.kind === 'finished') return verdict
  if (verdict.status === 'FAIL' && verdict.method !== 'point') return verdict
  return { ...verdict, status: 'ERROR', why: `${explainEnd(end)} before this was decided.` }
}
