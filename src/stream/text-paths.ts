/** A text within a payload. */
export interface TextAtPath {
  /** Dotted, array indexes included; '' is the payload itself. */
  path: string
  text: string
}

/** Levels of a payload, and texts in it, that are looked at. */
const [deepest, mostTexts] = [12, 200]

/** Every text within a payload, in its order; data that is no JSON is one. */
export function listTexts(data: string): TextAtPath[] {
  const found: TextAtPath[] = []

  function walk(value: unknown, path: readonly string[]): void {
    if (found.length === mostTexts || path.length > deepest) return
    if (typeof value === 'string') found.push({ path: path.join('.'), text: value })
    if (typeof value !== 'object' || value === null) return
    for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key])
  }

  walk(parse(data), [])
  return found
}

function parse(data: string): unknown {
  try {
    const value: unknown = JSON.parse(data)
    // A token may look like a number.
    return typeof value === 'object' || typeof value === 'string' ? (value ?? data) : data
  } catch {
    return data
  }
}
