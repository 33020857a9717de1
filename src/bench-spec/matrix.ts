import type { BenchDocument } from './bench-document.ts'
import { parseDuration } from './duration.ts'
import { isFields } from './fields.ts'
import type { Locate, Path, Report } from './issue.ts'
import { keepKnown } from './known.ts'
import type { Cell, Setting } from './spec.ts'

/** Runs that one spec may ask for. */
const mostCells = 64

/** A document with one value for each key of its matrix. */
export interface CellDocument {
  document: Partial<BenchDocument>
  /** Without the name of its bench; `undefined` for a document without a matrix. */
  cell?: Omit<Cell, 'bench'>
  /** Where a key of it stands in the document with the matrix. */
  origin(path: Path): Path
}

/** The documents that a matrix makes, in the order in which its values are written; itself without one. */
export function expandMatrix(document: Partial<BenchDocument>, report: Report): CellDocument[] {
  const { matrix, ...rest } = document
  const whole: CellDocument = { document: rest, origin: (path) => path }
  if (matrix === undefined) return [whole]
  const axes = readAxes(matrix, rest, report)
  const count = axes.reduce((product, { settings }) => product * settings.length, 1)
  if (count > mostCells) {
    const message = `makes ${count} cells, and at most ${mostCells} are run. Leave out some of its values.`
    report(['matrix'], message, 'key')
  }
  // What else is wrong is found without it.
  if (axes.length === 0 || count === 0 || count > mostCells) return [whole]
  return combine(axes).map((chosen, index) => {
    const settings = chosen.map(({ setting }) => setting)
    const swept = new Map(chosen.map((each) => [each.setting.key, each.index]))
    return {
      document: { ...rest, ...toKeys(settings) },
      cell: { settings, number: index + 1, count },
      origin([key = '', ...inner]) {
        const place = swept.get(String(key))
        return place === undefined ? [key, ...inner] : ['matrix', key, place, ...inner]
      },
    }
  })
}

/** Finds places of a cell in the document that its matrix stands in. */
export function locateCell({ origin }: CellDocument, locate: Locate): Locate {
  return (path, part) => locate(origin(path), part)
}

/** `concurrency=8`, `concurrency=8, requests=200`. */
export function nameSettings(settings: readonly Pick<Setting, 'key' | 'text'>[]): string {
  return settings.map(({ key, text }) => `${key}=${text}`).join(', ')
}

/** Name of the folder of a cell, below that of its spec: `concurrency=8`, `concurrency=8,requests=200`. */
export function nameCellFolder(settings: readonly Pick<Setting, 'key' | 'text'>[]): string {
  return settings
    .map(({ key, text }) => `${key}=${text.replace(/[^\w.+-]+/g, '_').slice(0, 60)}`)
    .join(',')
}

interface Axis {
  key: string
  settings: readonly Setting[]
}

function readAxes(
  matrix: NonNullable<BenchDocument['matrix']>,
  rest: Partial<BenchDocument>,
  report: Report,
): Axis[] {
  const keys = Object.keys(matrix).filter((key) => !key.startsWith('x-'))
  if (keys.length === 0 || keys.length > 2) {
    const got = keys.length === 0 ? 'none' : keys.join(', ')
    report(
      ['matrix'],
      `takes one or two keys of the load, got ${got}. For example matrix: { concurrency: [1, 8, 32] }.`,
      'key',
    )
    return []
  }
  return keys.map((key) => {
    const outer = findOuter(key, rest)
    if (outer !== undefined) {
      report(
        ['matrix', key],
        `also stands outside of the matrix, as ${outer}. Remove one of them.`,
        'key',
      )
    }
    const settings = (matrix[key as keyof typeof matrix] as unknown[]).map((value) =>
      readSetting(key, value),
    )
    if (settings.length === 0) report(['matrix', key], 'must have a value, got an empty list.')
    settings.forEach((setting, index) => {
      const first = settings.findIndex((other) => isSame(setting, other))
      if (first === index) return
      const message = `the value ${setting.text} is there twice. Remove one of them.`
      report(['matrix', key, index], message)
    })
    return { key, settings }
  })
}

/** The key outside of the matrix that says the same, by either of its names. */
function findOuter(key: string, rest: Partial<BenchDocument>): string | undefined {
  const names = key === 'requests' ? [key, 'total_requests'] : [key]
  return names.find((name) => Object.hasOwn(rest, name))
}

/** Also `60s` and `1m`: they would be one point of a chart, and one folder. */
function isSame(one: Setting, other: Setting): boolean {
  if (one.number !== undefined && one.number === other.number) return true
  return nameCellFolder([one]).toLowerCase() === nameCellFolder([other]).toLowerCase()
}

function readSetting(key: string, value: unknown): Setting {
  const text = isFields(value)
    ? Object.entries(value)
        .map(([name, inner]) => `${name}:${String(inner)}`)
        .join(' ')
    : String(value)
  return keepKnown<Setting>({ key, value, text, number: readNumber(value) })
}

/** Seconds of a duration, per second of a rate, any other number as it is. */
function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const ms = parseDuration(value)
  if (ms !== undefined) return ms / 1000
  const [, rate, unit] = /^(\d+(?:\.\d+)?)\s*\/\s*(s|min)$/.exec(value) ?? []
  return rate === undefined ? undefined : Number(rate) / (unit === 's' ? 1 : 60)
}

interface Chosen {
  setting: Setting
  index: number
}

/** The first key changes last. */
function combine([first, ...others]: readonly Axis[]): Chosen[][] {
  if (first === undefined) return [[]]
  const rest = combine(others)
  return first.settings.flatMap((setting, index) =>
    rest.map((chosen) => [{ setting, index }, ...chosen]),
  )
}

function toKeys(settings: readonly Setting[]): Record<string, unknown> {
  return Object.fromEntries(settings.map(({ key, value }) => [key, value]))
}
