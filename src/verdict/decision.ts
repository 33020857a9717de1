import { type Comparator, isUpperBound } from '../bench-spec/slo.ts'

export type Status = 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'

/** One-sided p-values: against "the SLO holds", and against "it is missed". */
export interface Tails {
  pFail: number
  pPass: number
}

/** A test's decision; `alpha` is the error on each side. */
export function decide({ pFail, pPass }: Tails, alpha: number): Exclude<Status, 'ERROR'> {
  if (pFail <= alpha) return 'FAIL'
  return pPass <= alpha ? 'PASS' : 'INCONCLUSIVE'
}

/** Distance to the bound, positive when the SLO holds; −Infinity for a failed request. */
export function measureMargin(op: Comparator, observed: number, bound: number): number {
  if (observed === Infinity) return -Infinity
  return isUpperBound(op) ? bound - observed : observed - bound
}
