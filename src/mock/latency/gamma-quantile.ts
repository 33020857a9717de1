/**
 * Inverse of the gamma distribution with this shape and scale 1, for u strictly between 0 and 1:
 * Newton's method on P(shape, x), from the cube of Wilson and Hilferty, kept inside a bracket.
 */
export function invertGamma(shape: number, u: number, z: number): number {
  const guess = shape * Math.max(0.01, 1 - 1 / (9 * shape) + z / (3 * Math.sqrt(shape))) ** 3
  let low = 0
  let high = Infinity
  let x = guess
  for (let step = 0; step < 200; step++) {
    const excess = computeGammaShare(shape, x) - u
    if (excess > 0) high = x
    else low = x
    const density = Math.exp((shape - 1) * Math.log(x) - x - computeLnGamma(shape))
    let next = x - excess / density
    if (!(next > low && next < high)) next = high === Infinity ? 2 * x : (low + high) / 2
    if (Math.abs(next - x) <= 1e-12 * x) return next
    x = next
  }
  return x
}

/** P(shape, x): the share of the gamma distribution of scale 1 below x, by its series. */
export function computeGammaShare(shape: number, x: number): number {
  let term = 1 / shape
  let sum = term
  for (let k = 1; k < 10_000 && term > sum * 1e-16; k++) {
    term *= x / (shape + k)
    sum += term
  }
  return Math.exp(shape * Math.log(x) - x - computeLnGamma(shape)) * sum
}

/** ln Γ(x) for x > 0; Stirling's series above 8, Γ(x + 1) = x Γ(x) below. */
function computeLnGamma(x: number): number {
  let shift = 0
  let large = x
  while (large < 8) shift += Math.log(large++)
  const square = large ** -2
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680))) / large
  return (large - 0.5) * Math.log(large) - large + Math.log(2 * Math.PI) / 2 + series - shift
}
