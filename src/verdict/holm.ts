/**
 * p-values adjusted for their number (Holm 1979): the i-th smallest of k times k − i + 1, never less
 * than the one before it. Rejecting those at or below α keeps the chance of any false rejection at α.
 */
export function adjustByHolm(values: readonly number[]): number[] {
  const adjusted = values.map(() => 0)
  let least = 0
  const ascending = values.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p)
  for (const [i, { p, index }] of ascending.entries()) {
    least = Math.max(least, Math.min(1, p * (values.length - i)))
    adjusted[index] = least
  }
  return adjusted
}
