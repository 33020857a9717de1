import { invertGamma } from './gamma-quantile.ts'
import { invertNormal } from './normal-quantile.ts'
import type { QuantilePoint } from './quantile-grid.ts'

/** All in ms; every draw is clamped to `min` … `max`. */
export type Distribution =
  | { kind: 'constant'; value: number }
  | { kind: 'uniform'; min: number; max: number }
  | { kind: 'normal'; mean: number; stddev: number; min: number; max: number }
  | { kind: 'lognormal'; mean: number; cv: number; min: number; max: number }
  | { kind: 'gamma'; mean: number; cv: number; min: number; max: number }
  | { kind: 'exponential'; mean: number; min: number; max: number }
  | { kind: 'quantiles'; points: readonly QuantilePoint[] }
  /** The weights add up to 1. */
  | { kind: 'mixture'; parts: readonly { weight: number; distribution: Distribution }[] }
  /** Times of neighbours are alike: to others in `over` requests. */
  | { kind: 'drifting'; of: Distribution; over: number }
  /** The n times of a run, each handed out once: as they stand, or in an order of their own. */
  | { kind: 'exact'; grid: readonly number[]; order: 'cycle' | 'shuffle' }

/** The inverse of the cumulative distribution, for u strictly between 0 and 1. */
export function createQuantile(distribution: Distribution): (u: number) => number {
  switch (distribution.kind) {
    case 'constant':
      return () => distribution.value
    case 'uniform':
      return (u) => distribution.min + u * (distribution.max - distribution.min)
    case 'normal': {
      const { mean, stddev, min, max } = distribution
      return (u) => clamp(mean + stddev * invertNormal(u), min, max)
    }
    case 'lognormal': {
      // The log is normal with these parameters when mean and cv are those of the time itself.
      const variance = Math.log(1 + distribution.cv ** 2)
      const centre = Math.log(distribution.mean) - variance / 2
      const { min, max } = distribution
      return (u) => clamp(Math.exp(centre + Math.sqrt(variance) * invertNormal(u)), min, max)
    }
    case 'gamma': {
      const { mean, cv, min, max } = distribution
      if (cv === 0) return () => clamp(mean, min, max)
      const shape = cv ** -2
      return (u) => clamp((mean / shape) * invertGamma(shape, u, invertNormal(u)), min, max)
    }
    case 'exponential': {
      const { mean, min, max } = distribution
      return (u) => clamp(-mean * Math.log(1 - u), min, max)
    }
    case 'quantiles':
      return (u) => interpolate(distribution.points, u)
    case 'mixture':
      return mix(distribution.parts)
    case 'drifting':
      return createQuantile(distribution.of)
  }
  const { grid } = distribution
  return (u) => grid[Math.floor(u * grid.length)]!
}

function interpolate(points: readonly QuantilePoint[], u: number): number {
  const above = points.findIndex(({ share }) => share >= u)
  const to = points[above]!
  const from = points[above - 1] ?? to
  const part = to.share === from.share ? 0 : (u - from.share) / (to.share - from.share)
  return from.value + part * (to.value - from.value)
}

/** One number chooses the part and, spread over it again, the time: not ascending in u. */
function mix(
  parts: readonly { weight: number; distribution: Distribution }[],
): (u: number) => number {
  const quantiles = parts.map((part) => createQuantile(part.distribution))
  return (u) => {
    let left = u
    let index = 0
    while (index < parts.length - 1 && left >= parts[index]!.weight) left -= parts[index++]!.weight
    const share = left / parts[index]!.weight
    return quantiles[index]!(Math.min(Math.max(share, Number.EPSILON), 1 - Number.EPSILON))
  }
}

export function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}
