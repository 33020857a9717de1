import { findAt, type Path } from './path.ts'

/** Where an `outputPath` found nothing. */
export interface MissingOutput {
  /** How far it led into the payload, dotted; '' is the payload itself. */
  at: string
  /** What is there instead: names of keys, in their order. */
  keys: readonly string[]
}

/** Keys that are told of. */
const mostKeys = 16

/** Follows `path` into a payload that has nothing at its end, as far as it leads. */
export function explainMissing(payload: unknown, path: Path): MissingOutput {
  for (let steps = path.length - 1; steps > 0; steps--) {
    const value = findAt(payload, path.slice(0, steps))
    if (isHolder(value)) return { at: path.slice(0, steps).join('.'), keys: listKeys(value) }
  }
  return { at: '', keys: isHolder(payload) ? listKeys(payload) : [] }
}

function isHolder(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function listKeys(holder: object): string[] {
  return Object.keys(holder).slice(0, mostKeys)
}
