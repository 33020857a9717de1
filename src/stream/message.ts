/** What is kept of a message. Longer than what is shown, so that it is cut after secrets are out of it, not through one. */
const messageLimit = 1000

// oxlint-disable no-control-regex -- control characters are what is looked for
const ansiSequence =
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]|\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)?|\u001B[ -/]*[0-~]?/g
/** Controls, line and paragraph separators, and marks that turn the direction of what follows. */
const unprintable =
  /[\u0000-\u001F\u007F-\u009F\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]+/g
// oxlint-enable no-control-regex

/**
 * Untrusted text as one line of at most `limit` UTF-16 units: escape sequences and control
 * characters removed, runs of white space made one space, the rest cut with an ellipsis.
 */
export function cleanMessage(text: string, limit: number = messageLimit): string {
  const line = text
    .slice(0, limit * 20)
    .toWellFormed()
    .replace(ansiSequence, '')
    .replace(unprintable, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  if (line.length <= limit) return line
  return `${line.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

/**
 * The server's own words in a JSON body, cleaned: `{error: "s"}`, `{error: {message}}`, `{message}`,
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
    const message = typeof value === 'string' ? cleanMessage(value) : findMessage(value)
    if (message !== undefined && message !== '') return message
  }
  return undefined
}
