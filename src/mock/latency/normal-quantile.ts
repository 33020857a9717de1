/** Inverse of the standard normal distribution; Acklam's rational approximation, error < 1.2e-9. */
export function invertNormal(u: number): number {
  const tail = 0.02425
  if (u > 1 - tail) return -invertNormal(1 - u)
  if (u < tail) {
    const q = Math.sqrt(-2 * Math.log(u))
    return evaluate(tailTop, q) / (evaluate(tailBottom, q) * q + 1)
  }
  const q = u - 0.5
  const r = q * q
  return (evaluate(middleTop, r) * q) / (evaluate(middleBottom, r) * r + 1)
}

function evaluate(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}

const middleTop = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
]
const middleBottom = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
]
const tailTop = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734,
  4.374664141464968, 2.938163982698783,
]
const tailBottom = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416]
