import { listAsks, type Session } from './session.ts'
import type { Row } from './spec.ts'

/** Where a request stands in its conversation. */
export interface Placed {
  row?: number
  turn?: number
  step?: number
}

/** The tags that requests of conversations have by their place in them, and by the cells of their turns. */
export interface SessionTags {
  names: readonly string[]
  /** `undefined`: it has none by that name. */
  find(request: Placed, name: string): string | undefined
}

/** Where the data has requests: each of a conversation, or one for each row. */
export function listPlaces(
  rows: readonly Row[],
  sessions: readonly Session[] | undefined,
): Placed[] {
  if (sessions === undefined) return rows.map((_, row) => ({ row }))
  return sessions.flatMap((session, row) => listAsks(session).map((ask) => ({ row, ...ask })))
}

/** `turn` is counted from 1; `step` is 0 for what the user says, and n for the n-th results of tools. */
export function tagSessions(sessions: readonly Session[] | undefined): SessionTags {
  if (sessions === undefined) return { names: [], find: () => undefined }
  const cells = new Set(
    sessions.flatMap(({ turns }) => turns.flatMap((turn) => Object.keys(turn.cells))),
  )
  const hasSteps = sessions.some(({ turns }) => turns.some(({ results }) => results.length > 0))

  function find({ row = 0, turn = 0, step = 0 }: Placed, name: string): string | undefined {
    if (name === 'turn') return String(turn + 1)
    if (name === 'step' && hasSteps) return String(step)
    const cell = sessions?.[row]?.turns[turn]?.cells[name]
    return typeof cell === 'string' ? cell : JSON.stringify(cell)
  }

  return {
    names: ['turn', ...(hasSteps ? ['step'] : []), ...cells],
    find,
  }
}
