import type { ContentRule } from './dialect.ts'

/** Keys from the root of a payload; `*` stands for every element of an array. */
export type Path = readonly string[]

export function parsePath(path: string): Path {
  return path.split('.')
}

/** The value at `path`; behind a `*`, the first that is neither missing nor null. */
export function findAt(root: unknown, path: Path, from = 0): unknown {
  let value = root
  for (let step = from; step < path.length; step++) {
    if (typeof value !== 'object' || value === null) return undefined
    const key = path[step] as string
    if (key === '*') {
      if (!Array.isArray(value)) return undefined
      for (const element of value) {
        const found = findAt(element, path, step + 1)
        if (found !== undefined && found !== null) return found
      }
      return undefined
    }
    value = (value as Record<string, unknown>)[key]
  }
  return value
}

/** All strings at `path`, in their order; empty ones left out. */
export function textsAt(
  root: unknown,
  path: Path,
  where?: ContentRule['where'],
  from = 0,
): readonly string[] {
  const star = path.indexOf('*', from)
  if (star === -1) {
    const text = textAt(root, path.slice(from), where)
    return text === '' ? [] : [text]
  }
  const elements = findAt(root, path.slice(0, star), from)
  if (!Array.isArray(elements)) return []
  return elements.flatMap((element) => textsAt(element, path, where, star + 1))
}

/** All strings at `path`, joined; '' when there is none. */
export function textAt(root: unknown, path: Path, where?: ContentRule['where'], from = 0): string {
  let value = root
  let holder: Record<string, unknown> | undefined
  for (let step = from; step < path.length; step++) {
    if (typeof value !== 'object' || value === null) return ''
    const key = path[step] as string
    if (key === '*') {
      if (!Array.isArray(value)) return ''
      let text = ''
      for (const element of value) text += textAt(element, path, where, step + 1)
      return text
    }
    holder = value as Record<string, unknown>
    value = holder[key]
  }
  if (typeof value !== 'string') return ''
  return where === undefined || holder?.[where.key] === where.equals ? value : ''
}
