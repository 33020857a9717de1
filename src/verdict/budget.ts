import { keepKnown } from '../bench-spec/known.ts'
import { allowedBad, allowedBeyond, limitsFailures } from '../bench-spec/sample-size.ts'
import { type AbsoluteSlo, type Comparator, isUpperBound } from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import { holds } from '../metrics/measure.ts'
import type { Observation, RequestMerit } from '../metrics/observation.ts'
import { gatherSample, nearestRank } from '../metrics/sample.ts'
import { filterLazily, mapLazily, type Sequence } from '../metrics/sequence.ts'
import { type Arrangement, keepTallies, measureBurst, type Tally } from './dependence.ts'
import { isFar } from './distance.ts'
import { type Counted, type ExactTest, shareLimits } from './exact.ts'
import { type Ranking, rankValues, type Values } from './ranking.ts'

/** An SLO on a percentile or a share, as the question of how many observations may be bad. */
export interface Budget extends Arrangement {
  /** Share of observations that may be bad, 0–1. */
  q: number
  /** Requests it took to make the observations, failed ones included. */
  requests: number
  /** What the SLO speaks of, in its own unit. */
  observed: number
  /** Requests that count as bad because they failed; 0 for a share, which is of nothing else. */
  failed: number
  /** The same of those that left before there was a value. */
  left: number
  /** Completed requests that cannot have a value, and what they add at the worst. */
  unseen: Tally & { requests: number }
  /** Those, and the completed ones whose value is not known. */
  withoutValue: number
  /** Limits of `observed` that go with a test: it decides when the bound is outside. */
  limits(test: ExactTest, alpha: number): { low: number | undefined; high: number | undefined }
}

export function percentileBudget(
  { op, bound }: AbsoluteSlo,
  percent: number,
  { observation, failures }: { observation: Values; failures: Gate['failures'] },
): Budget {
  const ranking = rankValues(observation, { op }, failures)
  const { failureWeight, unseen, unknown } = observation
  const failed = failures === 'exclude' ? 0 : observation.failed
  const requests = observation.requests.length - (observation.failed - failed)
  const counted = filterLazily(
    observation.requests,
    requests,
    ({ failed, left }) => !failed || left === true || failures !== 'exclude',
  )
  const count = (isBad: (value: number) => boolean): Sequence<Tally> =>
    keepTallies(
      mapLazily(counted, ({ values, failed }) => {
        if (failed) return { size: failureWeight, hits: failureWeight }
        return { size: values.length, hits: values.filter(isBad).length }
      }),
    )
  const q = allowedBeyond(percent, op)
  const own = findOwnQuantile(ranking, q, op)
  return keepKnown<Budget>({
    q,
    tallies: count((value) => !holds(value, op, bound)),
    anchored:
      own === undefined
        ? undefined
        : count((value) => (isUpperBound(op) ? value > own : value < own)),
    isFar: () =>
      isFar(
        mapLazily(counted, ({ values, failed }) =>
          failed ? [isUpperBound(op) ? Infinity : -Infinity] : values,
        ),
        { op, bound },
        percent / 100,
      ),
    many: failureWeight > 1,
    sessions: listSessions(observation.requests, ({ failed }) => !failed || failures !== 'exclude'),
    requests: observation.requests.length + unseen + unknown,
    observed: ranking.at(nearestRank(ranking.n, percent / 100)),
    failed,
    left: observation.left,
    unseen: { requests: unseen, size: unseen * failureWeight, hits: unseen * failureWeight },
    withoutValue: unseen + unknown,
    limits: ({ n, passAtMost, failAtLeast }) => {
      const at = (rank: number) => ranking.at(isUpperBound(op) ? n + 1 - rank : rank)
      const fails = failAtLeast === undefined ? undefined : at(failAtLeast)
      // At most k values are bad exactly when the k + 1st from the bad end is not.
      const passes = passAtMost === undefined ? undefined : at(passAtMost + 1)
      if (isUpperBound(op)) return { low: fails, high: passes }
      return { low: finite(passes), high: finite(fails) }
    },
  })
}

