import {
  type Fields,
  readChoice,
  readDuration,
  readFlag,
  readNumber,
  rejectUnknown,
  type Report,
} from '../plan/fields.ts'

/** Reads the knobs of one fault; what is wrong with one is reported and its fallback taken. */
export interface Knobs {
  /** A whole number. */
  count(name: string, rule: { min: number; max?: number; fallback: number }): number
  /** ms, multiplied by `latency_factor`. */
  duration(name: string, fallback: number): number
  choice<C extends string>(name: string, choices: readonly C[], fallback: C): C
  flag(name: string): boolean
  /** A text without line ends, or a number. */
  text(name: string): string | undefined
}

/** `finish` reports every key that no knob was read from, apart from `others`. */
export function createKnobs(
  report: Report,
  path: string,
  fields: Fields,
  latencyFactor: number,
): Knobs & { finish(others: readonly string[]): void } {
  const known: string[] = []
  function take(name: string): [string, unknown] {
    known.push(name)
    return [`${path}.${name}`, fields[name]]
  }
  return {
    count(name, { min, max = Number.MAX_SAFE_INTEGER, fallback }) {
      const [at, value] = take(name)
      const count = readNumber(report, at, value, { whole: true, min }, fallback)
      if (value === undefined || count <= max) return count
      report(at, `a whole number of at most ${max}`, value, 'Correct the number')
      return fallback
    },
    duration(name, fallback) {
      const [at, value] = take(name)
      return readDuration(report, at, value, fallback) * latencyFactor
    },
    choice(name, choices, fallback) {
      const [at, value] = take(name)
      return readChoice(report, at, value, choices, fallback)
    },
    flag(name) {
      const [at, value] = take(name)
      return readFlag(report, at, value)
    },
    text(name) {
      const [at, value] = take(name)
      if (value === undefined) return undefined
      if (typeof value === 'number') return String(value)
      // It lands in a header, where other characters cannot stand.
      if (typeof value === 'string' && /^[\x20-\x7E]+$/.test(value)) return value
      report(at, 'a line of ASCII text', value, 'Correct the text')
      return undefined
    },
    finish: (others) => rejectUnknown(report, path, fields, [...others, ...known]),
  }
}
