import { cleanMessage } from '../bench-spec/plain-text.ts'

/** Of a list of errors. */
const mostMessages = 100

/**
 * The server's own words in a JSON body, cleaned: `{error: "s"}`, `{error: {message}}`, `{message}`,
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
export function findMessage(payload: unknown): string | undefined {
  if (Array.isArray(payload)) {
    const messages = payload.slice(0, mostMessages).map(findLocated)
    return messages.filter((message) => message !== undefined).join('; ') || undefined
  }
  if (typeof payload !== 'object' || payload === null) return undefined
  for (const key of ['error', 'message', 'detail', 'msg']) {
    const value = (payload as Record<string, unknown>)[key]
    const message = typeof value === 'string' ? cleanMessage(value) : findMessage(value)
    if (message !== undefined && message !== '') return message
  }
  return undefined
}

/** A message behind the place that it is about, `loc` of a validation error: `body.max_tokens: …`. */
function findLocated(payload: unknown): string | undefined {
  const message = findMessage(payload)
  const { loc } = Object(payload) as { loc?: unknown }
  if (message === undefined || !Array.isArray(loc)) return message
  const place = loc.filter((part) => typeof part === 'string' || typeof part === 'number')
  return place.length === 0 ? message : `${cleanMessage(place.join('.'))}: ${message}`
}
