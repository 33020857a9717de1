import type { Distribution, QuantilePoint } from './distribution.ts'
import { durationPattern, parseDuration } from './duration.ts'
import { type Fields, isFields } from './fields.ts'
import type { Path, Report } from './issue.ts'
import type { JsonSchema } from './json-schema.ts'
import { suggest } from './suggestion.ts'

/** What a distribution is of: durations, each with its unit and drawn in ms, or plain numbers. */
export type Amount = 'ms' | 'count'

/** A fixed amount, or a distribution, which `readDistribution` reads: `40ms`, `{ dist: gamma, … }`. */
export function describeDistribution(
  amount: Amount,
  description: string,
  rest: JsonSchema,
): JsonSchema {
  const fixed: JsonSchema =
    amount === 'ms' ? { type: 'string', pattern: durationPattern } : { type: 'integer', minimum: 1 }
  const spread: JsonSchema = { type: 'object', additionalProperties: true }
  return { description: `${description} Or a distribution.`, ...rest, anyOf: [fixed, spread] }
}

/** What is being read, of what, and who is told of what is wrong with it. */
interface Reading {
  amount: Amount
  report: Report
}

const families = ['constant', 'uniform', 'normal', 'lognormal', 'gamma', 'exponential'] as const

const keysOfFamily = ['dist', 'mean', 'min', 'max', 'stddev', 'cv']

/**
 * The distribution that a value means, in ms or as a number; a fixed one is a distribution of one value. `undefined` when
 * it cannot be, which has then been reported at `path`, or below it.
 */
export function readDistribution(
  value: unknown,
  path: Path,
  amount: Amount,
  report: Report,
): Distribution | undefined {
  const reading = { amount, report }
  if (isFields(value)) return readShape(value, path, reading)
  const fixed = readAmount(value, path, reading)
  return fixed === undefined ? undefined : { kind: 'constant', value: fixed }
}

function example(amount: Amount, number: number): string {
  return amount === 'ms' ? `${number}ms` : String(number)
}

/** Of the keys of the shapes the first decides. */
function readShape(fields: Fields, path: Path, reading: Reading): Distribution | undefined {
  if ('mixture' in fields) return readMixture(fields, path, reading)
  if ('quantiles' in fields) {
    if (!hasOnly(fields, ['quantiles'], path, reading)) return undefined
    return readQuantiles(fields['quantiles'], [...path, 'quantiles'], reading)
  }
  if ('dist' in fields) return readFamily(fields, path, reading)
  const mean = example(reading.amount, 400)
  reading.report(
    path,
    `must have one of dist, quantiles, mixture. Write for example { dist: lognormal, mean: ${mean}, cv: 0.5 }.`,
    'key',
  )
  return undefined
}

function readFamily(fields: Fields, path: Path, reading: Reading): Distribution | undefined {
  const { report, amount } = reading
  const kind = families.find((name) => name === fields['dist'])
  if (kind === undefined) {
    const word = String(fields['dist'])
    const hint = suggest(word, families)
    report([...path, 'dist'], `must be one of ${families.join(', ')}, got "${word}".${hint}`)
    return undefined
  }
  if (!hasOnly(fields, keysOfFamily, path, reading)) return undefined
  const bound = (key: string, otherwise: number): number | undefined =>
    fields[key] === undefined ? otherwise : readAmount(fields[key], [...path, key], reading)
  const min = bound('min', 0)
  const max = bound('max', Infinity)
  if (min === undefined || max === undefined) return undefined
  if (min > max) {
    report(
      [...path, 'max'],
      `must be at least min, got ${show(fields['max'])} below ${show(fields['min'])}. Swap them.`,
    )
    return undefined
  }
  if (kind === 'uniform') {
    if (max < Infinity) return { kind, min, max }
    report(path, 'needs max, the upper end of a uniform distribution.', 'key')
    return undefined
  }
  if (fields['mean'] === undefined) {
    report(path, `needs mean. Write for example mean: ${example(amount, 400)}.`, 'key')
    return undefined
  }
  const mean = readAmount(fields['mean'], [...path, 'mean'], reading)
  if (mean === undefined) return undefined
  if (mean < min || mean > max) {
    const bound = mean < min ? 'min' : 'max'
    const side = mean < min ? 'at least' : 'at most'
    report(
      [...path, 'mean'],
      `must be ${side} ${bound}, got ${show(fields['mean'])} and ${show(fields[bound])}.`,
    )
    return undefined
  }
  if (kind === 'constant') return { kind, value: mean }
  if (mean === 0) {
    report([...path, 'mean'], 'must be above 0. Write dist: constant for a fixed 0.')
    return undefined
  }
  if (kind === 'exponential') return { kind, mean, min, max }
  const cv = readSpread(fields, mean, path, reading)
  return cv === undefined ? undefined : { kind, mean, cv, min, max }
}

/** Beyond it nearly all values are none, and the others beyond all measure. */
const mostSpread = 100

