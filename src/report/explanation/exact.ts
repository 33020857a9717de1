import { allowedShare } from '../../bench-spec/sample-size.ts'
import { isUpperBound } from '../../bench-spec/slo.ts'
import { holds } from '../../metrics/measure.ts'
import { nearestRank } from '../../metrics/sample.ts'
import type { SloDocument } from '../../results/results.ts'
import { decide } from '../../verdict/decision.ts'
import { canEstimate, type Counted, estimateMore } from '../../verdict/exact.ts'
import { binomialAtLeast, binomialAtMost } from '../../verdict/tails.ts'
import { readStat } from '../statistic.ts'
import {
  type Account,
  readAlpha,
  besideAlpha,
  type Case,
  compare,
  readBound,
  showFigure,
  marginStep,
  showMeasured,
  type Step,
  type Part,
} from './account.ts'
import { limitRanks, limitShare, orLeft } from './limits.ts'
import { explainFailing, explainPassing, type Tails } from './sides.ts'
import { weighIn } from './weight.ts'

/** The binomial test on exceedances, see docs/verdicts.md. */
export function accountExact({ slo, results }: Case): Account {
  const alpha = readAlpha(results)
  const q = allowedShare({ ...slo, bound: readBound(slo), stat: readStat(slo) }) ?? 0
  const { n, exceedances: bad, dependence } = slo
  if (bad === null || dependence === null) {
    const missing = bad === null ? 'exceedances' : 'dependence'
    return { steps: [], differences: [`${missing} is null in results.json`], status: undefined }
  }
  const [fail, pass] = [dependence.fail, dependence.pass].map((side) => weighIn(side, n, alpha))
  const weights = { fail: fail?.weight ?? 1, pass: pass?.weight ?? 1 }
  const tails: Tails = {
    q,
    alpha,
    fail: (count) => binomialAtLeast(count * weights.fail, n * weights.fail, q),
    pass: (count) => binomialAtMost(count * weights.pass, n * weights.pass, q),
  }
  const pFail = tails.fail(bad)
  const pPass = tails.pass(bad)
  const test = { n, bad, weights }
  const [failing, passing] = [nameCounts(test, 'fail'), nameCounts(test, 'pass')]
  const sides = [explainPassing(slo, tails), explainFailing(slo, tails)]
  const limits = slo.unit === 'share' ? limitShare(slo, test, alpha) : limitRanks(slo, results)
  const more = explainMore(slo, test, tails)
  return {
    steps: [
      ...observedSteps({ slo, results }),
      {
        about: 'bad',
        text: `E = ${bad} of n = ${n} observations; allowed is a share q = ${showFigure(q)}`,
      },
      ...dependenceSteps(fail?.text ?? '', pass?.text ?? ''),
      {
        about: 'p_fail',
        text: `P(Bin(${failing.n}, q) ≥ ${failing.bad}) = I_q(${failing.bad}, ${failing.n} − ${failing.bad} + 1)${failing.values}: ${showFigure(pFail)} ${besideAlpha(pFail, alpha)}`,
      },
      {
        about: 'p_pass',
        text: `P(Bin(${passing.n}, q) ≤ ${passing.bad}) = I_(1−q)(${passing.n} − ${passing.bad}, ${passing.bad} + 1)${passing.values}: ${showFigure(pPass)} ${besideAlpha(pPass, alpha)}`,
      },
      ...sides.flatMap(({ steps }) => steps),
      ...limits.steps,
      ...more.steps,
    ],
    differences: [
      ...compareObserved(slo, bad),
      ...compare('p_fail', slo.p_fail, pFail),
      ...compare('p_pass', slo.p_pass, pPass),
      ...sides.flatMap(({ differences }) => differences),
      ...limits.differences,
      ...more.differences,
    ],
    status: decide({ pFail, pPass }, alpha),
  }
}

/** n and E, or what they count for on a side. */
function nameCounts(
  { n, bad, weights }: Counted,
  side: 'fail' | 'pass',
): { n: string; bad: string; values: string } {
  const weight = weights[side]
  if (weight === 1) return { n: 'n', bad: 'E', values: '' }
  const values = ` with n* = ${showFigure(n * weight)}, E* = ${showFigure(bad * weight)}`
  return { n: 'n*', bad: 'E*', values }
}

