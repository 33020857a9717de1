import { ticksPerMs } from '../engine/record.ts'

/** To 1e-4 ms: more digits than that the clock does not have. */
export function fixed(ms: number): number {
  return Math.round(ms * ticksPerMs) / ticksPerMs
}

/** Shares, rates and probabilities: six significant digits. */
export function significant(value: number): number {
  return Number(value.toPrecision(6))
}

/** What is missing is `null` in a document. */
export function orNull(value: number | undefined, round: (value: number) => number): number | null {
  return value === undefined ? null : round(value)
}
