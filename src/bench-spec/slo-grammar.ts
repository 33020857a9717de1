import { scale } from './duration.ts'
import {
  metricUnits,
  type AbsoluteSlo,
  type Comparator,
  type Metric,
  type RelativeSlo,
  type Stat,
  type Unit,
} from './slo.ts'
import { suggest } from './suggestion.ts'

const aliases: ReadonlyMap<string, Metric> = new Map([['e2e', 'latency']])

/** The units a bound of a metric may be written in, and the power of ten that scales each. */
const unitExponents: Readonly<Record<Unit, ReadonlyMap<string, number>>> = {
  ms: new Map([
    ['us', -3],
    ['ms', 0],
    ['s', 3],
  ]),
  share: new Map([['%', -2]]),
  '/s': new Map([['/s', 0]]),
  'tok/s': new Map([['tok/s', 0]]),
}

const exampleBounds: Readonly<Record<Unit, string>> = {
  ms: '800ms',
  share: '99%',
  '/s': '20/s',
  'tok/s': '50tok/s',
}

type Said = 'text' | 'metric' | 'stat' | 'op' | 'unit'

/** What an SLO text says; `text` is its canonical spelling. */
export type ParsedSlo = Pick<AbsoluteSlo, Said | 'bound'> | Pick<RelativeSlo, Said | 'allowance'>

/** Why a text is no SLO, and which part of it is meant. */
export class SloSyntaxError extends Error {
  override readonly name = 'SloSyntaxError'
  readonly start: number
  readonly length: number

  constructor(message: string, token: Token) {
    super(message)
    this.start = token.start
    this.length = token.text.length
  }
}

export interface Token {
  text: string
  start: number
}

/** UTF-16 units of an SLO or a bound; whatever can be meant is far shorter. */
const longest = 500

function refuseLong(text: string, start: number): void {
  if (text.length <= longest) return
  const part = { text: text.slice(0, longest), start }
  throw new SloSyntaxError(
    `is ${text.length} characters long, at most ${longest} are read. Write for example ttft p95 <= 800ms.`,
    part,
  )
}

/**
 * Reads one SLO.
 *
 *     slo    = metric , [ stat ] , op , bound ;
 *     metric = "ttft" | "ttfo" | "latency" | "e2e" | "scheduled_ttft" | "scheduled_latency"
 *            | "tpot" | "chunk_gap" | "stall"
 *            | "dispatch_delay" | "output_tokens_per_second" | "requests_per_second"
 *            | "success_rate" | "error_rate" | "goodput" ;
 *     stat   = "p" number | "mean" | "median" | "min" | "max" ;
 *     op     = "<" | "<=" | ">" | ">=" ;
 *     bound  = number unit | "baseline" ("+" | "-") number "%" [ "or" number unit ] ;
 *     unit   = "us" | "ms" | "s" | "%" | "/s" | "tok/s" ;
 *
 * Percentiles are on 0–100, exclusive. Times need a statistic, rates and shares take none.
 * @throws {SloSyntaxError}
 */
export function parseSlo(text: string): ParsedSlo {
  refuseLong(text, 0)
  const tag = /\{[^}]*\}?/.exec(text)
  if (tag !== null) {
    throw new SloSyntaxError(
      `tags are not supported yet. Write an absolute bound over the whole run, without ${tag[0]}.`,
      toToken(tag),
    )
  }
  const at = text.search(/[<>=≤≥]/)
  if (at === -1) {
    const all = { text: text.trim(), start: text.length - text.trimStart().length }
    throw new SloSyntaxError(
      `"${all.text}" has no comparator. Write for example ttft p95 <= 800ms.`,
      all,
    )
  }
  const [metricToken, second, third] = [...text.slice(0, at).matchAll(/\S+/g)].map(toToken)
  if (metricToken === undefined) {
    throw new SloSyntaxError('the metric is missing. Write for example ttft p95 <= 800ms.', {
      text: text.charAt(at),
      start: at,
    })
  }
  const metric = parseMetric(metricToken)
  if (third !== undefined) {
    throw new SloSyntaxError(`"${third.text}" is one word too many before the comparator.`, third)
  }
  const stat = parseStat(metric, second, metricToken)
  const { op, boundText, ...bound } = parseBound(text.slice(at), metric, at)
  if (bound.allowance !== undefined && (stat.kind === 'min' || stat.kind === 'max')) {
    throw new SloSyntaxError(
      `the ${stat.kind} is a single request, which is too little to compare with a baseline. Write for example p99.`,
      second ?? metricToken,
    )
  }
  const subject = [metric, renderStat(stat)].filter((part) => part !== '').join(' ')
  return {
    text: `${subject} ${op} ${boundText}`,
    metric,
    stat,
    op,
    unit: metricUnits[metric],
    ...bound,
  }
}

