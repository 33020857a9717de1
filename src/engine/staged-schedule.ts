import type { Load, Stage } from '../bench-spec/spec.ts'
import { findStageRound, listShifts, type Shift, totalDuration } from '../bench-spec/stages.ts'
import type { Later, Schedule, Ticket } from './schedule.ts'

/**
 * Closed loop whose number of slots follows the stages. The warm-up goes through the slots of the first
 * one, the others wait for the measured phase. A slot above the present number is not refilled; one
 * that opens again is due at that instant, however late it comes.
 */
export function createStagedSchedule(load: Load, stages: readonly Stage[]): Schedule {
  const end = totalDuration(stages)
  const [first] = stages
  const warmed = Math.max(first?.from ?? 0, first?.to ?? 0)
  const shifts = new Map<number, Shift[]>()
  /** Instants that slots were told to come back at. */
  const appointments = new Map<number, number>()
  let warmup = 0
  let measured = 0
  let start: number | undefined

  function listOnce(slot: number): Shift[] {
    const known = shifts.get(slot) ?? listShifts(stages, slot)
    shifts.set(slot, known)
    return known
  }

  function putOff(slot: number, at: number): Later {
    appointments.set(slot, at)
    return { at }
  }

  return {
    take(at, _, slot): Ticket | 'wait' | Later | undefined {
      if (warmup < load.warmup) {
        if (slot >= warmed) return 'wait'
        return { target: 'candidate', phase: 'warmup', index: warmup++, round: -1 }
      }
      start ??= at
      const elapsed = at - start
      const shift = listOnce(slot).find(({ to }) => elapsed < to)
      if (elapsed >= end || shift === undefined) return undefined
      if (elapsed < shift.from) return putOff(slot, start + shift.from)
      const due = appointments.get(slot) ?? at
      appointments.delete(slot)
      return {
        target: 'candidate',
        phase: 'measured',
        index: measured++,
        ...findStageRound(stages, due - start, load.rounds),
        due,
      }
    },
    isOpen: () => false,
    extend() {
      throw new Error('a load of stages has no extra rounds')
    },
  }
}
