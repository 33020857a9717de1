import { findLead } from './cache-rule.ts'
import { createIssue, type Locate, type Path, type Issue } from './issue.ts'
import { keepKnown } from './known.ts'
import { findHeads } from './prompt-head.ts'
import { explainOwnCell, listOwnColumns } from './session-columns.ts'
import type { BenchSpec, Dataset, Row, Target } from './spec.ts'
import type { StreamFormat } from './stream-format.ts'
import { suggest } from './suggestion.ts'
import type { PromptRecipe } from './trace.ts'
import { isWhole } from './whole-answer.ts'

/** What is sent for one row. */
export interface PreparedRequest {
  /** 0-based row of the dataset; `undefined` without one. */
  row?: number
  /** 0-based kind of a mix; `undefined` without one. */
  kind?: number
  url: string
  method: string
  /** Names as the spec spells them, the defaults in lower case. */
  headers: Record<string, string>
  /** `undefined` sends no body. */
  body?: string
  /** What is written for `promptMark` in the body when it is sent; `undefined`: nothing. */
  prompt?: PromptRecipe
  /** Offsets in the body at which a marker is put, see `createMarker`; `undefined`: at none. */
  heads?: readonly number[]
}

/** A `{{name}}` in a text of the target. */
interface Placeholder {
  path: Path
  text: string
  name: string
  start: number
  length: number
}

const placeholder = /\{\{\s*([^{}]+?)\s*\}\}/g

export function hasPlaceholder(text: string): boolean {
  return text.search(placeholder) !== -1
}

/** Text with every placeholder replaced by the same word. */
export function fillPlaceholders(text: string, word: string): string {
  return text.replace(placeholder, word)
}

/**
 * The requests of a spec to one of its targets, one for each row that may be used, in the order of
 * the rows. Without a dataset there is exactly one.
 */
export function prepare(spec: BenchSpec, target: Target = spec.target): PreparedRequest[] {
  const { dataset, load, stream, cache } = spec
  const lead = findLead({ cache, load })
  const wanted = { stream, lead }
  if (dataset === undefined) return [prepareRequest(target, {}, wanted)]
  const { requests = Infinity, warmup, shuffle } = load
  // Made-up rows are as many as can be used, those of rounds that may be added included.
  const used = shuffle === true || dataset.synthetic !== undefined ? Infinity : requests + warmup
  return dataset.rows.slice(0, used).map((row, index) =>
    keepKnown<PreparedRequest>({
      row: index,
      ...prepareRequest(target, row, wanted),
      prompt: dataset.trace?.prompts[index],
    }),
  )
}

/** What a request is prepared for. */
export interface Wanted {
  /** What is asked for by the headers that the target does not have. */
  stream?: StreamFormat | undefined
  /** What each prompt begins with, be it '', and has a head behind; `undefined`: prompts have no heads. */
  lead?: string | undefined
}

/** Fills the placeholders of a target from one row; a cell that looks like one is left as it is. */
export function prepareRequest(
  target: Target,
  row: Row,
  { stream, lead }: Wanted = {},
): PreparedRequest {
  const body = fillValue(target.body, row)
  const headed = lead === undefined ? undefined : findHeads(body, lead)
  const headers: Record<string, string> = {}
  for (const [name, text] of Object.entries(target.headers)) headers[name] = fillText(text, row)
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()))
  for (const [name, value] of Object.entries(defaultHeaders(body !== undefined, stream))) {
    if (!given.has(name)) headers[name] = value
  }
  return keepKnown<PreparedRequest>({
    url: fillText(target.url, row, (text) => encodeURIComponent(text.toWellFormed())),
    method: target.method,
    headers,
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    ...headed,
  })
}

function defaultHeaders(
  hasBody: boolean,
  stream: StreamFormat | undefined,
): Record<string, string> {
  return keepKnown<Record<string, string>>({
    'content-type': hasBody ? 'application/json' : undefined,
    accept: isWhole(stream)
      ? 'application/json, */*;q=0.1'
      : 'text/event-stream, application/x-ndjson, application/json;q=0.5, */*;q=0.1',
    // A compressed stream is held back until a block is full.
    'accept-encoding': 'identity',
  })
}