/** The metric of this name or alias. */
export function findMetric(name: string): Metric | undefined {
  const metric = aliases.get(name) ?? name
  return isMetric(metric) ? metric : undefined
}

function parseMetric(token: Token): Metric {
  const metric = findMetric(token.text)
  if (metric !== undefined) return metric
  const known = Object.keys(metricUnits)
  const hint = suggest(token.text, [...known, ...aliases.keys()])
  throw new SloSyntaxError(
    `unknown metric "${token.text}".${hint === '' ? ` Known: ${known.join(', ')}.` : hint}`,
    token,
  )
}

/**
 * Reads the statistic of a metric; `token` is `undefined` when none was written after `near`.
 * @throws {SloSyntaxError}
 */
export function parseStat(metric: Metric, token: Token | undefined, near: Token): Stat {
  if (metricUnits[metric] !== 'ms') {
    if (token === undefined) return { kind: 'value' }
    throw new SloSyntaxError(
      `${metric} is one number per run and takes no statistic. Remove "${token.text}".`,
      token,
    )
  }
  if (token === undefined) {
    throw new SloSyntaxError(
      `${metric} needs a statistic. Write for example ${metric} p95 (or mean, median, min, max).`,
      near,
    )
  }
  const { text } = token
  if (text === 'median') return { kind: 'percentile', p: 50 }
  if (text === 'mean' || text === 'min' || text === 'max') return { kind: text }
  const p = Number(/^p?(\d+(?:\.\d+)?)$/.exec(text)?.[1])
  if (text.startsWith('p') && p >= 1 && p < 100) return { kind: 'percentile', p }
  if (Number.isNaN(p)) {
    const hint = suggest(text, ['mean', 'median', 'min', 'max'])
    throw new SloSyntaxError(
      `"${text}" is no statistic.${hint === '' ? ' Write p95, mean, median, min or max.' : hint}`,
      token,
    )
  }
  const meant = p < 1 ? `p${scale(String(p), 2)}` : `p${p}`
  const what = p > 0 && p < 100 ? ` Write ${meant}.` : ' Use max or min for the extremes.'
  throw new SloSyntaxError(
    `percentiles are written p95, between 0 and 100, got "${text}".${what}`,
    token,
  )
}

/** A number, or how far from the baseline. */
type Limit = Pick<AbsoluteSlo, 'bound' | 'allowance'> | Pick<RelativeSlo, 'bound' | 'allowance'>

type Bound = Limit & { op: Comparator; boundText: string }

/**
 * Reads `[op] bound`; `start` is where the text begins in what the author wrote. Without a
 * comparator a time and `error_rate` are at most, the others at least, the bound.
 * @throws {SloSyntaxError}
 */
export function parseBound(text: string, metric: Metric, start: number): Bound {
  refuseLong(text, start)
  const [, space = '', opText = '', gap = '', rest = ''] =
    /^(\s*)([<>=≤≥]*)(\s*)(.*?)\s*$/su.exec(text) ?? []
  const opToken = { text: opText, start: start + space.length }
  if (opText !== '' && !isComparator(opText)) {
    throw new SloSyntaxError(`"${opText}" is no comparator. Write <, <=, > or >=.`, opToken)
  }
  const token = { text: rest, start: opToken.start + opText.length + gap.length }
  const unit = metricUnits[metric]
  if (rest === '') {
    const example = exampleBounds[unit]
    throw new SloSyntaxError(`the bound is missing. Write for example ${example}.`, opToken)
  }
  const upper = unit === 'ms' || metric === 'error_rate'
  const op = isComparator(opText) ? opText : upper ? '<=' : '>='
  if (/^baseline\b/.test(rest)) return { op, ...parseAllowance(token, metric, op) }
  return { op, ...parseQuantity(token, metric) }
}

/**
 * Reads `baseline ± number % [or number unit]`; `token` begins with the word baseline.
 * @throws {SloSyntaxError}
 */