/** Of each request that counts, its conversation; `undefined` without conversations. */
function listSessions<T extends { session?: number | undefined }>(
  requests: Iterable<T>,
  counts: (request: T) => boolean,
): number[] | undefined {
  const sessions: number[] = []
  for (const request of requests) {
    if (request.session === undefined) return undefined
    if (counts(request)) sessions.push(request.session)
  }
  return sessions
}

/** The value beyond which a share `q` lies; `undefined` when that is a failed request. */
function findOwnQuantile({ n, at }: Ranking, q: number, op: Comparator): number | undefined {
  const rank = nearestRank(n, 1 - q)
  return finite(at(isUpperBound(op) ? rank : n + 1 - rank))
}

/** Below a floor, a failed request is no limit. */
function finite(value: number | undefined): number | undefined {
  return value === Infinity ? undefined : value
}

export function shareBudget(
  { metric, op, bound }: Pick<AbsoluteSlo, 'metric' | 'op' | 'bound'>,
  { good, bad, unseen, requests }: Extract<Observation, { kind: 'share' }>,
  { burst }: Pick<Gate, 'burst'>,
): Budget {
  const countsGood = metric !== 'error_rate'
  const badIsBad = limitsFailures({ metric, op })
  const n = good + bad
  const q = allowedBad(bound, op)
  const isHit = (request: RequestMerit): boolean => request.good !== badIsBad
  const limits = badIsBad && metric !== 'goodput'
  return keepKnown<Budget>({
    q,
    tallies: keepTallies(
      mapLazily(requests, (request) => ({ size: 1, hits: isHit(request) ? 1 : 0 })),
    ),
    anchored: badIsBad ? anchorScores(requests, q) : undefined,
    isFar: () =>
      isFar(
        mapLazily(requests, ({ score }) => (score === undefined ? [] : [score])),
        { op: '<=', bound: 1 },
        1 - q,
      ),
    many: false,
    sessions: listSessions(requests, () => true),
    burst: limits ? findBurst(mapLazily(requests, isHit), burst) : undefined,
    requests: n,
    observed: (countsGood ? good : bad) / n,
    failed: 0,
    left: 0,
    // They are among the good ones.
    unseen: { requests: unseen, size: 0, hits: badIsBad ? unseen : 0 },
    withoutValue: unseen,
    limits: (test: Counted, alpha) => {
      const { low, high } = shareLimits(test, alpha)
      // The limits are those of the share of bad ones, the SLO may speak of the others.
      return countsGood === badIsBad ? { low: 1 - high, high: 1 - low } : { low, high }
    },
  })
}

/** Requests beyond the own quantile of their scores; `undefined` for what has no score. */
function anchorScores(requests: Sequence<RequestMerit>, q: number): Sequence<Tally> | undefined {
  const sample = gatherSample(requests, ({ score }) => (score === undefined ? [] : [score]))
  if (sample?.length !== requests.length) return undefined
  const own = finite(sample[nearestRank(sample.length, 1 - q) - 1])
  if (own === undefined) return undefined
  const isBeyond = ({ score = 0 }: RequestMerit): boolean => score > own
  return keepTallies(
    mapLazily(requests, (request) => ({ size: 1, hits: isBeyond(request) ? 1 : 0 })),
  )
}

/** `given`: by the spec. */
function findBurst(
  failures: Sequence<boolean>,
  given: number | undefined,
): Budget['burst'] | undefined {
  const seen = measureBurst(failures)
  if (given !== undefined && given >= (seen ?? 1)) {
    return { kind: 'bursts', length: given, by: 'spec' }
  }
  return seen === undefined ? undefined : { kind: 'bursts', length: seen, by: 'run' }
}
