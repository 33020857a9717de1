/** `value` is asked at the given share (0.95 for p95); 0 is the minimum, 1 the maximum. */
export interface QuantilePoint {
  name: string
  share: number
  value: number
}

/**
 * n ascending values whose nearest-rank quantiles x(⌈n·share⌉) are the given points, linear in rank
 * between them. Without a point for the minimum it is half of the lowest one; without one for the
 * maximum it is the highest.
 *
 * `points` ascend in share and value. `clash` names two points that fall on the same rank with
 * different values: n is too small for both.
 */
export function spreadQuantiles(
  points: readonly QuantilePoint[],
  n: number,
): { grid: number[] } | { clash: [string, string] } {
  const knots: { rank: number; name: string; value: number }[] = []
  for (const { name, share, value } of points) {
    // The epsilon keeps a product such as 100 × 0.07 = 7.000000000000001 on its rank.
    const rank = Math.max(1, Math.ceil(n * share - 1e-9))
    const last = knots.at(-1)
    if (last?.rank !== rank) knots.push({ rank, name, value })
    else if (last.value !== value) return { clash: [last.name, name] }
  }
  const lowest = knots[0]!
  if (lowest.rank > 1) knots.unshift({ rank: 1, name: 'min', value: lowest.value / 2 })
  const highest = knots.at(-1)!
  if (highest.rank < n) knots.push({ rank: n, name: 'max', value: highest.value })

  const grid = [knots[0]!.value]
  for (const [index, knot] of knots.slice(1).entries()) {
    const from = knots[index]!
    for (let rank = from.rank + 1; rank < knot.rank; rank++) {
      const part = (rank - from.rank) / (knot.rank - from.rank)
      grid.push(from.value + part * (knot.value - from.value))
    }
    grid.push(knot.value)
  }
  return { grid }
}
