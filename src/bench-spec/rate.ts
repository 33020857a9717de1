/** Matches what `parseRate` reads. */
export const ratePattern = '^(?=.*[1-9])\\d+(\\.\\d+)?\\s*/\\s*(s|min)$'

/** Reads a rate with its unit: `20/s`, `600/min`. Per second; `undefined` when the text is no rate. */
export function parseRate(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*\/\s*(s|min)$/.exec(text.trim()) ?? []
  if (number === undefined) return undefined
  return unit === 's' ? Number(number) : Number(number) / 60
}
