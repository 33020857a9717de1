import type { Fields } from './fields.ts'

/** What somebody says: a text, or a list of parts as the API takes them. */
export type Content = string | readonly unknown[]

/** A conversation as the data has it: what its user says. What is answered to that, the server says. */
export interface Session {
  /** What comes before the first turn; `undefined`: nothing. */
  system?: Content
  /** At least one. */
  turns: readonly Turn[]
}

export interface Turn {
  user: Content
  /** ms that its user thinks before it; `undefined`: the data does not say. */
  think?: number
  /**
   * What tools give that are called in its answers: in the first of them, then in the answer to that,
   * and so on. A request is kept for each, behind that of what the user says.
   */
  results: readonly ToolResult[]
  /** What else the data has of it. */
  cells: Fields
}

/** Of every tool, or by the name of the tool; `*` stands for those that are not named. */
export type ToolResult = string | Readonly<Record<string, string>>

/** One request of a session: what the user says, or what tools have given since. */
export interface Ask {
  /** 0-based. */
  turn: number
  /** 0: what the user says; n: the `n`-th results of tools. */
  step: number
}

/** The requests that a session may take, in their order. */
export function listAsks({ turns }: Session): Ask[] {
  return turns.flatMap(({ results }, turn) =>
    Array.from({ length: 1 + results.length }, (_, step) => ({ turn, step })),
  )
}

/**
 * The sessions with results of tools for each turn whose data has none: the same for up to `steps`
 * answers of it that call tools.
 */
export function scriptTools(
  sessions: readonly Session[],
  { result, steps }: { result: ToolResult; steps: number },
): readonly Session[] {
  const results = Array.from({ length: steps }, () => result)
  const script = (turn: Turn): Turn => (turn.results.length > 0 ? turn : { ...turn, results })
  return sessions.map((session) => ({ ...session, turns: session.turns.map(script) }))
}

/** What a tool gives, by its name; an empty text where nothing is said of it. */
export function giveResult(result: ToolResult, tool: string): string {
  if (typeof result === 'string') return result
  return Object.hasOwn(result, tool) ? (result[tool] ?? '') : (result['*'] ?? '')
}

/** What a conversation gives placeholders besides columns. */
export type OwnCell = (typeof wholeCells)[number] | 'system'

/** Those that are lists of what was said, and stand for a whole value. */
export const wholeCells = ['messages', 'contents'] as const

/** The cells that each turn of the data has; without conversations, those of each row. */
export function listCells({
  rows,
  sessions,
}: {
  rows: readonly Fields[]
  sessions?: readonly Session[]
}): readonly Fields[] {
  if (sessions === undefined) return rows
  return sessions.flatMap(({ turns }, row) =>
    turns.map(({ cells }) => ({ ...rows[row], ...cells })),
  )
}
