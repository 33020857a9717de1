import { isFields, type Fields } from './fields.ts'
import { cleanLine } from './plain-text.ts'
import type { Row } from './spec.ts'
import { type TracedRequest, type TraceFormat, traceFormats } from './trace.ts'

/** What is wrong with a line of a trace: what stands behind its file and line. */
export class TraceLineError extends Error {
  override readonly name = 'TraceLineError'
}

/** Where a format has what, and how it writes an instant. */
interface Shape {
  lines: 'json' | 'csv'
  time: string
  input: string
  output: string
  blocks?: string
  /** Whether its lines are in the order of time; ours are in that in which requests ended. */
  isSorted: boolean
  /** Whether every other member is a tag. */
  hasTags: boolean
  toMs(value: unknown): number | undefined
  /** What `time` must be. */
  instant: string
}

const shapes: Readonly<Record<TraceFormat, Shape>> = {
  mooncake: {
    lines: 'json',
    time: 'timestamp',
    input: 'input_length',
    output: 'output_length',
    blocks: 'hash_ids',
    isSorted: true,
    hasTags: true,
    toMs: toNumber,
    instant: 'a number of ms',
  },
  burstgpt: {
    lines: 'csv',
    time: 'Timestamp',
    input: 'Request tokens',
    output: 'Response tokens',
    isSorted: true,
    hasTags: true,
    toMs: (value) => scale(toNumber(value), 1000),
    instant: 'a number of seconds',
  },
  azure: {
    lines: 'csv',
    time: 'TIMESTAMP',
    input: 'ContextTokens',
    output: 'GeneratedTokens',
    isSorted: true,
    hasTags: true,
    toMs: parseDate,
    instant: 'a date and time, as 2023-11-16 18:15:46.6805900',
  },
  requests: {
    lines: 'json',
    time: 'marks_ms.scheduled',
    input: 'prompt_tokens',
    output: 'completion_tokens',
    isSorted: false,
    hasTags: false,
    toMs: toNumber,
    instant: 'a number of ms',
  },
}

/** Reads the lines of a trace one after the other. */
export interface TraceReader {
  format: TraceFormat
  isSorted: boolean
  /** Name of what tells the time, for who writes of it. */
  time: string
  /** `undefined`: a line that is no request of the trace.
   * @throws {TraceLineError} */
  read(line: string): TracedRequest | undefined
}

/**
 * The reader of a trace that begins with this line. The header of CSV is a line too, which is none of
 * its requests.
 * @throws {TraceLineError} when it is no trace, or not of the format that is asked for.
 */
export function createTraceReader(
  first: string,
  { asked, blockTokens }: { asked: TraceFormat | undefined; blockTokens: number },
): TraceReader {
  const json = parseJson(first)
  const columns = json === undefined ? splitCells(first).map((name) => name.trim()) : []
  const keys = json === undefined ? columns : Object.keys(json)
  const lines = json === undefined ? 'csv' : 'json'
  const format =
    asked ?? traceFormats.find((each) => shapes[each].lines === lines && lacks(each, keys) === '')
  if (format === undefined) {
    throw new TraceLineError(
      `is no trace of a known shape: ${tell(lines, keys)}. Known are ${list()}.`,
    )
  }
  const missing = lacks(format, keys)
  if (missing !== '') {
    throw new TraceLineError(
      `has no ${missing}, which a trace of format ${format} needs: ${tell(lines, keys)}. Known are ${list()}.`,
    )
  }
  const shape = shapes[format]
  const { isSorted, time } = shape
  let isHeader = lines === 'csv'
  return {
    format,
    isSorted,
    time,
    read(line) {
      if (isHeader) {
        isHeader = false
        return undefined
      }
      const fields = lines === 'json' ? parseJson(line) : zip(columns, splitCells(line))
      if (fields === undefined)
        throw new TraceLineError('is no JSON object. Write one for each line.')
      return readRequest(fields, format, blockTokens)
    },
  }
}

/** The key that a line of this format must have and does not; '' when it has all. */
function lacks(format: TraceFormat, keys: readonly string[]): string {
  const { time, input, output } = shapes[format]
  return [time, input, output].find((key) => !keys.includes(key.split('.')[0] ?? '')) ?? ''
}

/** Keys of a line that are named in an error. */
const mostNamed = 12

function tell(lines: Shape['lines'], keys: readonly string[]): string {
  const named = keys.slice(0, mostNamed).map((key) => cleanLine(key.slice(0, 40)))
  const more = keys.length > mostNamed ? ', …' : ''
  return `it has the ${lines === 'json' ? 'keys' : 'columns'} ${named.join(', ')}${more}`
}

