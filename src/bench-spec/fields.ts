/** What is known of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A body as an object, also of a text that is JSON; `undefined` where it is none. */
export function parseFields(body: unknown): Fields | undefined {
  if (isFields(body)) return body
  if (typeof body !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(body)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}