/** The standard deviation as a share of the mean. */
function readSpread(
  fields: Fields,
  mean: number,
  path: Path,
  reading: Reading,
): number | undefined {
  const { cv, stddev } = fields
  if ((cv === undefined) === (stddev === undefined)) {
    reading.report(path, 'needs either cv or stddev. Write for example cv: 0.5.', 'key')
    return undefined
  }
  const key = cv === undefined ? 'stddev' : 'cv'
  const deviation = key === 'cv' ? undefined : readAmount(stddev, [...path, key], reading)
  if (key === 'stddev' && deviation === undefined) return undefined
  const spread = deviation === undefined ? cv : deviation / mean
  if (typeof spread === 'number' && spread >= 0 && spread <= mostSpread) return spread
  const most = key === 'cv' ? `${mostSpread}` : `${mostSpread} times the mean`
  reading.report([...path, key], `must be 0 to ${most}, got ${show(fields[key])}.`)
  return undefined
}

/** Without a point at an end: the lowest value is half of the lowest point, the highest that point. */
function readQuantiles(table: unknown, path: Path, reading: Reading): Distribution | undefined {
  const { report, amount } = reading
  const advice = `Write for example { p50: ${example(amount, 40)}, p99: ${example(amount, 90)} }.`
  if (!isFields(table)) {
    report(path, `must be a table of quantiles, got ${show(table)}. ${advice}`)
    return undefined
  }
  const points: (QuantilePoint & { name: string })[] = []
  for (const [name, written] of Object.entries(table)) {
    const percent = Number(/^p(\d{1,2}(?:\.\d+)?)$/.exec(name)?.[1])
    const share = name === 'min' ? 0 : name === 'max' ? 1 : percent / 100
    if (!(share >= 0) || percent === 0) {
      report([...path, name], 'is no quantile. Name min, p50 … p99.9 or max.', 'key')
      return undefined
    }
    const value = readAmount(written, [...path, name], reading)
    if (value === undefined) return undefined
    points.push({ name, share, value })
  }
  points.sort((left, right) => left.share - right.share)
  const [first, last] = [points[0], points.at(-1)]
  if (
    first === undefined ||
    last === undefined ||
    points.every(({ share }) => share === 0 || share === 1)
  ) {
    report(path, `needs at least one quantile such as p50. ${advice}`, 'key')
    return undefined
  }
  for (const [index, { name, value }] of points.entries()) {
    const before = points[index - 1]
    if (before === undefined || value >= before.value) continue
    report(
      [...path, name],
      `must be at least ${before.name}, got ${show(table[name])} below ${show(table[before.name])}. Quantiles ascend.`,
    )
    return undefined
  }
  return {
    kind: 'quantiles',
    points: [
      ...(first.share > 0 ? [{ share: 0, value: first.value / 2 }] : []),
      ...points.map(({ share, value }) => ({ share, value })),
      ...(last.share < 1 ? [{ share: 1, value: last.value }] : []),
    ],
  }
}

function readMixture(fields: Fields, path: Path, reading: Reading): Distribution | undefined {
  const { report, amount } = reading
  if (!hasOnly(fields, ['mixture'], path, reading)) return undefined
  const { mixture } = fields
  const advice = `Write for example { weight: 0.7, dist: constant, mean: ${example(amount, 400)} }.`
  if (!Array.isArray(mixture) || mixture.length === 0) {
    report([...path, 'mixture'], `must be a list of distributions with weights. ${advice}`)
    return undefined
  }
  const parts: { weight: number; distribution: Distribution }[] = []
  for (const [index, part] of mixture.entries()) {
    const at = [...path, 'mixture', index]
    if (!isFields(part) || 'mixture' in part) {
      report(at, `must be a distribution with a weight. ${advice}`)
      continue
    }
    const { weight = 1, ...rest } = part
    if (typeof weight !== 'number' || !(weight >= 0 && weight < Infinity)) {
      report([...at, 'weight'], `must be a number of at least 0, got ${show(weight)}.`)
      continue
    }
    const distribution = readShape(rest, at, reading)
    if (distribution !== undefined) parts.push({ weight, distribution })
  }
  if (parts.length < mixture.length) return undefined
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  if (total === 0) {
    report([...path, 'mixture'], 'needs a weight above 0. Raise one.')
    return undefined
  }
  return { kind: 'mixture', parts: parts.map((part) => ({ ...part, weight: part.weight / total })) }
}

function hasOnly(
  fields: Fields,
  known: readonly string[],
  path: Path,
  { report }: Reading,
): boolean {
  const unknown = Object.keys(fields).find((key) => !known.includes(key) && !key.startsWith('x-'))
  if (unknown === undefined) return true
  report(
    [...path, unknown],
    `unknown key.${suggest(unknown, known) || ` Known here: ${known.join(', ')}.`}`,
    'key',
  )
  return false
}

/** ms of a text with its unit, or the number itself. */
function readAmount(value: unknown, path: Path, { amount, report }: Reading): number | undefined {
  if (amount === 'count') {
    if (typeof value === 'number' && value >= 0 && value < Infinity) return value
    report(path, `must be a number of at least 0, got ${show(value)}.`)
    return undefined
  }
  const ms = typeof value === 'string' ? parseDuration(value) : undefined
  if (ms === undefined) {
    report(path, `must be a duration with its unit (us, ms, s, m, h), got ${show(value)}.`)
  }
  return ms
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(value)
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
