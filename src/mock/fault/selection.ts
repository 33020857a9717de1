import { isFields, readFlag, readNumber, rejectUnknown, type Report } from '../plan/fields.ts'
import { isPreliminary, type Phase } from '../plan/phase.ts'
import { createRandom } from '../plan/random.ts'
import { type Bursts, createBursts, readBursts, readShare } from './bursts.ts'

/**
 * Which requests a fault strikes, as it is written: those that satisfy every condition. Requests are
 * counted from 1, each fault for itself, and only those that it may strike by `warmup` and `match`.
 */
export interface SelectionOption {
  nth?: readonly number[]
  /** Every k-th request. */
  every?: number
  /** The first k requests. */
  first?: number
  /** Probability, 0–1. */
  rate?: number
  /** In runs of `length` (mean) neighbours, a `share` (0–1) of all. */
  bursts?: { share: number; length: number }
  /** Regular expressions by dotted path into the JSON body. */
  match?: Readonly<Record<string, string>>
  /** Only the first time. */
  once?: boolean
  /** Whether warm-up requests take part. */
  warmup?: boolean
}

export interface Selection {
  nth: readonly number[] | undefined
  every: number
  first: number
  rate: number
  bursts: Bursts | undefined
  match: readonly { path: readonly string[]; pattern: RegExp }[]
  once: boolean
  warmup: boolean
}

/** Picks at most one fault per request, the first in the list. */
export interface Chooser<F> {
  choose(request: { key: string; phase: Phase | null }, body: string): F | undefined
  /** Counts from 1 again. */
  reset(): void
}

export function createChooser<F extends { when: Selection }>(
  faults: readonly F[],
  seed: number,
): Chooser<F> {
  const start = (): Count[] =>
    faults.map(({ when: { bursts } }, index) => ({
      seen: 0,
      struck: 0,
      isInBurst: bursts && createBursts(bursts, createRandom(seed, `bursts ${index}`, '')),
    }))
  let counts = start()
  const reads = faults.some(({ when }) => when.match.length > 0)

  return {
    choose({ key, phase }, body) {
      const json = reads ? parse(body) : undefined
      const due = faults.filter(({ when }, index) => {
        const count = counts[index]!
        if (isPreliminary(phase) && !when.warmup) return false
        const fits = when.match.every(({ path, pattern }) => pattern.test(findText(json, path)))
        if (!fits) return false
        const number = ++count.seen
        // Asked of every request that counts, so that no other condition shifts the bursts.
        if (count.isInBurst?.() === false) return false
        if (when.nth !== undefined && !when.nth.includes(number)) return false
        if (number % when.every !== 0 || number > when.first) return false
        if (when.once && count.struck > 0) return false
        return createRandom(seed, `fault ${index}`, key)() < when.rate
      })
      const [chosen] = due
      if (chosen !== undefined) counts[faults.indexOf(chosen)]!.struck++
      return chosen
    },
    reset() {
      counts = start()
    },
  }
}

/** What one fault has met so far. */
interface Count {
  seen: number
  struck: number
  /** `undefined`: it has no bursts. */
  isInBurst: (() => boolean) | undefined
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** The value as text; '' when there is none. */
function findText(json: unknown, path: readonly string[]): string {
  let value = json
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return ''
    value = (value as Record<string, unknown>)[name]
  }
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

const known: readonly (keyof SelectionOption)[] = [
  'nth',
  'every',
  'first',
  'rate',
  'bursts',
  'match',
  'once',
  'warmup',
]

export function readSelection(report: Report, path: string, value: unknown): Selection {
  const fields = isFields(value) ? value : {}
  if (value !== undefined && !isFields(value)) {
    report(path, 'an object', value, 'Write e.g. { every: 7 }')
  }
  rejectUnknown(report, path, fields, known)
  const number = { whole: true, min: 1 }
  return {
    nth: readNumbers(report, `${path}.nth`, fields['nth']),
    every: readNumber(report, `${path}.every`, fields['every'], number, 1),
    first: readNumber(report, `${path}.first`, fields['first'], number, Infinity),
    rate: fields['rate'] === undefined ? 1 : readShare(report, `${path}.rate`, fields['rate']),
    bursts: readBursts(report, `${path}.bursts`, fields['bursts']),
    match: readMatch(report, `${path}.match`, fields['match']),
    once: readFlag(report, `${path}.once`, fields['once']),
    warmup: readFlag(report, `${path}.warmup`, fields['warmup']),
  }
}

function readNumbers(report: Report, path: string, value: unknown): number[] | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value) && value.length > 0) {
    const numbers = value.filter((number) => Number.isSafeInteger(number) && number > 0)
    if (numbers.length === value.length) return numbers
  }
  report(path, 'a list of whole numbers of at least 1', value, 'Write e.g. [3, 9]')
  return undefined
}

function readMatch(report: Report, path: string, value: unknown): Selection['match'] {
  if (value === undefined) return []
  if (!isFields(value)) {
    report(path, 'regular expressions by path', value, 'Write e.g. { model: ^qwen }')
    return []
  }
  return Object.entries(value).flatMap(([name, source]) => {
    const pattern = compile(source)
    if (pattern !== undefined) return [{ path: name.split('.'), pattern }]
    report(`${path}.${name}`, 'a regular expression', source, 'Correct the expression')
    return []
  })
}

function compile(source: unknown): RegExp | undefined {
  if (typeof source !== 'string') return undefined
  try {
    return new RegExp(source, 'u')
  } catch {
    return undefined
  }
}
