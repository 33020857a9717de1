/** Of a list of errors. */
const mostMessages = 100

/** Levels of objects and lists around a message: no server wraps one in more, and a stack ends. */
const deepest = 32

/**
 * The server's own words in a JSON body, as they came: `{error: "s"}`, `{error: {message}}`, `{message}`,
 * `{detail}` (a string, or a list of validation errors, each with the place that it names), also
 * inside of an array. `undefined` when the body is not JSON or has none of these.
 */
export function errorMessage(body: string): string | undefined {
  try {
    return findMessage(JSON.parse(body))
  } catch {
    return undefined
  }
}

/** `errorMessage` for a payload that is parsed already. */
export function findMessage(payload: unknown, level: number = 0): string | undefined {
  if (level > deepest) return undefined
  if (Array.isArray(payload)) {
    const messages = payload.slice(0, mostMessages).map((entry) => findLocated(entry, level + 1))
    return messages.filter((message) => message !== undefined).join('; ') || undefined
  }
  if (typeof payload !== 'object' || payload === null) return undefined
  for (const key of ['error', 'message', 'detail', 'msg']) {
    const value = (payload as Record<string, unknown>)[key]
    const message = typeof value === 'string' ? value : findMessage(value, level + 1)
    if (message !== undefined && message.trim() !== '') return message
  }
  return undefined
}

/** A message behind the place that it is about, `loc` of a validation error: `body.max_tokens: …`. */
function findLocated(payload: unknown, level: number): string | undefined {
  const message = findMessage(payload, level)
  const { loc } = Object(payload) as { loc?: unknown }
  if (message === undefined || !Array.isArray(loc)) return message
  const place = loc.filter((part) => typeof part === 'string' || typeof part === 'number')
  return place.length === 0 ? message : `${place.join('.')}: ${message}`
}
