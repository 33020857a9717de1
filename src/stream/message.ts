/**
 * The server's own words in a JSON body, as they came: `{error: "s"}`, `{error: {message}}`, `{message}`,
 * `{detail}` (a string, or a list of validation errors), also inside of an array. `undefined` when
 * the body is not JSON or has none of these.
 */
export function errorMessage(body: string): string | undefined {
  try {
    return findMessage(JSON.parse(body))
  } catch {
    return undefined
  }
}

/** `errorMessage` for a payload that is parsed already. */
export function findMessage(payload: unknown): string | undefined {
  if (Array.isArray(payload)) return findMessage(payload[0])
  if (typeof payload !== 'object' || payload === null) return undefined
  for (const key of ['error', 'message', 'detail', 'msg']) {
    const value = (payload as Record<string, unknown>)[key]
    const message = typeof value === 'string' ? value : findMessage(value)
    if (message !== undefined && message.trim() !== '') return message
  }
  return undefined
}
