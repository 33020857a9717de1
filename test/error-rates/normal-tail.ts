/** Of the highest power of t first: the fit of erfc in Press et al., Numerical Recipes, § 6.2 (erfcc). */
const erfcFit = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
  1.00002368, -1.26551223,
]

/** P(Z ≥ z) of a standard normal Z, with a relative error below 1.2e-7 far out as well. */
export function normalAtLeast(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + x / 2)
  let exponent = 0
  for (const coefficient of erfcFit) exponent = exponent * t + coefficient
  const tail = (t * Math.exp(exponent - x * x)) / 2
  return z >= 0 ? tail : 1 - tail
}

/** z with P(Z ≥ z) = `share`. */
export function normalAbove(share: number): number {
  return solveFalling(normalAtLeast, share, [-10, 10])
}

/** Where a falling function comes down to `share`, by bisection. */
export function solveFalling(
  falling: (at: number) => number,
  share: number,
  [from, to]: readonly [from: number, to: number],
): number {
  let [low, high] = [from, to]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (falling(middle) > share) low = middle
    else high = middle
  }
  return (low + high) / 2
}
