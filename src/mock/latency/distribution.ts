import {
  isFields,
  parseDuration,
  readChoice,
  readDuration,
  readNumber,
  rejectUnknown,
} from '../fields.ts'
import type { Fields, Report } from '../fields.ts'
import { spreadQuantiles } from './quantile-grid.ts'
import type { QuantilePoint } from './quantile-grid.ts'

/** ms as a number, or text with a unit: `40ms`, `1.5s`. */
export type DurationOption = number | string

/** A random time. `normal` and `lognormal` take `stddev` (a duration) or `cv` (stddev ÷ mean). */
export interface DistributionOption {
  dist: 'constant' | 'uniform' | 'normal' | 'lognormal' | 'exponential'
  mean?: DurationOption
  min?: DurationOption
  max?: DurationOption
  stddev?: DurationOption
  cv?: number
}

/**
 * Times whose nearest-rank quantiles over `n` requests are exactly known: a table such as
 * `{ p50: '40ms', p99: '200ms', max: '300ms' }`, or a distribution read at (i − ½) / n.
 */
export interface ExactOption {
  exact_quantiles: Readonly<Record<string, DurationOption>> | DistributionOption
  n: number
}

export type LatencyOption = DurationOption | DistributionOption | ExactOption

/** All in ms; every draw is clamped to `min` … `max`. */
export type Distribution =
  | { kind: 'constant'; value: number }
  | { kind: 'uniform'; min: number; max: number }
  | { kind: 'normal'; mean: number; stddev: number; min: number; max: number }
  | { kind: 'lognormal'; mean: number; cv: number; min: number; max: number }
  | { kind: 'exponential'; mean: number; min: number; max: number }
  /** The n times of a run, ascending; each is handed out once. */
  | { kind: 'exact'; grid: readonly number[] }

const kinds = ['constant', 'uniform', 'normal', 'lognormal', 'exponential'] as const
const advice =
  'Write 40ms, { dist: lognormal, mean: 40ms, cv: 0.3 } or { exact_quantiles: { p50: 40ms, p99: 90ms }, n: 300 }'

/** Reads a time option; reports what is wrong with it and then answers `fallback`. */
export function parseDistribution(
  report: Report,
  path: string,
  value: unknown,
  fallback: Distribution,
): Distribution {
  if (value === undefined) return fallback
  if (isFields(value)) {
    if ('exact_quantiles' in value) return parseExact(report, path, value, fallback)
    if ('dist' in value) return parseRandom(report, path, value, fallback)
  }
  const ms = parseDuration(value)
  if (ms !== undefined) return { kind: 'constant', value: ms }
  report(path, 'a duration, a distribution or exact quantiles', value, advice)
  return fallback
}

function parseRandom(
  report: Report,
  path: string,
  fields: Fields,
  fallback: Distribution,
): Distribution {
  rejectUnknown(report, path, fields, ['dist', 'mean', 'min', 'max', 'stddev', 'cv'])
  const kind = readChoice(report, `${path}.dist`, fields['dist'], kinds, 'constant')
  const min = readDuration(report, `${path}.min`, fields['min'], 0)
  const max = readDuration(report, `${path}.max`, fields['max'], Infinity)
  if (min > max) {
    report(`${path}.max`, 'at least min', fields['max'], 'Swap min and max')
    return fallback
  }
  if (kind === 'uniform') {
    if (max < Infinity) return { kind, min, max }
    report(`${path}.max`, 'the upper end of a uniform distribution', undefined, 'Give max')
    return fallback
  }
  if (fields['mean'] === undefined) {
    report(`${path}.mean`, `the mean of a ${kind} distribution`, undefined, 'Give mean')
    return fallback
  }
  const mean = readDuration(report, `${path}.mean`, fields['mean'], 0)
  if (kind === 'constant') return { kind, value: clamp(mean, min, max) }
  if (kind === 'exponential') return { kind, mean, min, max }
  const cv = readSpread(report, path, fields, mean)
  if (cv === undefined) return fallback
  return kind === 'normal'
    ? { kind, mean, stddev: cv * mean, min, max }
    : { kind, mean, cv, min, max }
}

