import { scale } from './duration.ts'
import { refuseLong, SloSyntaxError, type Token } from './slo-syntax.ts'
import {
  metricUnits,
  type AbsoluteSlo,
  type Comparator,
  type Metric,
  type RelativeSlo,
  type Unit,
} from './slo.ts'

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

function isComparator(text: string): text is Comparator {
  return text === '<' || text === '<=' || text === '>' || text === '>='
}
