const msExponent = { us: -3, ms: 0, s: 3 } as const

/** Matches what `parseDuration` reads. */
export const durationPattern = '^\\d+(\\.\\d+)?\\s*(us|ms|s|m|h)$'

/**
 * Reads a duration with its unit (us, ms, s, m, h): `800ms`, `1.5s`, `2m`.
 * Returns ms, or `undefined` when the text is no duration.
 */
export function parseDuration(text: string): number | undefined {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*(us|ms|s|m|h)$/.exec(text.trim()) ?? []
  if (number === undefined) return undefined
  if (unit === 'm') return Number(number) * 60_000
  if (unit === 'h') return Number(number) * 3_600_000
  return scale(number, msExponent[unit as keyof typeof msExponent])
}

/** Shifts a decimal number by powers of ten without a rounding error: `99.9`, -2 → 0.999. */
export function scale(number: string, exponent: number): number {
  return Number(`${number}e${exponent}`)
}
