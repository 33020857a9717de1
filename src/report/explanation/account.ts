import { isUpperBound } from '../../bench-spec/slo.ts'
import type { Measured, Results, SloDocument } from '../../results/results.ts'

/** One step of an explanation: what it is about, and its arithmetic. */
export interface Step {
  about: string
  text: string
}

/** How a verdict comes out of the figures of results.json. */
export interface Account {
  steps: Step[]
  /** What results.json says otherwise than its own figures do; empty when they agree. */
  differences: string[]
  /** What the arithmetic alone comes to; `undefined` where there was none. */
  status: SloDocument['status'] | undefined
}

/** What one part of the arithmetic adds to an account. */
export type Part = Pick<Account, 'steps' | 'differences'>

/** An SLO and the run that it was judged on. */
export interface Case {
  slo: SloDocument
  results: Results
}

/** What an absolute SLO must have, and a relative one that was judged. */
export function readBound({ bound }: SloDocument): number {
  if (bound === null) throw new Error('results.json has no bound where there must be one')
  return bound
}

/** Error of each side at one look: 1 − confidence, shared by all looks that were planned. */
export function readAlpha({ verdict }: Results): number {
  return (1 - verdict.confidence) / verdict.looks.planned
}

/** Three significant digits, which the six of results.json are enough to compute anew. */
export function showFigure(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** A measured value with all digits that results.json has. */
export function showMeasured(value: Measured | null, unit: SloDocument['unit']): string {
  if (value === null) return '–'
  if (value === 'infinite') return '∞'
  if (unit === 'share') return String(value)
  return unit === 'tok/s' ? `${value} tok/s` : `${value}${unit}`
}

/** `bound − observed`, or the other way round; a failed request is bad at either end. */
export function marginStep({ observed, op, bound, margin, unit }: SloDocument): Step {
  const terms = [bound, observed].map((value) => showMeasured(value, unit))
  const distance = (isUpperBound(op) ? terms : terms.toReversed()).join(' − ')
  const text = margin === 'infinite' ? '−∞' : showMeasured(margin, unit)
  return { about: 'margin', text: `${distance} = ${text}` }
}

/** Whether two figures are the same as far as six significant digits of what they come from tell. */
function agree(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-3 * Math.max(Math.abs(one), Math.abs(other), 1e-300)
}

/** A difference in words, none when the figures agree. */
export function compare(name: string, stands: number | null, computed: number): string[] {
  if (stands !== null && agree(stands, computed)) return []
  return [
    `${name} is ${stands ?? 'null'} in results.json and ${showFigure(computed)} computed anew`,
  ]
}

/** `<= α = 0.05`, or `> α = 0.05`. */
export function besideAlpha(p: number, alpha: number): string {
  return `${p <= alpha ? '≤' : '>'} α = ${showFigure(alpha)}`
}
