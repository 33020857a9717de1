import {
  type Fields,
  isFields,
  parseDuration,
  readChoice,
  readDuration,
  readNumber,
  rejectUnknown,
  type Report,
} from '../plan/fields.ts'
import { clamp, createQuantile, type Distribution } from './distribution.ts'
import { spreadQuantiles } from './quantile-grid.ts'
import { closeTable, readQuantileTable } from './quantile-table.ts'

const kinds = ['constant', 'uniform', 'normal', 'lognormal', 'gamma', 'exponential'] as const
const orders = ['cycle', 'shuffle'] as const
const advice =
  'Write 40ms, { dist: lognormal, mean: 40ms, cv: 0.3 } or { exact_quantiles: { p50: 40ms, p99: 90ms }, n: 300 }'

/** Times of an exact distribution, which are all laid out before the first request. */
const mostExact = 100_000

/** Reads a time option; reports what is wrong with it and then answers `fallback`. */
export function readDistribution(
  report: Report,
  path: string,
  value: unknown,
  fallback: Distribution,
): Distribution {
  if (value === undefined) return fallback
  if (isFields(value)) {
    if ('exact_quantiles' in value) return readExact(report, path, value, fallback)
    if ('drifting' in value) return readDrifting(report, path, value, fallback)
    if ('samples' in value) return readSamples(report, path, value, fallback)
    if (isRandom(value)) return readRandom(report, path, value, fallback)
  }
  const ms = parseDuration(value)
  if (ms !== undefined) return { kind: 'constant', value: ms }
  report(path, 'a duration, a distribution or exact quantiles', value, advice)
  return fallback
}

function isRandom(fields: Fields): boolean {
  return 'dist' in fields || 'mixture' in fields || 'quantiles' in fields
}

function readRandom(
  report: Report,
  path: string,
  fields: Fields,
  fallback: Distribution,
): Distribution {
  if ('mixture' in fields) return readMixture(report, path, fields, fallback)
  if ('quantiles' in fields) {
    rejectUnknown(report, path, fields, ['quantiles'])
    const points = readQuantileTable(report, `${path}.quantiles`, fields['quantiles'])
    return points === undefined ? fallback : { kind: 'quantiles', points: closeTable(points) }
  }
  return readFamily(report, path, fields, fallback)
}

function readMixture(
  report: Report,
  path: string,
  fields: Fields,
  fallback: Distribution,
): Distribution {
  rejectUnknown(report, path, fields, ['mixture'])
  const { mixture } = fields
  if (!Array.isArray(mixture) || mixture.length === 0) {
    report(`${path}.mixture`, 'a list of distributions', mixture, advice)
    return fallback
  }
  const parts = mixture.map((part: unknown, index) => {
    const at = `${path}.mixture.${index}`
    if (!isFields(part) || !isRandom(part) || 'mixture' in part) {
      report(at, 'a distribution with a weight', part, 'Write { weight: 0.7, dist: …, mean: … }')
      return { weight: 1, distribution: fallback }
    }
    const { weight, ...rest } = part
    return {
      weight: readNumber(report, `${at}.weight`, weight, { whole: false, min: 0 }, 1),
      distribution: readRandom(report, at, rest, fallback),
    }
  })
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) report(`${path}.mixture`, 'a weight above 0', 0, 'Raise a weight')
  return { kind: 'mixture', parts: parts.map((part) => ({ ...part, weight: part.weight / total })) }
}

function readDrifting(
  report: Report,
  path: string,
  fields: Fields,
  fallback: Distribution,
): Distribution {
  rejectUnknown(report, path, fields, ['drifting', 'over'])
  if (fields['over'] === undefined) {
    report(`${path}.over`, 'how many requests a drift takes', undefined, 'Give over, e.g. over: 50')
    return fallback
  }
  const over = readNumber(report, `${path}.over`, fields['over'], { whole: true, min: 1 }, 1)
  const { drifting } = fields
  if (isFields(drifting) && isRandom(drifting)) {
    return {
      kind: 'drifting',
      of: readRandom(report, `${path}.drifting`, drifting, fallback),
      over,
    }
  }
  report(`${path}.drifting`, 'a random time', drifting, 'Write e.g. { mixture: … }')
  return fallback
}

function readSamples(
  report: Report,
  path: string,
  fields: Fields,
  fallback: Distribution,
): Distribution {
  rejectUnknown(report, path, fields, ['samples', 'order'])
  const order = readChoice(report, `${path}.order`, fields['order'], orders, 'cycle')
  const { samples } = fields
  if (!Array.isArray(samples) || samples.length === 0) {
    report(`${path}.samples`, 'a list of durations', samples, 'Write e.g. [40ms, 60ms]')
    return fallback
  }
  const grid = samples.map((sample: unknown, index) =>
    readDuration(report, `${path}.samples.${index}`, sample, 0),
  )
  return { kind: 'exact', grid, order }
}

function readFamily(
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

function readExact(
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
  const rule = { whole: true, min: 1, max: mostExact }
  const n = readNumber(report, `${path}.n`, fields['n'], rule, mostExact)
  const source = fields['exact_quantiles']
  const at = `${path}.exact_quantiles`
  if (isFields(source) && isRandom(source)) {
    const quantile = createQuantile(readRandom(report, at, source, fallback))
    const grid = Array.from({ length: n }, (_, index) => quantile((index + 0.5) / n))
    // The parts of a mixture follow each other whatever their times are.
    grid.sort((left, right) => left - right)
    return { kind: 'exact', grid, order: 'shuffle' }
  }
  const points = readQuantileTable(report, at, source)
  if (points === undefined) return fallback
  const spread = spreadQuantiles(points, n)
  if ('grid' in spread) return { kind: 'exact', grid: spread.grid, order: 'shuffle' }
  const [first, second] = spread.clash
  report(`${path}.n`, `enough requests to tell ${first} from ${second}`, n, 'Raise n')
  return fallback
}