function list(): string {
  const each = traceFormats.map((format) => {
    const { time, input, output, blocks } = shapes[format]
    const keys = [time, input, output, ...(blocks === undefined ? [] : [blocks])]
    return `${format} (${keys.join(', ')})`
  })
  return each.join(', ')
}

function readRequest(
  fields: Fields,
  format: TraceFormat,
  blockTokens: number,
): TracedRequest | undefined {
  const shape = shapes[format]
  // Of a run: those that no figure is of, and those to whom it was compared with.
  const isOther = fields['phase'] === 'warmup' || fields['target'] === 'baseline'
  if (format === 'requests' && isOther) return undefined
  const at = shape.toMs(find(fields, shape.time))
  if (at === undefined) throw mustBe(shape.time, shape.instant, find(fields, shape.time))
  const lengths = readLengths(fields, shape)
  const blocks = readBlocks(fields, shape)
  if (lengths !== undefined && blocks !== undefined) {
    checkBlocks(blocks.length, lengths.input, { ...shape, blockTokens })
  }
  return {
    at,
    lengths,
    blocks,
    tags: shape.hasTags ? pickTags(fields, shape) : {},
  }
}

/** Tokens that no prompt and no answer has. */
const mostTokens = 10_000_000

/** Failed requests have no answer: in our own records both are nothing, elsewhere the answer is 0. */
function readLengths(fields: Fields, { input, output }: Shape): TracedRequest['lengths'] {
  const [asked, answered] = [fields[input], fields[output]]
  if (asked === null || answered === null) return undefined
  const read = (key: string, least: number): number => {
    const value = toNumber(fields[key])
    if (value !== undefined && Number.isInteger(value) && value >= least && value <= mostTokens) {
      return value
    }
    throw mustBe(key, `a whole number of tokens from ${least} to ${mostTokens}`, fields[key])
  }
  const lengths = { input: read(input, 1), output: read(output, 0) }
  return lengths.output === 0 ? undefined : lengths
}

function readBlocks(fields: Fields, { blocks: key = '' }: Shape): readonly number[] | undefined {
  const value = fields[key]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw mustBe(key, 'a list of whole numbers', value)
  const wrong = value.find((id) => !Number.isInteger(id))
  if (wrong !== undefined) throw mustBe(key, 'a list of whole numbers', wrong)
  return value as number[]
}

/** Tells a trace whose blocks have another size. */
function checkBlocks(
  count: number,
  length: number,
  { blocks, input, blockTokens }: Shape & { blockTokens: number },
): void {
  const room = Math.ceil(length / blockTokens)
  if (count <= room) return
  const fitting = 2 ** Math.floor(Math.log2(Math.max(1, length / (count - 1 || 1))))
  throw new TraceLineError(
    `${blocks} has ${count} blocks, and ${input} ${length} has room for ${room} of ${blockTokens} tokens. Say how many tokens a block has, for example data_source: { block_tokens: ${fitting} }.`,
  )
}

function pickTags(fields: Fields, { time, input, output, blocks }: Shape): Row {
  const own = new Set([time, input, output, blocks])
  const entries = Object.entries(fields).filter(
    ([key, value]) => !own.has(key) && typeof value !== 'object',
  )
  return Object.fromEntries(entries)
}

function mustBe(key: string, expected: string, got: unknown): TraceLineError {
  const shown = got === undefined ? 'nothing' : cleanLine(JSON.stringify(got).slice(0, 80))
  return new TraceLineError(`${key} must be ${expected}, got ${shown}. Correct or remove the line.`)
}

function find(fields: Fields, path: string): unknown {
  let value: unknown = fields
  for (const key of path.split('.')) value = isFields(value) ? value[key] : undefined
  return value
}

function parseJson(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

function splitCells(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  const cells = line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)
  return Array.from(cells, ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '')
}

function zip(columns: readonly string[], cells: readonly string[]): Fields {
  if (cells.length === columns.length) {
    return Object.fromEntries(columns.map((name, index) => [name, cells[index]?.trim()]))
  }
  throw new TraceLineError(
    `has ${cells.length} cells, and the header ${columns.length}. Correct or remove the line.`,
  )
}

/** Also of a text, as cells are. */
function toNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

function scale(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor
}

/** With as many digits of a second as there are; a zone other than UTC shifts all alike. */
function parseDate(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined
  const [, day, time, fraction = ''] =
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d+))?(?:Z|[+-]\d\d:?\d\d)?$/.exec(value) ?? []
  const ms = Date.parse(`${day}T${time}Z`)
  return Number.isNaN(ms) ? undefined : ms + Number(`0.${fraction}0`) * 1000
}
