import type { ClosedLoad, Stage } from '../bench-spec/spec.ts'
import { findStageRound, listShifts, type Shift, totalDuration } from '../bench-spec/stages.ts'
import type { Ticket } from './schedule.ts'
import type { Deal } from './share.ts'

/** What a free slot may do: send, ask again at an instant, or when the measured phase begins. */
export type Turn =
  | { kind: 'send'; ticket: Ticket; due: number }
  | { kind: 'later'; at: number }
  | { kind: 'wait' }

/** Decides what the slots of a load in stages do. */
export interface StagedSchedule {
  /** What the 0-based `slot` may do at `at` (ms); `undefined`: there is nothing left for it. */
  take(at: number, slot: number): Turn | undefined
}

/**
 * Closed loop whose number of slots follows the stages. The warm-up goes through the slots of the first
 * one, the others wait for the measured phase. A slot above the present number is not refilled; one
 * that opens again is due at that instant, however late it comes.
 */
export function createStagedSchedule(
  { warmup, rounds, stages }: Pick<ClosedLoad, 'warmup' | 'rounds'> & { stages: readonly Stage[] },
  deal: Deal,
): StagedSchedule {
  const end = totalDuration(stages)
  const [first] = stages
  const warmed = Math.max(first?.from ?? 0, first?.to ?? 0)
  const shifts = new Map<number, Shift[]>()
  /** Instants that slots were told to come back at. */
  const appointments = new Map<number, number>()
  // One whose slots all open later has nothing to warm up with.
  const warmups = deal.count(warmed) > 0 ? deal.count(warmup) : 0
  let warm = 0
  let measured = 0
  let start: number | undefined

  function listOnce(slot: number): Shift[] {
    const known = shifts.get(slot) ?? listShifts(stages, slot)
    shifts.set(slot, known)
    return known
  }

  return {
    take(at, slot) {
      if (warm < warmups) {
        if (slot >= warmed) return { kind: 'wait' }
        const index = deal.number(warm++)
        return {
          kind: 'send',
          ticket: { target: 'candidate', phase: 'warmup', index, round: -1 },
          due: at,
        }
      }
      start ??= at
      const elapsed = at - start
      const shift = listOnce(slot).find(({ to }) => elapsed < to)
      if (elapsed >= end || shift === undefined) return undefined
      if (elapsed < shift.from) {
        appointments.set(slot, start + shift.from)
        return { kind: 'later', at: start + shift.from }
      }
      const due = appointments.get(slot) ?? at
      appointments.delete(slot)
      const where = findStageRound(stages, due - start, rounds)
      const index = deal.number(measured++)
      return {
        kind: 'send',
        ticket: { target: 'candidate', phase: 'measured', index, ...where },
        due,
      }
    },
  }
}
