import type { Stage } from './spec.ts'

/** 0-based stage at `elapsed` ms; the last one also behind its end. */
export function findStage(stages: readonly Stage[], elapsed: number): number {
  let end = 0
  const found = stages.findIndex(({ duration }) => elapsed < (end += duration))
  return found === -1 ? stages.length - 1 : found
}

/** Where a stage begins, in ms from the start of the first one. */
export function startOfStage(stages: readonly Stage[], index: number): number {
  return stages.slice(0, index).reduce((sum, { duration }) => sum + duration, 0)
}

/** How long all of them last, ms. */
export function totalDuration(stages: readonly Stage[]): number {
  return startOfStage(stages, stages.length)
}

/** The most that any of them asks for. */
export function mostOfStages(stages: readonly Stage[]): number {
  return Math.max(...stages.map(({ from, to, ramp }) => (ramp > 0 ? Math.max(from, to) : to)))
}

/** Requests that are due in a stage of rates, before chance moves some across its ends. */
export function expectRequests({ duration, ramp, from, to }: Stage): number {
  return (((from + to) / 2) * ramp + to * (duration - ramp)) / 1000
}

/** 0-based slice of a stage at `elapsed` ms; each stage has so many `rounds`. */
export function findStageRound(
  stages: readonly Stage[],
  elapsed: number,
  rounds: number,
): { stage: number; round: number } {
  const stage = findStage(stages, elapsed)
  const { duration } = stages[stage] ?? { duration: 1 }
  const share = (elapsed - startOfStage(stages, stage)) / duration
  return { stage, round: Math.min(rounds - 1, Math.floor(share * rounds)) }
}

/** A time in which the asked level is constant, or rises or falls evenly. ms from the start. */
interface Piece {
  start: number
  end: number
  from: number
  to: number
}

function listPieces(stages: readonly Stage[]): Piece[] {
  return stages.flatMap(({ duration, ramp, from, to }, index) => {
    const start = startOfStage(stages, index)
    const pieces = [
      { start, end: start + ramp, from, to },
      { start: start + ramp, end: start + duration, from: to, to },
    ]
    return pieces.filter((piece) => piece.end > piece.start)
  })
}

/** When a slot is open, in ms from the start: `from` included, `to` not. */
export interface Shift {
  from: number
  to: number
}

/**
 * When the 0-based slot of a closed loop is open: while more than so many are asked for. A ramp opens
 * or closes one after the other, evenly, the first one at its beginning.
 */
export function listShifts(stages: readonly Stage[], slot: number): Shift[] {
  const shifts: Shift[] = []
  for (const piece of listPieces(stages)) {
    const shift = cutPiece(piece, slot)
    const last = shifts.at(-1)
    if (shift === undefined) continue
    if (last?.to === shift.from) last.to = shift.to
    else shifts.push(shift)
  }
  return shifts
}

function cutPiece({ start, end, from, to }: Piece, slot: number): Shift | undefined {
  if (Math.max(from, to) <= slot) return undefined
  if (Math.min(from, to) > slot) return { from: start, to: end }
  const reached = start + ((slot - from) / (to - from)) * (end - start)
  return from < to ? { from: reached, to: end } : { from: start, to: reached }
}
