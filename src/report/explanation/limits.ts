import { isUpperBound } from '../../bench-spec/slo.ts'
import type { SloDocument } from '../../results/results.ts'
import { type Counted, shareLimits } from '../../verdict/exact.ts'
import { type Case, compare, type Part, showFigure, showMeasured } from './account.ts'

/** The bounds that would just not be decided, as ranks of the observations in ascending order. */
export function limitRanks(slo: SloDocument, { verdict }: Case['results']): Part {
  const { interval, n, unit, pass_at_most: most, fail_at_least: fewest } = slo
  const upper = isUpperBound(slo.op)
  const failRank = fewest === null ? undefined : upper ? n + 1 - fewest : fewest
  const passRank = most === null ? undefined : upper ? n - most : most + 1
  const ranks = upper ? { low: failRank, high: passRank } : { low: passRank, high: failRank }
  const reason = upper
    ? 'ranks n + 1 − (fewest that FAIL) and n − (most that PASS)'
    : 'ranks (most that PASS) + 1 and (fewest that FAIL)'
  const side = (name: 'low' | 'high'): string => {
    const value = interval?.[name] ?? null
    const rank = ranks[name]
    if (rank === undefined) return `no ${name} one`
    return value === null
      ? `${name} x_(${rank}) is a failed request${orLeft(slo)}`
      : `${name} x_(${rank}) = ${showMeasured(value, unit)}`
  }
  return {
    steps: [
      {
        about: 'limits',
        text: `${side('low')}, ${side('high')}; each at ${showFigure(verdict.looks.confidence)}: ${reason}`,
      },
    ],
    differences: (['low', 'high'] as const).flatMap((name) =>
      ranks[name] === undefined && (interval?.[name] ?? null) !== null
        ? [`interval.${name} is ${String(interval?.[name])} in results.json, where no rank has one`]
        : [],
    ),
  }
}

/** Clopper and Pearson: the shares at which the observed count would just be one of the tails. */
export function limitShare(slo: SloDocument, test: Counted, alpha: number): Part {
  const bad = shareLimits(test, alpha)
  const limits = isUpperBound(slo.op) ? bad : { low: 1 - bad.high, high: 1 - bad.low }
  const [fewest, most] = [showFigure(bad.low), showFigure(bad.high)]
  return {
    steps: [
      {
        about: 'limits',
        text: `low ${showFigure(limits.low)}, high ${showFigure(limits.high)}: of the bad share, P(Bin(n, ${fewest}) ≥ E) = α and P(Bin(n, ${most}) ≤ E) = α (Clopper and Pearson${test.weights.fail === 1 && test.weights.pass === 1 ? '' : ', with n* and E*'})`,
      },
    ],
    differences: (['low', 'high'] as const).flatMap((name) => {
      const stands = slo.interval?.[name] ?? null
      // A limit of 0 or 1 comes out of a bisection, not to the last bit.
      if (typeof stands === 'number' && Math.abs(stands - limits[name]) < 1e-6) return []
      return compare(`interval.${name}`, stands === 'infinite' ? null : stands, limits[name])
    }),
  }
}

/** That a request without a value may be one that left before; empty where none did. */
export function orLeft({ reason }: SloDocument): string {
  return reason.kind === 'exceedances' && reason.left > 0 ? ', or one that left before' : ''
}
