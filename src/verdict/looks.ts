import type { Gate } from '../bench-spec/spec.ts'

/** How often the records of one run are judged. */
export interface Looks {
  /** At the most: the run, and each of its extra rounds. */
  planned: number
  taken: number
  /** Of each look. */
  confidence: number
}

/**
 * Error allowed on each side at one look. A run that may be judged k times spends α ÷ k on each
 * (Bonferroni): all of them together err in at most α of runs, whenever it was stopped.
 */
export function shareAlpha({ confidence, maxExtraRounds }: Gate): number {
  return (1 - confidence) / (1 + maxExtraRounds)
}

export function countLooks(gate: Gate, taken: number): Looks {
  const planned = 1 + gate.maxExtraRounds
  return { planned, taken, confidence: 1 - shareAlpha(gate) }
}
