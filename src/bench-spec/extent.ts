import type { Path } from './issue.ts'

/** Lists and objects within each other. */
export const deepest = 100
/** Values of a document, those that aliases repeat counted each time. */
export const mostValues = 100_000

/** What a document has too much of, and where: every later step takes it in a bounded time without. */
export interface Excess {
  path: Path
  message: string
}

/** A value on its way from the root. */
interface Place {
  value: unknown
  key: string | number
  above: Place | undefined
  depth: number
}

/** `undefined` for a document that is not too deep, too large or within itself. */
export function findExcess(document: unknown): Excess | undefined {
  const open: Place[] = [{ value: document, key: '', above: undefined, depth: 0 }]
  let seen = 0
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (++seen > mostValues) return tell(place, nameMost())
    const { value, depth } = place
    if (typeof value !== 'object' || value === null) continue
    if (isBelowItself(place))
      return tell(place, 'stands within itself, which never ends. Remove it.')
    if (depth >= deepest) return tell(place, describeDepth())
    const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
    for (const [key, item] of entries.toReversed()) {
      open.push({ value: item, key, above: place, depth: depth + 1 })
    }
  }
  return undefined
}

export function describeDepth(): string {
  return `is a list or an object within ${deepest} others, and no more are read. Make it flatter.`
}

function nameMost(): string {
  return `is where the document comes to more than ${mostValues} values, those that aliases repeat included. Repeat less, or put rows into a data_source.`
}

function isBelowItself({ value, above }: Place): boolean {
  for (let place = above; place !== undefined; place = place.above) {
    if (place.value === value) return true
  }
  return false
}

function tell(place: Place, message: string): Excess {
  const path: (string | number)[] = []
  for (let at = place; at.above !== undefined; at = at.above) path.unshift(at.key)
  return { path, message }
}
