/** Numbers between 0 and 1, neither of them included. */
export type Uniform = () => number

/** Of a generator of 32-bit numbers. */
export function toUniform(next: () => number): Uniform {
  return () => (next() + 0.5) / 2 ** 32
}

/** A normal variable of mean 0 and standard deviation 1, by Box and Muller. */
export function drawNormal(random: Uniform): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random())
}

/**
 * A gamma variable of scale 1: Marsaglia and Tsang, A simple method for generating gamma variables
 * (2000), with their boost for shapes below 1.
 */
export function drawGamma(shape: number, random: Uniform): number {
  if (shape < 1) return drawGamma(shape + 1, random) * random() ** (1 / shape)
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = drawNormal(random)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(random()) < x ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v
  }
}