function dependenceSteps(fail: string, pass: string): Step[] {
  if (fail === pass) return [{ about: 'dependence', text: fail }]
  return [
    { about: 'for FAIL', text: fail },
    { about: 'for PASS', text: pass },
  ]
}

function observedSteps({ slo, results }: Case): Step[] {
  const { n, observed, unit } = slo
  const stat = readStat(slo)
  const value = showMeasured(observed, unit)
  const leftBefore = orLeft(slo)
  const failures =
    results.verdict.failures === 'exclude'
      ? `failed requests are left out${leftBefore === '' ? '' : '; one that left before stands at the end that is bad for the SLO'}`
      : `a failed request${leftBefore} stands at the end that is bad for the SLO`
  const rank =
    stat.kind === 'percentile'
      ? `${value}: rank ⌈n · ${stat.p / 100}⌉ = ${nearestRank(n, stat.p / 100)} of n = ${n} in ascending order; ${failures}`
      : `${value}: ${divide(slo)}`
  return [{ about: 'observed', text: rank }, marginStep(slo)]
}

/** The observed percentile is beyond the bound exactly when more are bad than may be. */
function compareObserved(slo: SloDocument, bad: number): string[] {
  const { observed, n, op } = slo
  const bound = readBound(slo)
  const stat = readStat(slo)
  if (stat.kind !== 'percentile') {
    const share = (isUpperBound(op) ? bad : n - bad) / n
    return compare('observed', observed === 'infinite' ? null : observed, share)
  }
  const rank = nearestRank(n, stat.p / 100)
  const missed = isUpperBound(op) ? bad > n - rank : bad >= rank
  // The bound itself may be on either side when the value was rounded.
  if (typeof observed === 'number' && Math.abs(observed - bound) < 1e-4) return []
  const held = typeof observed === 'number' && holds(observed, op, bound)
  if (held !== missed) return []
  return [`observed and exceedances contradict each other: ${bad} of ${n} are bad`]
}

/** A ceiling is over the bad ones, a floor under the others. */
function divide({ n, exceedances, op }: SloDocument): string {
  const bad = exceedances ?? 0
  return isUpperBound(op) ? `E ÷ n = ${bad} ÷ ${n}` : `(n − E) ÷ n = ${n - bad} ÷ ${n}`
}

/** `more_requests`, from the same share of bad ones among more observations. */
function explainMore(slo: SloDocument, test: Counted, { q, alpha, fail, pass }: Tails): Part {
  const { more_requests: more, n } = slo
  if (fail(test.bad) <= alpha || pass(test.bad) <= alpha) return { steps: [], differences: [] }
  const { requests, without_value: withoutValue } =
    slo.reason.kind === 'exceedances' ? slo.reason : { requests: n, without_value: 0 }
  if (!canEstimate(test, { q, withoutValue })) {
    const text = `no estimate: ${withoutValue} completed requests gave no value, and more of them would not either`
    const differences = more === null ? [] : compare('more_requests', more, Infinity)
    return { steps: [{ about: 'more', text }], differences }
  }
  const observations = estimateMore(test, q, alpha)
  const computed = observations && Math.ceil((observations * requests) / n)
  if (computed === undefined) {
    const differences = more === null ? [] : compare('more_requests', more, Infinity)
    return {
      steps: [
        { about: 'more', text: 'no number of further requests up to a million would decide' },
      ],
      differences,
    }
  }
  const unequal =
    requests === n ? '' : ` (${observations} observations, ${n} came of ${requests} requests)`
  return {
    steps: [
      {
        about: 'more',
        text: `about ${computed} requests${unequal}: with the same share ${test.bad} ÷ ${n} of bad ones a tail would come to α; an estimate`,
      },
    ],
    differences:
      more !== null && Math.abs(more - computed) <= Math.max(1, computed / 100)
        ? []
        : compare('more_requests', more, computed),
  }
}
