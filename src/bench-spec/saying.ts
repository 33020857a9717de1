import { type Message, toContents } from './message.ts'
import type { OwnCell } from './session.ts'
import type { Dataset, Target } from './spec.ts'
import { listNames, type PreparedRequest, prepareRequest, type Wanted } from './template.ts'

/** Where a request stands in its conversation. */
export interface Said {
  /** 0-based row of the data. */
  row: number
  /** 0-based. */
  turn: number
  /** What was said so far, from what the first user said to what is to be answered. */
  messages: readonly Message[]
}

/** What is sent to a target for a request of a conversation; pure. */
export type WriteSaying = (said: Said) => PreparedRequest

/**
 * Fills in `{{messages}}`, the system's first unless the target names `{{system}}`, `{{contents}}`,
 * the same as Gemini takes it, and the cells of the row and of the turn, of which the latter go first.
 */
export function createSayingWriter(
  target: Target,
  { rows, sessions = [] }: Pick<Dataset, 'rows' | 'sessions'>,
  wanted?: Wanted,
): WriteSaying {
  const names = listNames(target)
  const isApart = names.has('system')
  const takesContents = names.has('contents')
  return ({ row, turn, messages }) => {
    const session = sessions[row]
    const { system } = session ?? {}
    const first = system === undefined || isApart ? [] : [{ role: 'system', content: system }]
    const own: Record<OwnCell, unknown> = {
      messages: [...first, ...messages],
      contents: takesContents ? toContents(messages) : [],
      system: system ?? '',
    }
    const cells = { ...rows[row], ...session?.turns[turn]?.cells, ...own }
    return { row, ...prepareRequest(target, cells, wanted) }
  }
}
