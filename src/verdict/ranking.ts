import { isUpperBound, type Slo } from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import type { Observation } from '../metrics/observation.ts'

export type Values = Extract<Observation, { kind: 'values' }>

/** Observed values in ascending order, failed requests, and those that left before, at the end that is bad for the SLO. */
export interface Ranking {
  /** Values, and what failed requests count for where they do. */
  n: number
  failed: number
  /** Value of a 1-based rank; Infinity for a request without one, whichever end it stands at. */
  at(rank: number): number
}

export function rankValues(
  { sample, failed: allFailed, left, failureWeight }: Values,
  { op }: Pick<Slo, 'op'>,
  failures: Gate['failures'],
): Ranking {
  const failed = ((failures === 'exclude' ? 0 : allFailed) + left) * failureWeight
  const first = isUpperBound(op) ? 0 : failed
  return { n: sample.length + failed, failed, at: (rank) => sample[rank - 1 - first] ?? Infinity }
}
