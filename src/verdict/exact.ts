import type { Tally } from './dependence.ts'
import { binomialAtLeast, binomialAtMost } from './tails.ts'

/** Effective ÷ actual number of observations, as each side of a test counts them. */
export interface Weights {
  fail: number
  pass: number
}

/** Bad observations among all, and what they count for. */
export interface Counted {
  n: number
  bad: number
  weights: Weights
}

/** Outcome of the exact binomial test of "the share of bad observations is at most `q`". */
export interface ExactTest extends Counted {
  /** P(so many bad ones or more) and P(so few or fewer) if the share were exactly `q`. */
  pFail: number
  pPass: number
  /**
   * The most bad ones that would still prove the SLO, the fewest that would disprove it, among `n`
   * and at these weights; `undefined`: no number would.
   */
  passAtMost: number | undefined
  failAtLeast: number | undefined
}

/**
 * Exact binomial tails on the bad observations, at their effective number (Korn and Graubard 1998):
 * n* = n·w, E* = E·w, in the tails with real-valued arguments. `alpha` is the error on each side.
 */
export function testExactly(
  { size: n, hits: bad }: Tally,
  q: number,
  alpha: number,
  weights: Weights = { fail: 1, pass: 1 },
): ExactTest {
  const pFail = (bad: number) => binomialAtLeast(bad * weights.fail, n * weights.fail, q)
  const pPass = (bad: number) => binomialAtMost(bad * weights.pass, n * weights.pass, q)
  const toPass = countWhile((bad) => pPass(bad) <= alpha, n)
  const toFail = countWhile((bad) => pFail(bad) > alpha, n)
  return {
    n,
    bad,
    weights,
    pFail: pFail(bad),
    pPass: pPass(bad),
    passAtMost: toPass === 0 ? undefined : toPass - 1,
    failAtLeast: toFail > n ? undefined : toFail,
  }
}

/** Clopper–Pearson limits of the share of bad observations, at the effective number of them. */
export function shareLimits(
  { n, bad, weights: { fail, pass } }: Counted,
  alpha: number,
): { low: number; high: number } {
  return {
    low: bracket((q) => binomialAtLeast(bad * fail, n * fail, q) <= alpha).low,
    high: bracket((q) => binomialAtMost(bad * pass, n * pass, q) > alpha).high,
  }
}

/**
 * Whether further observations of the same kind would decide: towards a PASS they do not where
 * requests gave no value, which more requests will not give either.
 */
export function canEstimate(
  { n, bad }: Pick<Counted, 'n' | 'bad'>,
  { q, withoutValue }: { q: number; withoutValue: number },
): boolean {
  return withoutValue === 0 || bad / n > q
}

const mostMore = 2 ** 20

/**
 * Further observations after which the test would decide if the share of bad ones stayed as it is:
 * an estimate. `undefined`: more than a million, or never.
 */
export function estimateMore(
  { n, bad, weights: { fail, pass } }: Counted,
  q: number,
  alpha: number,
): number | undefined {
  const decides = (more: number) => {
    const total = n + more
    const expected = Math.round((bad / n) * total)
    return (
      binomialAtLeast(expected * fail, total * fail, q) <= alpha ||
      binomialAtMost(expected * pass, total * pass, q) <= alpha
    )
  }
  let more = 1
  while (!decides(more)) {
    more *= 2
    if (more > mostMore) return undefined
  }
  const half = Math.floor(more / 2)
  return half + 1 + countWhile((extra) => !decides(half + 1 + extra), more - half - 1)
}

/** How many of 0, 1, 2, … `last` are true, for a condition that turns false once and stays so. */
function countWhile(condition: (at: number) => boolean, last: number): number {
  let low = 0
  let high = last + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (condition(middle)) low = middle + 1
    else high = middle
  }
  return low
}

/** The two ends of where a condition on a share, true below, turns false; 0 or 1 when it never does. */
function bracket(condition: (share: number) => boolean): { low: number; high: number } {
  let low = 0
  let high = 1
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2
    if (condition(middle)) low = middle
    else high = middle
  }
  return { low, high }
}
