import type { FinishRule } from './dialect.ts'
import { findAt, parsePath } from './path.ts'

/** Follows one answer up to where each of its choices has told why it ended. */
export interface FinishWatch {
  /** `undefined` and what has no choices says nothing. */
  note(payload: unknown): void
  /** Whether every choice that was seen has ended, and there was one. */
  finished(): boolean
}

/** Without a rule no answer finishes. */
export function watchFinish(rule: FinishRule | undefined): FinishWatch {
  const choicesAt = rule?.choices === undefined ? undefined : parsePath(rule.choices)
  const reasonAt = parsePath(rule?.reason ?? '')
  const seen = new Set<unknown>()
  const ended = new Set<unknown>()

  return {
    note(payload) {
      if (rule === undefined || payload === undefined) return
      const choices = choicesAt === undefined ? [payload] : findAt(payload, choicesAt)
      if (!Array.isArray(choices)) return
      for (const choice of choices as unknown[]) {
        const name = choicesAt === undefined ? undefined : findAt(choice, ['index'])
        const reason = findAt(choice, reasonAt)
        seen.add(name)
        // Some servers send an empty one with every event.
        if (typeof reason === 'string' && reason !== '') ended.add(name)
      }
    },
    finished: () => seen.size > 0 && seen.size === ended.size,
  }
}