function fillValue(value: unknown, row: Row): unknown {
  if (typeof value === 'string') {
    const [match] = value.matchAll(placeholder)
    return match?.[0] === value ? row[match[1] ?? ''] : fillText(value, row)
  }
  if (Array.isArray(value)) return value.map((item) => fillValue(item, row))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillValue(item, row)]))
}

function fillText(text: string, row: Row, encode = (cell: string): string => cell): string {
  return text.replace(placeholder, (_, name: string) => {
    const cell = row[name]
    return encode(typeof cell === 'string' ? cell : JSON.stringify(cell))
  })
}

/** What is known of the columns that placeholders may name. */
export interface Columns {
  dataset?: Dataset
  /** Columns of the file that `data_source.column` keeps from being used. */
  hidden: readonly string[]
}

/** Finds placeholders that nothing can be put in place of. */
export function checkPlaceholders(target: Target, columns: Columns, locate: Locate): Issue[] {
  return listPlaceholders(target).flatMap(({ path, text, name, start, length }) => {
    const isWhole = path[0] === 'body' && path.length > 1 && length === text.length
    const own = explainOwnCell(name, isWhole, columns.dataset)
    const problem = own === undefined ? explainPlaceholder(name, path, columns) : own.problem
    return problem === undefined ? [] : createIssue(locate, path, problem, { text, start, length })
  })
}

/** What a made-up row has only where the source asks for it. */
const keysOfColumns: Readonly<Record<string, string>> = {
  output_tokens: 'output_tokens, for example 128,',
  group: 'shared_prefix, for example 256,',
}

function explainPlaceholder(
  name: string,
  [place]: Path,
  { dataset, hidden }: Columns,
): string | undefined {
  if (dataset === undefined) {
    return `{{${name}}} has no source. Add a data_source with a column "${name}".`
  }
  const { source, synthetic, trace } = dataset
  const { columns, rows } = listOwnColumns(dataset)
  if (trace !== undefined && name === 'prompt' && place !== 'body') {
    return '{{prompt}} of a trace is a long text, for the body alone. Write it there.'
  }
  const key = synthetic && !columns.includes(name) ? keysOfColumns[name] : undefined
  if (key !== undefined) return `{{${name}}} has no source. Add ${key} to the data_source.`
  if (hidden.includes(name)) {
    return `{{${name}}} is not available: data_source.column limits the columns to "${columns.join()}". Remove it to use all columns.`
  }
  if (!columns.includes(name)) {
    const hint = suggest(name, columns)
    return `${source} has no column "${name}".${hint === '' ? ` It has ${columns.join(', ')}.` : hint}`
  }
  const lacking = rows.findIndex((row) => row[name] === undefined)
  if (lacking === -1) return undefined
  const what = dataset.sessions === undefined ? 'row' : 'turn'
  return `${what} ${lacking + 1} of ${source} has no "${name}". Every ${what} needs what a placeholder names.`
}

/** Whether any text of the target names a column. */
export function usesDataset(target: Target): boolean {
  return listPlaceholders(target).length > 0
}

/** Whether any text of the target names this column. */
export function usesColumn(target: Target, column: string): boolean {
  return listPlaceholders(target).some(({ name }) => name === column)
}

/** The columns that a target names. */
export function listNames(target: Target): ReadonlySet<string> {
  return new Set(listPlaceholders(target).map(({ name }) => name))
}

function listPlaceholders({ url, headers, body }: Target): Placeholder[] {
  return [...scan(url, ['url']), ...scan(headers, ['headers']), ...scan(body, ['body'])]
}

function scan(value: unknown, path: Path): Placeholder[] {
  if (typeof value === 'string') {
    return [...value.matchAll(placeholder)].map((match) => ({
      path,
      text: value,
      name: match[1] ?? '',
      start: match.index,
      length: match[0].length,
    }))
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => scan(item, [...path, index]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]) => scan(item, [...path, key]))
}
