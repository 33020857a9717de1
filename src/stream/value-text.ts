/** A value of JSON as text: a text as it is, all else as JSON; '' of what is nested so deeply that no stack takes it. */
export function writeValue(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value)
  } catch {
    return ''
  }
}
