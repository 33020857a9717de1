import type { CalibrationDocument, DifferenceDocument } from '../../results/results.ts'

/** `cpu differs: X / Y; cores differs: 2 / 4`, the baseline first. */
export function listDifferences(differences: readonly DifferenceDocument[]): string {
  return differences
    .map(({ fact, baseline, candidate }) => `${fact} differs: ${baseline} / ${candidate}`)
    .join('; ')
}

interface Compared {
  comparable: boolean
  differences: readonly DifferenceDocument[]
  contrasts: readonly DifferenceDocument[]
}

/** `not comparable: cpu differs: X / Y`, `compared although model differs: a / b`; none for runs that are alike. */
export function explainDifferences({ comparable, differences, contrasts }: Compared): string[] {
  const also = comparable ? 'compared although' : 'besides,'
  return [
    ...(comparable ? [] : [`not comparable: ${listDifferences(differences)}`]),
    ...(contrasts.length === 0 ? [] : [`${also} ${listDifferences(contrasts)}`]),
  ]
}

type Mismatch = NonNullable<CalibrationDocument['mismatch']>

/** `made with cores 2, this run has 4`. */
export function explainMismatch({ fact, calibrated, run }: Mismatch): string {
  const name = fact === 'events_per_answer' ? 'events per answer' : fact
  return `made with ${name} ${calibrated}, this run has ${run}`
}
