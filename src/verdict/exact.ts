import { binomialAtLeast, binomialAtMost, normalQuantile, studentQuantile } from './tails.ts'

/** Observations that were made together. */
export interface Tally {
  size: number
  /** Those that are counted: the bad ones of a budget, those that belong to a share. */
  hits: number
}

/** Outcome of the exact binomial test of "the share of bad observations is at most `q`". */
export interface ExactTest {
  n: number
  bad: number
  /** P(so many bad ones or more) and P(so few or fewer) if the share were exactly `q`. */
  pFail: number
  pPass: number
  /**
   * The most bad ones that would still prove the SLO, the fewest that would disprove it, among `n`
   * and at this run's design effect; `undefined`: no number would.
   */
  passAtMost: number | undefined
  failAtLeast: number | undefined
  /** `undefined`: fewer than 3 clusters, independence assumed. */
  designEffect: number | undefined
  clusters: number
  /** Effective ÷ actual number of observations. */
  weight: number
}

/** With fewer, nothing is known of how much they differ. */
export const fewestClusters = 3

/**
 * Exact binomial tails on the bad observations, with the design effect of Korn and Graubard (1998)
 * over the clusters: n* = n/deff · (z/t)², E* = p̂·n*, in the tails with real-valued arguments.
 * `alpha` is the error on each side.
 */
export function testExactly(clusters: readonly Tally[], q: number, alpha: number): ExactTest {
  const { size: n, hits: bad } = addUp(clusters)
  const effect = clusters.length < fewestClusters ? undefined : measureEffect(clusters, q)
  const weight = weigh(effect, clusters.length - 1, alpha)
  const pFail = (bad: number) => binomialAtLeast(bad * weight, n * weight, q)
  const pPass = (bad: number) => binomialAtMost(bad * weight, n * weight, q)
  const toPass = countWhile((bad) => pPass(bad) <= alpha, n)
  const toFail = countWhile((bad) => pFail(bad) > alpha, n)
  return {
    n,
    bad,
    pFail: pFail(bad),
    pPass: pPass(bad),
    passAtMost: toPass === 0 ? undefined : toPass - 1,
    failAtLeast: toFail > n ? undefined : toFail,
    designEffect: effect,
    clusters: clusters.length,
    weight,
  }
}

/** Clopper–Pearson limits of the share of bad observations, at the effective number of them. */
export function shareLimits(
  { n, bad, weight }: ExactTest,
  alpha: number,
): { low: number; high: number } {
  return {
    low: bracket((q) => binomialAtLeast(bad * weight, n * weight, q) <= alpha).low,
    high: bracket((q) => binomialAtMost(bad * weight, n * weight, q) > alpha).high,
  }
}

const mostMore = 2 ** 20

/**
 * Further observations after which the test would decide if the share of bad ones stayed as it is:
 * an estimate. `undefined`: more than a million, or never.
 */
export function estimateMore(
  { n, bad, weight }: ExactTest,
  q: number,
  alpha: number,
): number | undefined {
  const decides = (more: number) => {
    const total = n + more
    const expected = Math.round((bad / n) * total) * weight
    return (
      binomialAtLeast(expected, total * weight, q) <= alpha ||
      binomialAtMost(expected, total * weight, q) <= alpha
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

/** All clusters as one. */
export function addUp(clusters: readonly Tally[]): Tally {
  let size = 0
  let hits = 0
  for (const cluster of clusters) {
    size += cluster.size
    hits += cluster.hits
  }
  return { size, hits }
}

/** Share of the hits, 0–1; NaN without an observation. */
export function toShare(clusters: readonly Tally[]): number {
  const { size, hits } = addUp(clusters)
  return hits / size
}

function measureEffect(clusters: readonly Tally[], q: number): number {
  const { size: n, hits } = addUp(clusters)
  let squares = 0
  for (const cluster of clusters) squares += (cluster.hits - (hits / n) * cluster.size) ** 2
  return toDesignEffect(squares, clusters.length, { n, q })
}

/**
 * Variance of a share between k clusters ÷ its binomial variance under `q`, at least 1; `squares` is
 * Σ(e − p̂m)² over clusters with e hits among m.
 */
export function toDesignEffect(
  squares: number,
  clusters: number,
  { n, q }: { n: number; q: number },
): number {
  const between = ((clusters / (clusters - 1)) * squares) / n ** 2
  const binomial = (q * (1 - q)) / n
  return binomial === 0 ? 1 : Math.max(1, between / binomial)
}

/** Effective ÷ actual number of observations. */
export function weigh(designEffect: number | undefined, degrees: number, alpha: number): number {
  if (designEffect === undefined || designEffect === 1) return 1
  return (normalQuantile(alpha) / studentQuantile(alpha, degrees)) ** 2 / designEffect
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
