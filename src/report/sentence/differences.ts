import type { Results } from '../../results/results.ts'

type Differences = NonNullable<Results['baseline']>['differences']

/** `cpu differs: X / Y; cores differs: 2 / 4`, the baseline first. */
export function listDifferences(differences: Differences): string {
  return differences
    .map(({ fact, baseline, candidate }) => `${fact} differs: ${baseline} / ${candidate}`)
    .join('; ')
}

type Mismatch = NonNullable<NonNullable<Results['calibration']>['mismatch']>

/** `made with cores 2, this run has 4`. */
export function explainMismatch({ fact, calibrated, run }: Mismatch): string {
  const name = fact === 'events_per_answer' ? 'events per answer' : fact
  return `made with ${name} ${calibrated}, this run has ${run}`
}