function parseAllowance(
  token: Token,
  metric: Metric,
  op: Comparator,
): Pick<RelativeSlo, 'allowance'> & { boundText: string } {
  const unit = metricUnits[metric]
  const worse = op.startsWith('<') ? '+' : '-'
  const example = `baseline ${worse} ${unit === 'share' ? '1%' : unit === 'ms' ? '10% or 20ms' : '5%'}`
  const refuse = (message: string, part = token): never => {
    throw new SloSyntaxError(message, part)
  }
  if (metric === 'dispatch_delay') {
    refuse(`dispatch_delay is the client's own, whatever the target. Write for example 5ms.`)
  }
  const [, before = '', sign = '', number = '', percent, gap = '', rest = ''] =
    /^(baseline\s*)([+-])\s*(\d+(?:\.\d+)?)\s*(%?)(\s*)(.*)$/s.exec(token.text) ?? []
  if (sign === '') {
    refuse(`"${token.text}" does not say how far from the baseline. Write for example ${example}.`)
  }
  const changeStart = token.start + before.length
  const change = {
    text: token.text.slice(before.length, token.text.length - gap.length - rest.length),
    start: changeStart,
  }
  if (percent === '') {
    refuse(
      `how far from the baseline is written in %, got "${change.text}${gap}${rest}". Write for example ${example}.`,
      change,
    )
  }
  if (sign === '-' && Number(number) >= 100) {
    refuse(`nothing is left of the baseline at "${change.text}". Write less than 100%.`, change)
  }
  const allowance = { change: Number(`${sign}${scale(number, -2)}`) }
  if (allowance.change === Infinity) {
    refuse(
      `"${change.text}" is more than can be counted with, which bounds nothing. Write for example ${example}.`,
      change,
    )
  }
  const changeText = `baseline ${sign} ${writeNumber(number)}%`
  if (rest === '') return { allowance, boundText: changeText }

  const floorToken = { text: rest, start: token.start + token.text.length - rest.length }
  const [, or, quantity] = /^(or\s+)(.*)$/s.exec(rest) ?? []
  if (or === undefined || quantity === undefined) {
    return refuse(
      `"${rest}" is not understood after the change. Write for example ${example}.`,
      floorToken,
    )
  }
  if (unit === 'share') {
    refuse(
      `${metric} is compared in percentage points, so that there is no second allowance. Remove "${rest}".`,
      floorToken,
    )
  }
  if (sign !== worse) {
    refuse(
      `"${rest}" is an allowance for getting worse, and "${changeText}" asks to get better. Remove "${rest}".`,
      floorToken,
    )
  }
  const floor = parseQuantity({ text: quantity, start: floorToken.start + or.length }, metric)
  return {
    allowance: { ...allowance, floor: floor.bound },
    boundText: `${changeText} or ${floor.boundText}`,
  }
}

/**
 * Reads `number unit`.
 * @throws {SloSyntaxError}
 */
function parseQuantity(
  token: Token,
  metric: Metric,
): Pick<AbsoluteSlo, 'bound'> & { boundText: string } {
  const unit = metricUnits[metric]
  const example = exampleBounds[unit]
  const { text: rest } = token
  const [, number, unitText = ''] = /^(\d+(?:\.\d+)?)\s*(\S*)$/.exec(rest) ?? []
  if (number === undefined) {
    throw new SloSyntaxError(`"${rest}" is no bound. Write for example ${example}.`, token)
  }
  const exponents = unitExponents[unit]
  const exponent = exponents.get(unitText)
  if (exponent === undefined) {
    const units = [...exponents.keys()].join(', ')
    const what = unitText === '' ? 'has no unit' : `has the unit "${unitText}"`
    const meant = unit === 'share' && Number(number) <= 1 ? `${scale(number, 2)}%` : example
    throw new SloSyntaxError(
      `"${rest}" ${what}; ${metric} takes ${units}. Write for example ${meant}.`,
      token,
    )
  }
  const bound = scale(number, exponent)
  if (bound === Infinity) {
    throw new SloSyntaxError(
      `"${rest}" is more than can be counted with, which bounds nothing. Write for example ${example}.`,
      token,
    )
  }
  if (unit === 'share' && bound > 1) {
    throw new SloSyntaxError(`${metric} is at most 100%, got ${rest}.`, token)
  }
  return { bound, boundText: `${writeNumber(number)}${unitText}` }
}

/** Without needless zeros. Digits stay as they came: a number has an exponent, or is rounded. */
function writeNumber(number: string): string {
  const [whole = '', fraction = ''] = number.split('.')
  const places = fraction.replace(/0+$/, '')
  return whole.replace(/^0+(?=\d)/, '') + (places === '' ? '' : `.${places}`)
}

/** `p95`, `mean`; empty for a metric that is one number per run. */
function renderStat(stat: Stat): string {
  if (stat.kind === 'percentile') return `p${stat.p}`
  return stat.kind === 'value' ? '' : stat.kind
}

function toToken(match: RegExpExecArray): Token {
  return { text: match[0], start: match.index }
}

function isMetric(text: string): text is Metric {
  return Object.hasOwn(metricUnits, text)
}

function isComparator(text: string): text is Comparator {
  return text === '<' || text === '<=' || text === '>' || text === '>='
}
