import type { Status } from './decision.ts'
import type { TurnCause } from './reason.ts'
import type { SloVerdict } from './verdict.ts'

/** The verdict with another status, and with what made it that. */
export function turnTo(verdict: SloVerdict, to: Status, cause: TurnCause): SloVerdict {
  const { status: from, turns } = verdict
  return { ...verdict, status: to, turns: [...turns, { from, to, ...cause }] }
}
