/**
 * Regularised incomplete beta I_x(a, b) for a, b > 0: DLMF 8.17.22, a continued fraction evaluated
 * by Lentz's method, on the side of the symmetry I_x(a, b) = 1 − I_{1−x}(b, a) where it converges.
 */
export function regularizedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + lnGamma(a + b) - lnGamma(a) - lnGamma(b),
  )
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b
}

/** P(Bin(n, q) ≥ bad) = I_q(bad, n − bad + 1); `n` and `bad` need not be whole. */
export function binomialAtLeast(bad: number, n: number, q: number): number {
  return bad <= 0 ? 1 : regularizedBeta(q, bad, n - bad + 1)
}

/** P(Bin(n, q) ≤ bad) = I_{1−q}(n − bad, bad + 1); `n` and `bad` need not be whole. */
export function binomialAtMost(bad: number, n: number, q: number): number {
  return bad >= n ? 1 : regularizedBeta(1 - q, n - bad, bad + 1)
}

/** P(T ≥ t) for Student's t: ½ I_{ν/(ν+t²)}(ν/2, ½) for t ≥ 0. */
export function studentAtLeast(t: number, degrees: number): number {
  const tail = regularizedBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
  return t >= 0 ? tail : 1 - tail
}

/** t with P(T ≥ t) = alpha, for alpha below ½. */
export function studentQuantile(alpha: number, degrees: number): number {
  return recall(`${alpha} ${degrees}`, () => solve((t) => studentAtLeast(t, degrees), alpha))
}

/** z with P(Z ≥ z) = alpha, for alpha below ½. */
export function normalQuantile(alpha: number): number {
  return recall(`${alpha}`, () => solve(normalAtLeast, alpha))
}

/** A run asks for few quantiles, and for each of them at every look. */
const quantiles = new Map<string, number>()

function recall(name: string, find: () => number): number {
  const known = quantiles.get(name)
  if (known !== undefined) return known
  const found = find()
  quantiles.set(name, found)
  return found
}

/** ½ − φ(z) Σ z^(2k+1) / (1·3·…·(2k+1)): the series of erf in DLMF 7.6.2. */
function normalAtLeast(z: number): number {
  let term = z
  let sum = z
  for (let odd = 3; term > sum * Number.EPSILON; odd += 2) {
    term *= (z * z) / odd
    sum += term
  }
  return 0.5 - (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI)
}

/** Positive root of a falling function, by bisection down to the last bit. */
function solve(falling: (at: number) => number, target: number): number {
  let low = 0
  let high = 1
  while (falling(high) > target) high *= 2
  for (;;) {
    const middle = (low + high) / 2
    if (middle <= low || middle >= high) return middle
    if (falling(middle) > target) low = middle
    else high = middle
  }
}

function betaFraction(x: number, a: number, b: number): number {
  let c = 1
  let d = 1 / awayFromZero(1 + betaCoefficient(1, x, a, b))
  let fraction = d
  let change = 0
  for (let i = 2; Math.abs(change - 1) > 1e-14; i++) {
    const coefficient = betaCoefficient(i, x, a, b)
    d = 1 / awayFromZero(1 + coefficient * d)
    c = awayFromZero(1 + coefficient / c)
    change = c * d
    fraction *= change
  }
  return fraction
}

/** d_i of DLMF 8.17.23. */
function betaCoefficient(i: number, x: number, a: number, b: number): number {
  const m = Math.floor(i / 2)
  return i % 2 === 0
    ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value
}

/** Stirling's series, DLMF 5.11.1, after Γ(x) = Γ(x + 1)/x has moved x to where 6 terms suffice. */
function lnGamma(x: number): number {
  let shift = 0
  let at = x
  for (; at < 12; at++) shift += Math.log(at)
  const r = 1 / (at * at)
  const series =
    (1 / 12 -
      r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r * (1 / 1188 - (r * 691) / 360360))))) /
    at
  return (at - 0.5) * Math.log(at) - at + Math.log(2 * Math.PI) / 2 + series - shift
}
