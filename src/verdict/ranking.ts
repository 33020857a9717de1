import type { Slo } from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import { isUpperBound } from '../metrics/measure.ts'
import type { Observation } from '../metrics/observation.ts'

export { isUpperBound }

export type Values = Extract<Observation, { kind: 'values' }>

/** Observed values in ascending order, failed requests at the end that is bad for the SLO. */
export interface Ranking {
  /** Values, and failed requests where they count. */
  n: number
  failed: number
  /** Value of a 1-based rank; Infinity for a failed request, whichever end it stands at. */
  at(rank: number): number
}

export function rankValues(
  { sample, failed: allFailed }: Values,
  { op }: Pick<Slo, 'op'>,
  failures: Gate['failures'],
): Ranking {
  const failed = failures === 'exclude' ? 0 : allFailed
  const first = isUpperBound(op) ? 0 : failed
  return { n: sample.length + failed, failed, at: (rank) => sample[rank - 1 - first] ?? Infinity }
}
