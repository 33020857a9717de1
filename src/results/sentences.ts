import type { Results, SloDocument } from './results-document.ts'

/** A part of a document without its sentence. */
export type Untold<T> = T extends unknown ? Omit<T, 'why'> : never

type Verdict = Results['verdict']

/**
 * The sentences that stand in a document beside its codes. `report` makes them of nothing else than
 * these codes, so that a document that was read back is told in the same words.
 */
export interface Sentences {
  slo(slo: Untold<SloDocument>, end: Results['end']): string
  verdict(verdict: Pick<Verdict, 'status' | 'reason'>, end: Results['end']): string
  end(end: Exclude<Untold<Results['end']>, { kind: 'finished' }>): string
}
