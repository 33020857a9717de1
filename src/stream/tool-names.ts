import type { Dialect } from './dialect.ts'
import { parsePath, textsAt } from './path.ts'

/** Adds the names in the payload of one event. `name`: that of the event. */
export type AddNames = (payload: unknown, name: string | undefined) => void

/** Names that are kept of one answer. */
const mostNames = 100

/** Collects the names of the tools that an answer calls, as its dialect tells them. */
export function collectToolNames({ toolNames }: Dialect, names: string[]): AddNames {
  const rules = toolNames.map(({ events, path, where }) => ({
    events,
    where,
    path: parsePath(path),
  }))
  return (payload, name) => {
    for (const { events, path, where } of rules) {
      if (events !== undefined && (name === undefined || !events.includes(name))) continue
      for (const found of textsAt(payload, path, where)) {
        if (names.length < mostNames && !names.includes(found)) names.push(found)
      }
    }
  }
}
