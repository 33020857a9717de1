import { type Comparator, isUpperBound } from '../bench-spec/slo.ts'
import type { Tails } from './decision.ts'
import { addUp, compareGroups, type Tally, toShare, weigh } from './dependence.ts'
import { shareLimits } from './exact.ts'
import { describeLogs, fewestRounds, type RoundsTest, testLogs } from './rounds.ts'
import { binomialAtLeast, binomialAtMost, studentQuantile } from './tails.ts'

/** One value of a round, or of neighbouring rounds, of each target. */
export interface Pair {
  candidate: number
  baseline: number
}

interface Question {
  op: Comparator
  /** Of a ratio: 1 + the allowed change; of a difference the change itself. */
  bound: number
  /** The error on each side. */
  alpha: number
}

/**
 * Welch's t (1947) on ln(value) of rounds that were not run side by side; the interval is that of
 * candidate ÷ baseline. `undefined` for fewer than 3 rounds of either, and where there is no logarithm.
 */
export function testApart(
  candidate: readonly number[],
  baseline: readonly number[],
  question: Question,
): RoundsTest | undefined {
  if (Math.min(candidate.length, baseline.length) < fewestRounds) return undefined
  const all = [...candidate, ...baseline]
  if (!all.every((value) => value > 0 && Number.isFinite(value))) return undefined
  const [a, b] = [describeLogs(candidate), describeLogs(baseline)]
  const variance = a.error ** 2 + b.error ** 2
  const degrees =
    variance === 0
      ? all.length - 2
      : variance ** 2 /
        (a.error ** 4 / (candidate.length - 1) + b.error ** 4 / (baseline.length - 1))
  const error = Math.sqrt(variance)
  const centre = a.centre - b.centre
  return testLogs({ centre, error, degrees }, question)
}

/** Geometric mean of positive values. */
export function geometricMean(values: readonly number[]): number {
  return Math.exp(describeLogs(values).centre)
}

/** Outcome of the sign test. */
export interface SignTest extends Tails {
  /** Pairs beyond what is allowed, among those that are not exactly at it. */
  beyond: number
  pairs: number
}

/**
 * Sign test, for pairs that have no finite ratio: as likely beyond the limit as within it, were the
 * median change the allowed one. `limitOf`: the limit that a baseline's value makes.
 */
export function testSigns(
  pairs: readonly Pair[],
  op: Comparator,
  limitOf: (baseline: number) => number,
): SignTest {
  let beyond = 0
  let within = 0
  for (const { candidate, baseline } of pairs) {
    const limit = limitOf(baseline)
    if (candidate === limit) continue
    // A failed request is bad at either end.
    const holds =
      candidate !== Infinity && (isUpperBound(op) ? candidate < limit : candidate > limit)
    if (holds) within++
    else beyond++
  }
  const n = beyond + within
  const [pFail, pPass] = [binomialAtLeast(beyond, n, 0.5), binomialAtMost(beyond, n, 0.5)]
  return { pFail, pPass, beyond, pairs: n }
}

/** Outcome of the test of a difference of two shares. */
export interface DifferenceTest extends Tails {
  /** Share of the candidate − share of the baseline, and its limits. */
  difference: number
  interval: { low: number; high: number }
}

/**
 * Difference of two shares. The limits are those of Clopper and Pearson for each share, with the
 * design effect of its rounds, combined as squares (Zou and Donner 2008); p is the α at which a
 * limit meets the bound. Counts are of requests that belong to the share.
 */
export function testDifference(
  candidate: readonly Tally[],
  baseline: readonly Tally[],
  { op, bound, alpha }: Question,
): DifferenceTest {
  const limitsAt = (level: number): { low: number; high: number } => {
    const [a, b] = [limitShare(candidate, level), limitShare(baseline, level)]
    return {
      low: a.share - b.share - Math.hypot(a.share - a.low, b.high - b.share),
      high: a.share - b.share + Math.hypot(a.high - a.share, b.share - b.low),
    }
  }
  const difference = toShare(candidate) - toShare(baseline)
  const above = difference <= bound ? 1 : smallestLevel((level) => limitsAt(level).low > bound)
  const below = difference >= bound ? 1 : smallestLevel((level) => limitsAt(level).high < bound)
  const interval = limitsAt(alpha)
  return isUpperBound(op)
    ? { pFail: above, pPass: below, difference, interval }
    : { pFail: below, pPass: above, difference, interval }
}

function limitShare(
  clusters: readonly Tally[],
  level: number,
): { share: number; low: number; high: number } {
  const { size: n, hits: bad } = addUp(clusters)
  const share = bad / n
  const [dependence] = compareGroups(clusters, share * (1 - share), { of: 'rounds', at: 'bound' })
  const weight = dependence === undefined ? 1 : weigh(dependence, level)
  const weights = { fail: weight, pass: weight }
  return { share, ...shareLimits({ n, bad, weights }, level) }
}

/** Smallest α, up to ½, at which a condition holds that is easier the larger α is; 1 when none is. */
function smallestLevel(holds: (level: number) => boolean): number {
  // Beyond ½ a limit is on the other side of what was observed.
  if (!holds(0.499)) return 1
  let low = 0
  let high = 0.499
  for (let i = 0; i < 20; i++) {
    const middle = (low + high) / 2
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

const mostPairs = 10_000

/**
 * Further pairs of rounds after which the t test of these ratios would decide if their mean and
 * their spread stayed as they are: an estimate. `undefined`: more than ten thousand.
 */
export function estimatePairs(
  ratios: readonly number[],
  { bound, alpha }: Question,
): number | undefined {
  const { centre, error } = describeLogs(ratios)
  const spread = error * Math.sqrt(ratios.length)
  const distance = Math.abs(centre - Math.log(bound))
  for (let n = ratios.length + 1; n <= mostPairs; n = Math.ceil(n * 1.02)) {
    if (studentQuantile(alpha, n - 1) * spread <= distance * Math.sqrt(n)) return n - ratios.length
  }
  return undefined
}
