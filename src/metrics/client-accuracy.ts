/** All but a few of the errors of a client are at most `error`, ms: as many as `stat` leaves beyond it. */
export interface ErrorBound {
  stat: 'p50' | 'p95' | 'p99' | 'max'
  error: number
}

/**
 * By how much a client is late, with one thing: bounds of it, the largest first. The first holds for
 * everything: the hundredth that a p99 leaves beyond it is let go.
 */
export type Lateness = readonly [ErrorBound, ...ErrorBound[]]

/** How far the times of a client can be trusted. */
export interface Accuracy {
  /** With a time of a request. */
  request: Lateness
  /** With a token event. */
  chunk: Lateness
  /** Requests that this was measured with; infinite where it is no sample of them. */
  requests: number
}

/** Of a client that was late by so much (p99, ms), whatever it did. */
export function assumeLateness(delay: number): Accuracy {
  const lateness = [{ stat: 'p99', error: delay }] as const
  return { request: lateness, chunk: lateness, requests: Infinity }
}

const shareBeyond = { max: 0, p99: 0, p95: 0.05, p50: 0.5 }

/** One-sided, at 95 %, of the normal distribution. */
const oneSided = 1.645

/**
 * Share of `n` requests that are off by more than this. What `stat` leaves beyond it is known from a
 * sample, and happens by chance: the share is the most that the two make of it at 95 %.
 */
export function countBeyond({ stat }: ErrorBound, requests: number, n: number): number {
  const share = shareBeyond[stat]
  return share + oneSided * Math.sqrt(share * (1 - share) * (1 / requests + 1 / n))
}
