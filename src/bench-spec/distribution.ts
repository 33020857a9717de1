import { drawGamma, drawNormal, toUniform, type Uniform } from './deviate.ts'
import { mulberry32 } from './random.ts'

/** Of a duration in ms, or of a count; every draw is clamped to `min` … `max`. */
export type Distribution =
  | { kind: 'constant'; value: number }
  | { kind: 'uniform'; min: number; max: number }
  | { kind: 'normal'; mean: number; cv: number; min: number; max: number }
  | { kind: 'lognormal'; mean: number; cv: number; min: number; max: number }
  | { kind: 'gamma'; mean: number; cv: number; min: number; max: number }
  | { kind: 'exponential'; mean: number; min: number; max: number }
  /** By ascending share, the first 0 and the last 1; linear between two of them. */
  | { kind: 'quantiles'; points: readonly QuantilePoint[] }
  /** The weights add up to 1. */
  | { kind: 'mixture'; parts: readonly { weight: number; distribution: Distribution }[] }

export interface QuantilePoint {
  /** 0–1. */
  share: number
  value: number
}

/** A value by `random`, a generator of 32-bit numbers such as `mulberry32` makes. */
export function drawFrom(distribution: Distribution, random: () => number): number {
  return draw(distribution, toUniform(random))
}

function draw(distribution: Distribution, random: Uniform): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value
    case 'uniform':
      return distribution.min + random() * (distribution.max - distribution.min)
    case 'normal': {
      const { mean, cv } = distribution
      return clamp(mean * (1 + cv * drawNormal(random)), distribution)
    }
    case 'lognormal': {
      // The log is normal with these parameters when mean and cv are those of the value itself.
      const variance = Math.log(1 + distribution.cv ** 2)
      const centre = Math.log(distribution.mean) - variance / 2
      return clamp(Math.exp(centre + Math.sqrt(variance) * drawNormal(random)), distribution)
    }
    case 'gamma': {
      const { mean, cv } = distribution
      if (cv === 0) return clamp(mean, distribution)
      return clamp(mean * cv ** 2 * drawGamma(cv ** -2, random), distribution)
    }
    case 'exponential':
      return clamp(-distribution.mean * Math.log(random()), distribution)
    case 'quantiles':
      return interpolate(distribution.points, random())
  }
  return draw(choose(distribution.parts, random()), random)
}

function clamp(value: number, { min, max }: { min: number; max: number }): number {
  return Math.min(Math.max(value, min), max)
}

function interpolate(points: readonly QuantilePoint[], share: number): number {
  const above = points.findIndex((point) => point.share >= share)
  const to = points[above]
  const from = points[above - 1] ?? to
  if (to === undefined || from === undefined) throw new Error('a table of quantiles ends at 1')
  const part = to.share === from.share ? 0 : (share - from.share) / (to.share - from.share)
  return from.value + part * (to.value - from.value)
}

function choose(
  parts: readonly { weight: number; distribution: Distribution }[],
  share: number,
): Distribution {
  let left = share
  const chosen = parts.find(({ weight }) => (left -= weight) < 0) ?? parts.at(-1)
  if (chosen === undefined) throw new Error('a mixture has parts')
  return chosen.distribution
}

/** Draws that the mean of a clamped distribution is taken of. */
const manyDraws = 10_000

/** The mean, of a clamped distribution as near as some thousand draws tell it. */
export function meanOf(distribution: Distribution): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value
    case 'uniform':
      return (distribution.min + distribution.max) / 2
    case 'quantiles': {
      const { points } = distribution
      return points.reduce((sum, { share, value }, index) => {
        const before = points[index - 1]
        return before === undefined
          ? sum
          : sum + ((share - before.share) * (value + before.value)) / 2
      }, 0)
    }
    case 'mixture':
      return distribution.parts.reduce(
        (sum, part) => sum + part.weight * meanOf(part.distribution),
        0,
      )
  }
  const isFree = distribution.min === 0 && distribution.max === Infinity
  // A normal one reaches below 0.
  if (isFree && distribution.kind !== 'normal') return distribution.mean
  const random = mulberry32(0)
  let sum = 0
  for (let count = 0; count < manyDraws; count++) sum += drawFrom(distribution, random)
  return sum / manyDraws
}