function readSpread(
  report: Report,
  path: string,
  fields: Fields,
  mean: number,
): number | undefined {
  if (mean === 0) {
    report(`${path}.mean`, 'a mean above 0', fields['mean'], 'Use dist: constant for a fixed 0')
    return undefined
  }
  if ((fields['cv'] === undefined) === (fields['stddev'] === undefined)) {
    report(`${path}.cv`, 'either cv or stddev', fields['cv'], 'Give exactly one of the two')
    return undefined
  }
  return fields['cv'] === undefined
    ? readDuration(report, `${path}.stddev`, fields['stddev'], 0) / mean
    : readNumber(report, `${path}.cv`, fields['cv'], { whole: false, min: 0 }, 0)
}

function parseExact(
  report: Report,
  path: string,
  fields: Fields,
  fallback: Distribution,
): Distribution {
  rejectUnknown(report, path, fields, ['exact_quantiles', 'n'])
  if (fields['n'] === undefined) {
    report(`${path}.n`, 'the number of measured requests', undefined, 'Give n, e.g. n: 300')
    return fallback
  }
  const n = readNumber(report, `${path}.n`, fields['n'], { whole: true, min: 1 }, 1)
  const source = fields['exact_quantiles']
  const at = `${path}.exact_quantiles`
  if (!isFields(source)) {
    report(at, 'a table of quantiles or a distribution', source, advice)
    return fallback
  }
  if ('dist' in source) {
    const quantile = createQuantile(parseRandom(report, at, source, fallback))
    const grid = Array.from({ length: n }, (_, index) => quantile((index + 0.5) / n))
    return { kind: 'exact', grid }
  }
  const points = parsePoints(report, at, source)
  if (points === undefined) return fallback
  const spread = spreadQuantiles(points, n)
  if ('grid' in spread) return { kind: 'exact', grid: spread.grid }
  const [first, second] = spread.clash
  report(`${path}.n`, `enough requests to tell ${first} from ${second}`, n, 'Raise n')
  return fallback
}

/** The points of a table by ascending share; `min` has share 0 and `max` share 1. */
function parsePoints(report: Report, path: string, table: Fields): QuantilePoint[] | undefined {
  const points: QuantilePoint[] = []
  for (const [name, value] of Object.entries(table)) {
    const percent = Number(/^p(\d{1,2}(?:\.\d+)?)$/.exec(name)?.[1])
    const share = name === 'min' ? 0 : name === 'max' ? 1 : percent / 100
    const ms = parseDuration(value)
    if (!(share >= 0) || percent === 0) {
      report(`${path}.${name}`, 'min, p50 … p99.9 or max', name, 'Rename it')
      return undefined
    }
    if (ms === undefined) {
      report(`${path}.${name}`, 'a duration', value, 'Give it a unit, e.g. "40ms"')
      return undefined
    }
    points.push({ name, share, value: ms })
  }
  points.sort((left, right) => left.share - right.share)
  if (!points.some((point) => point.share > 0 && point.share < 1)) {
    report(path, 'at least one quantile such as p50', table, advice)
    return undefined
  }
  const fall = points.find((point, index) => point.value < (points[index - 1]?.value ?? 0))
  if (fall !== undefined) {
    report(`${path}.${fall.name}`, 'at least the quantile below', fall.value, 'Let them ascend')
    return undefined
  }
  return points
}

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
    case 'exponential': {
      const { mean, min, max } = distribution
      return (u) => clamp(-mean * Math.log(1 - u), min, max)
    }
  }
  const { grid } = distribution
  return (u) => grid[Math.floor(u * grid.length)]!
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}

/** Inverse of the standard normal distribution; Acklam's rational approximation, error < 1.2e-9. */
function invertNormal(u: number): number {
  const tail = 0.02425
  if (u > 1 - tail) return -invertNormal(1 - u)
  if (u < tail) {
    const q = Math.sqrt(-2 * Math.log(u))
    return evaluate(tailTop, q) / (evaluate(tailBottom, q) * q + 1)
  }
  const q = u - 0.5
  const r = q * q
  return (evaluate(middleTop, r) * q) / (evaluate(middleBottom, r) * r + 1)
}

function evaluate(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}

const middleTop = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
]
const middleBottom = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
]
const tailTop = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734,
  4.374664141464968, 2.938163982698783,
]
const tailBottom = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416]
