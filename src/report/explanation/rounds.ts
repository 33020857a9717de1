import { isUpperBound } from '../../verdict/ranking.ts'
import { studentAtLeast, studentQuantile } from '../../verdict/tails.ts'
import {
  type Account,
  alphaOf,
  besideAlpha,
  type Case,
  decide,
  marginStep,
  showFigure,
  showMeasured,
} from './account.ts'

/**
 * Student's t on the rounds' logarithms. Their mean and standard error come out of the interval, so
 * the tails are known as far as its printed digits tell: to a range.
 */
export function accountRounds({ slo, results }: Case): Account {
  const { interval, clusters, bound, unit, n, observed } = slo
  const { low, high } = interval ?? {}
  const seen = { about: 'observed', text: `${showMeasured(observed, unit)} over n = ${n}` }
  if (typeof low !== 'number' || typeof high !== 'number' || clusters === null) {
    return { steps: [seen], differences: ['interval or clusters is missing'], status: undefined }
  }
  const alpha = alphaOf(results)
  const degrees = clusters - 1
  const reach = studentQuantile(alpha, degrees)
  const upper = isUpperBound(slo.op)
  const half = unit === 'ms' ? () => 5e-5 : halfDigit
  const tails = [-1, 0, 1].flatMap((one) =>
    [-1, 0, 1].map((other) => {
      const [from, to] = [Math.log(low + one * half(low)), Math.log(high + other * half(high))]
      const error = Math.max(0, (to - from) / 2 / reach)
      const distance = (from + to) / 2 - Math.log(bound)
      const t = distance === 0 ? 0 : distance / error
      return { t, error, above: studentAtLeast(t, degrees), below: studentAtLeast(-t, degrees) }
    }),
  )
  const middle = tails[4]
  const sides = {
    p_fail: tails.map(({ above, below }) => (upper ? above : below)),
    p_pass: tails.map(({ above, below }) => (upper ? below : above)),
  }
  const [pFail, pPass] = [sides.p_fail[4] ?? 1, sides.p_pass[4] ?? 1]
  const [worse, better] = upper ? ['≥', '≤'] : ['≤', '≥']
  return {
    steps: [
      seen,
      marginStep(slo),
      {
        about: 'interval',
        text: `exp(mean ± t · s ÷ √R) of the R = ${clusters} rounds' ln values: ${showMeasured(low, unit)} to ${showMeasured(high, unit)}, with t = ${showFigure(reach)} at ${degrees} degrees of freedom, so s ÷ √R = ${showFigure(middle?.error ?? 0)}`,
      },
      {
        about: 't',
        text: `(mean − ln bound) ÷ (s ÷ √R) = ${showFigure(middle?.t ?? 0)}, the bound is ${showMeasured(bound, unit)}`,
      },
      {
        about: 'p_fail',
        text: `P(T ${worse} t) = ${showFigure(pFail)} ${besideAlpha(pFail, alpha)}`,
      },
      {
        about: 'p_pass',
        text: `P(T ${better} t) = ${showFigure(pPass)} ${besideAlpha(pPass, alpha)}`,
      },
    ],
    differences: (['p_fail', 'p_pass'] as const).flatMap((name) => {
      const stands = slo[name]
      const range = [Math.min(...sides[name]) * 0.999, Math.max(...sides[name]) * 1.001]
      if (stands !== null && stands >= range[0]! && stands <= range[1]!) return []
      return [
        `${name} is ${stands} in results.json, and between ${range.map(showFigure).join(' and ')} by its interval`,
      ]
    }),
    status: decide({ p_fail: slo.p_fail ?? pFail, p_pass: slo.p_pass ?? pPass }, alpha),
  }
}

/** Half a unit of the sixth significant digit. */
function halfDigit(value: number): number {
  return 0.5 * 10 ** (Math.floor(Math.log10(value)) - 5)
}
