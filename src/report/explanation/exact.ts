import { holds } from '../../metrics/measure.ts'
import { nearestRank } from '../../metrics/sample.ts'
import type { SloDocument } from '../../results/results.ts'
import { allowedShare } from '../../verdict/budget.ts'
import { decide } from '../../verdict/decision.ts'
import { estimateMore, type ExactTest } from '../../verdict/exact.ts'
import { isUpperBound } from '../../verdict/ranking.ts'
import {
  binomialAtLeast,
  binomialAtMost,
  normalQuantile,
  studentQuantile,
} from '../../verdict/tails.ts'
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
import { limitRanks, limitShare } from './limits.ts'
import { explainFailing, explainPassing, type Tails } from './sides.ts'

/** The binomial test on exceedances, see docs/verdicts.md. */
export function accountExact({ slo, results }: Case): Account {
  const alpha = readAlpha(results)
  const q = allowedShare({ ...slo, bound: readBound(slo), stat: readStat(slo) }) ?? 0
  const { n, exceedances: bad } = slo
  if (bad === null) {
    return { steps: [], differences: ['exceedances is null in results.json'], status: undefined }
  }
  const weight = weigh(slo, alpha)
  const tails: Tails = {
    q,
    alpha,
    fail: (count) => binomialAtLeast(count * weight.value, n * weight.value, q),
    pass: (count) => binomialAtMost(count * weight.value, n * weight.value, q),
  }
  const pFail = tails.fail(bad)
  const pPass = tails.pass(bad)
  const test = toTest(slo, { bad, weight: weight.value, pFail, pPass })
  const [size, count] = weight.value === 1 ? ['n', 'E'] : ['n*', 'E*']
  const [most, fewest] =
    weight.value === 1 ? [n, bad] : [showFigure(n * weight.value), showFigure(bad * weight.value)]
  const sides = [explainPassing(slo, tails), explainFailing(slo, tails)]
  const limits = slo.unit === 'share' ? limitShare(slo, test, alpha) : limitRanks(slo, results)
  const more = explainMore({ slo, results }, test, tails)
  return {
    steps: [
      ...observedSteps({ slo, results }),
      {
        about: 'bad',
        text: `E = ${bad} of n = ${n} observations; allowed is a share q = ${showFigure(q)}`,
      },
      { about: 'dependence', text: weight.text },
      {
        about: 'p_fail',
        text: `P(Bin(${size}, q) ≥ ${count}) = I_q(${count}, ${size} − ${count} + 1) with ${size} = ${most}, ${count} = ${fewest}: ${showFigure(pFail)} ${besideAlpha(pFail, alpha)}`,
      },
      {
        about: 'p_pass',
        text: `P(Bin(${size}, q) ≤ ${count}) = I_(1−q)(${size} − ${count}, ${count} + 1): ${showFigure(pPass)} ${besideAlpha(pPass, alpha)}`,
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

function observedSteps({ slo, results }: Case): Step[] {
  const { n, observed, unit } = slo
  const stat = readStat(slo)
  const value = showMeasured(observed, unit)
  const failures =
    results.verdict.failures === 'exclude'
      ? 'failed requests are left out'
      : 'a failed request stands at the end that is bad for the SLO'
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

/** Effective ÷ actual number of observations, after Korn and Graubard. */
function weigh(slo: SloDocument, alpha: number): { value: number; text: string } {
  const { design_effect: deff, clusters, n } = slo
  if (deff === null || clusters === null) {
    return {
      value: 1,
      text: `independence assumed: ${clusters ?? 0} groups of observations, a design effect takes 3`,
    }
  }
  const groups = slo.metric === 'chunk_gap' ? 'requests' : 'rounds'
  if (deff === 1)
    return { value: 1, text: `deff = 1: the ${clusters} ${groups} differ by chance alone` }
  const z = normalQuantile(alpha)
  const t = studentQuantile(alpha, clusters - 1)
  const value = (z / t) ** 2 / deff
  return {
    value,
    text: `deff = ${showFigure(deff)} over ${clusters} ${groups}: n* = n ÷ deff · (z ÷ t)² = ${n} ÷ ${showFigure(deff)} · (${showFigure(z)} ÷ ${showFigure(t)})² = ${showFigure(n * value)}; E* = E · n* ÷ n`,
  }
}

/** `more_requests`, from the same share of bad ones among more observations. */
function explainMore({ slo, results }: Case, test: ExactTest, { q, alpha }: Tails): Part {
  const { more_requests: more, n } = slo
  if (test.pFail <= alpha || test.pPass <= alpha) return { steps: [], differences: [] }
  const observations = estimateMore(test, q, alpha)
  const requests = requestsBehind({ slo, results })
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
      more !== null && Math.abs(more - computed) <= Math.max(1, computed / 1000)
        ? []
        : compare('more_requests', more, computed),
  }
}

/** Requests that it took to make the observations; gaps are counted, and failed ones may be left out. */
function requestsBehind({ slo, results }: Case): number {
  const { verdict, summary } = results
  const counted = slo.metric === 'chunk_gap' ? (slo.clusters ?? slo.n) : slo.n
  const leftOut =
    verdict.failures === 'exclude' && slo.unit === 'ms' && slo.metric !== 'dispatch_delay'
  return leftOut ? counted + summary.requests.failed : counted
}

function toTest(
  { n, pass_at_most: most, fail_at_least: fewest, clusters }: SloDocument,
  given: Pick<ExactTest, 'bad' | 'weight' | 'pFail' | 'pPass'>,
): ExactTest {
  return {
    ...given,
    n,
    passAtMost: most ?? undefined,
    failAtLeast: fewest ?? undefined,
    designEffect: undefined,
    clusters: clusters ?? 0,
  }
}
