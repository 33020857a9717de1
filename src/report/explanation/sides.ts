import type { SloDocument } from '../../results/results.ts'
import { compare, type Part, showFigure } from './account.ts'

/** The binomial tails of a run, at its effective number of observations. */
export interface Tails {
  q: number
  alpha: number
  /** P of so many bad observations or more, of so many or fewer. */
  fail(count: number): number
  pass(count: number): number
}

/** The most bad ones that prove the SLO: the tail is at most α there, and above it at one more. */
export function explainPassing(slo: SloDocument, { pass, alpha }: Tails): Part {
  const { pass_at_most: most } = slo
  if (most === null) {
    const none = pass(0)
    return {
      steps: [{ about: 'PASS', text: `never: even E = 0 has P = ${showFigure(none)} > α` }],
      differences: none > alpha * 0.999 ? [] : compare('pass_at_most', null, 0),
    }
  }
  const [here, next] = [pass(most), pass(most + 1)]
  const holds = here <= alpha * 1.001 && next > alpha * 0.999
  return {
    steps: [
      {
        about: 'PASS',
        text: `up to E = ${most}: P(≤ ${most}) = ${showFigure(here)} ≤ α < P(≤ ${most + 1}) = ${showFigure(next)}`,
      },
    ],
    differences: holds
      ? []
      : [`pass_at_most is ${most} in results.json, which is not where the tail passes α`],
  }
}

/** The fewest bad ones that disprove it. */
export function explainFailing(slo: SloDocument, { fail, alpha }: Tails): Part {
  const { fail_at_least: fewest, n } = slo
  if (fewest === null) {
    const all = fail(n)
    return {
      steps: [{ about: 'FAIL', text: `never: even E = n = ${n} has P = ${showFigure(all)} > α` }],
      differences: all > alpha * 0.999 ? [] : compare('fail_at_least', null, n),
    }
  }
  const [here, before] = [fail(fewest), fail(fewest - 1)]
  const holds = here <= alpha * 1.001 && before > alpha * 0.999
  return {
    steps: [
      {
        about: 'FAIL',
        text: `from E = ${fewest}: P(≥ ${fewest}) = ${showFigure(here)} ≤ α < P(≥ ${fewest - 1}) = ${showFigure(before)}`,
      },
    ],
    differences: holds
      ? []
      : [`fail_at_least is ${fewest} in results.json, which is not where the tail passes α`],
  }
}
