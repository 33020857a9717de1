import type { RunEnd } from '../../src/engine/record.ts'
import { sentences } from '../../src/report/sentence/sentences.ts'
import { toEnd, toVerdictReason } from '../../src/results/reasons.ts'
import { toSlo } from '../../src/results/results.ts'
import type { SloVerdict, Verdict } from '../../src/verdict/verdict.ts'

/** The sentence of a verdict on an SLO, as every report shows it. */
export function tell(verdict: SloVerdict | undefined, end: RunEnd = { kind: 'finished' }): string {
  if (verdict === undefined) throw new Error('there is no verdict')
  return toSlo(verdict, toEnd(end, sentences), sentences).why
}

/** The sentence of the verdict on a run. */
export function tellRun(
  { status, reason }: Pick<Verdict, 'status' | 'reason'>,
  end: RunEnd = { kind: 'finished' },
): string {
  return sentences.verdict({ status, reason: toVerdictReason(reason) }, toEnd(end, sentences))
}
