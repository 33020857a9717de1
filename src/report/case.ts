import { cleanLine } from '../bench-spec/plain-text.ts'
import type { Results, SloDocument } from '../results/results.ts'
import { endCell, sloCells } from './cells.ts'
import { explainDiagnostic } from './sentence/diagnostic.ts'
import { explainSlo } from './sentence/slo.ts'
import { explainVerdict } from './sentence/verdict.ts'
import { traceOf } from './tracing-cells.ts'

/** What a test case comes to: nothing to report, or one element. */
export type Outcome =
  | { kind: 'passed' }
  | { kind: 'skipped'; message: string }
  | { kind: 'failure' | 'error'; type: string; message: string }

export interface Case {
  name: string
  outcome: Outcome
  /** Lines that explain the outcome, and what the self-checks of the run warn of. */
  text: string[]
  /** `undefined` for a case that is about the whole run. */
  slo: SloDocument | undefined
}

/**
 * A run as test cases: one per SLO, and one for the verdict where there is none, or where the gate is
 * closed for a reason that is no SLO's: never a report without a case, or without a red one.
 */
export function runCases(run: Results): Case[] {
  const warnings = listWarnings(run)
  const cases = run.verdict.slos.map((slo) => sloCase(slo, run, warnings))
  const blocked = cases.some(({ outcome }) => ['failure', 'error'].includes(outcome.kind))
  if (cases.length > 0 && (run.verdict.passed || blocked)) return cases
  const message = cleanLine(explainVerdict(run.verdict, run.end))
  const outcome =
    run.verdict.status === 'INCONCLUSIVE'
      ? undecidedOutcome(!run.verdict.passed, message)
      : ({ kind: 'error', type: errorType(run), message } as const)
  return [...cases, { name: 'verdict', outcome, text: [message, ...warnings], slo: undefined }]
}

function undecidedOutcome(blocks: boolean, message: string): Outcome {
  return blocks ? { kind: 'failure', type: 'Inconclusive', message } : { kind: 'skipped', message }
}

function listWarnings({ diagnostics }: Results): string[] {
  return diagnostics
    .filter(({ level }) => level === 'warn')
    .map((warning) => `! ${warning.id}: ${cleanLine(explainDiagnostic(warning))}`)
}

function sloCase(slo: SloDocument, run: Results, warnings: readonly string[]): Case {
  const cells = sloCells(slo)
  const end = endCell(run)
  const trace = traceOf(slo, run)
  const why = cleanLine(explainSlo(slo, run.end))
  const text = [
    `${cells.slo}: ${slo.status}`,
    `observed ${cells.observed} ${cells.deviation}`.trimEnd(),
    ...(cells.baseline === '' ? [] : [`baseline ${cells.baseline}, allowed ${cells.bound}`]),
    ...(cells.interval === '' ? [] : [`interval ${cells.interval}`]),
    ...(cells.over === '' ? [] : [`over/allowed ${cells.over}, n ${cells.n}`]),
    why,
    ...(trace === undefined ? [] : [trace]),
    ...(end === undefined ? [] : [end]),
    ...warnings,
  ]
  const message = `${cleanLine(slo.text)}: ${why}`
  return {
    name: cleanLine(slo.id),
    outcome: sloOutcome(slo, run, message),
    text,
    slo,
  }
}

function sloOutcome(slo: SloDocument, run: Results, message: string): Outcome {
  if (slo.status === 'INCONCLUSIVE') {
    return undecidedOutcome(slo.level === 'error' && run.verdict.policy === 'release', message)
  }
  if (slo.status === 'PASS' || slo.level !== 'error') return { kind: 'passed' }
  return slo.status === 'FAIL'
    ? { kind: 'failure', type: 'SLOViolation', message }
    : { kind: 'error', type: errorType(run), message }
}

function errorType({ end, summary: { requests } }: Results): string {
  if (end.kind === 'interrupted') return 'Interrupted'
  if (end.kind === 'crashed') return 'Crashed'
  if (end.kind === 'unhealthy') return 'Target'
  if (end.kind === 'exhausted') return 'Client'
  return requests.total > 0 && requests.completed === 0 ? 'Target' : 'NoData'
}
