import { isUpperBound } from '../../bench-spec/slo.ts'
import { decide } from '../../verdict/decision.ts'
import {
  type Account,
  readAlpha,
  besideAlpha,
  readBound,
  type Case,
  marginStep,
  showFigure,
  showMeasured,
} from './account.ts'
import { compareRange, halfDigit, retrace } from './student.ts'

/** Student's t on the rounds' logarithms, out of its interval. */
export function accountRounds({ slo, results }: Case): Account {
  const { interval, rounds, unit, n, observed } = slo
  const bound = readBound(slo)
  const { low, high } = interval ?? {}
  const seen = { about: 'observed', text: `${showMeasured(observed, unit)} over n = ${n}` }
  if (typeof low !== 'number' || typeof high !== 'number' || rounds === null) {
    return { steps: [seen], differences: ['interval or rounds is missing'], status: undefined }
  }
  const alpha = readAlpha(results)
  const half =
    unit === 'ms' ? { low: 5e-5, high: 5e-5 } : { low: halfDigit(low), high: halfDigit(high) }
  const test = retrace({ low, high, half, bound, rounds, alpha })
  const upper = isUpperBound(slo.op)
  const [pFail, pPass] = upper ? [test.above, test.below] : [test.below, test.above]
  const [worse, better] = upper ? ['≥', '≤'] : ['≤', '≥']
  return {
    steps: [
      seen,
      marginStep(slo),
      {
        about: 'interval',
        text: `exp(mean ± t · s ÷ √R) of the R = ${rounds} rounds' ln values: ${showMeasured(low, unit)} to ${showMeasured(high, unit)}, with t = ${showFigure(test.reach)} at ${rounds - 1} degrees of freedom, so s ÷ √R = ${showFigure(test.error)}`,
      },
      {
        about: 't',
        text: `(mean − ln bound) ÷ (s ÷ √R) = ${showFigure(test.t)}, the bound is ${showMeasured(bound, unit)}`,
      },
      {
        about: 'p_fail',
        text: `P(T ${worse} t) = ${showFigure(pFail.value)} ${besideAlpha(pFail.value, alpha)}`,
      },
      {
        about: 'p_pass',
        text: `P(T ${better} t) = ${showFigure(pPass.value)} ${besideAlpha(pPass.value, alpha)}`,
      },
    ],
    differences: [
      ...compareRange('p_fail', slo.p_fail, pFail),
      ...compareRange('p_pass', slo.p_pass, pPass),
    ],
    status: decide({ pFail: slo.p_fail ?? pFail.value, pPass: slo.p_pass ?? pPass.value }, alpha),
  }
}
