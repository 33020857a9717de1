/** Takes one problem down: where, what was expected, what came, what to do. */
export type Report = (path: string, expected: string, got: unknown, advice: string) => void

export type Fields = Readonly<Record<string, unknown>>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export interface Problem {
  /** Dotted, within the options. */
  path: string
  /** `expected …, got …. <advice>`. */
  message: string
}

export function describeProblem(
  path: string,
  expected: string,
  got: unknown,
  advice: string,
): Problem {
  const shown = got === undefined ? 'nothing' : shorten(JSON.stringify(got))
  return { path, message: `expected ${expected}, got ${shown}. ${advice}` }
}

/** UTF-16 units of a wrong value that are shown. */
const longest = 200

function shorten(text: string): string {
  return text.length <= longest ? text : `${text.slice(0, longest).toWellFormed()}…`
}

/** One line: `mock: <path>: <message>`. */
export function renderProblem({ path, message }: Problem): string {
  return `mock: ${path}: ${message}`
}

/** Reports every key of `fields` that is not in `known`, with the nearest known name. */
export function rejectUnknown(
  report: Report,
  path: string,
  fields: Fields,
  known: readonly string[],
): void {
  for (const name of Object.keys(fields)) {
    if (known.includes(name)) continue
    const near = findNearest(name, known)
    report(
      path === '' ? name : `${path}.${name}`,
      `one of ${known.join(', ')}`,
      name,
      near === undefined ? 'Remove it' : `Did you mean ${near}?`,
    )
  }
}

/** The duration in ms: a number is ms, a string carries its unit (`40ms`, `1.5s`, `2m`). */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined
  if (typeof value !== 'string') return undefined
  const parts = /^(\d+(?:\.\d+)?)\s*(ms|s|m)$/.exec(value.trim())
  if (parts === null) return undefined
  const unit = parts[2] === 'ms' ? 1 : parts[2] === 's' ? 1000 : 60_000
  const ms = Number(parts[1]) * unit
  return Number.isFinite(ms) ? ms : undefined
}

export function readDuration(
  report: Report,
  path: string,
  value: unknown,
  fallback: number,
): number {
  if (value === undefined) return fallback
  const ms = parseDuration(value)
  if (ms !== undefined) return ms
  report(path, 'a duration (40, "40ms" or "1.5s")', value, 'Give it a unit, e.g. "40ms"')
  return fallback
}

export function readNumber(
  report: Report,
  path: string,
  value: unknown,
  rule: { whole: boolean; min: number; max?: number },
  fallback: number,
): number {
  if (value === undefined) return fallback
  const { min, max = Infinity } = rule
  if (typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max) {
    if (!rule.whole || Number.isSafeInteger(value)) return value
  }
  const kind = rule.whole ? 'a whole number' : 'a number'
  const range = max === Infinity ? `of at least ${min}` : `from ${min} to ${max}`
  report(path, `${kind} ${range}`, value, 'Correct the number')
  return fallback
}

export function readFlag(report: Report, path: string, value: unknown, fallback = false): boolean {
  if (value === undefined) return fallback
  if (typeof value !== 'boolean') report(path, 'true or false', value, 'Write true or false')
  return value === true
}

export function readChoice<C extends string>(
  report: Report,
  path: string,
  value: unknown,
  choices: readonly C[],
  fallback: C,
): C {
  if (value === undefined) return fallback
  const choice = choices.find((candidate) => candidate === value)
  if (choice !== undefined) return choice
  const near = typeof value === 'string' ? findNearest(value, choices) : undefined
  report(
    path,
    `one of ${choices.join(', ')}`,
    value,
    near === undefined ? 'Choose one of them' : `Did you mean ${near}?`,
  )
  return fallback
}

function findNearest<C extends string>(name: string, known: readonly C[]): C | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: measureDistance(name, candidate) }))
    .sort((left, right) => left.distance - right.distance)
  const best = ranked[0]
  return best !== undefined && best.distance <= Math.max(2, name.length / 3)
    ? best.candidate
    : undefined
}

/** Levenshtein distance. */
function measureDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const swap = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[to.length]!
}
