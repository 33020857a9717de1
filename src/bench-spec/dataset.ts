import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

import { CsvError, parse } from 'csv-parse/sync'

import { decodeText, findEncoding } from './encoding.ts'
import { findExcess } from './extent.ts'
import { isFields } from './fields.ts'
import { renderPath } from './issue.ts'
import { keepKnown } from './known.ts'
import { readSession, SessionError } from './session-reading.ts'
import type { Session } from './session.ts'
import type { Dataset, Row } from './spec.ts'
import { suggest } from './suggestion.ts'

/** A `data_source` that is a file, as the schema lets it through. */
export interface DataSource {
  type: 'csv' | 'jsonl' | 'conversations'
  file: string
  column?: string
  encoding?: string
  shuffle?: boolean
  repeats?: 'allowed' | 'forbidden'
}

/** Rows of a `data_source`. */
export interface LoadedDataset {
  /** `undefined` when there are issues. */
  dataset?: Dataset
  /** Columns that the file has and `column` keeps from being used. */
  hidden: readonly string[]
  /** What is wrong, with the key of `data_source` it belongs to. */
  issues: readonly { key: string; message: string }[]
  warnings: readonly string[]
}

/** A dataset that cannot be used. */
class DatasetError extends Error {
  override readonly name = 'DatasetError'
  readonly key: keyof DataSource
  readonly messages: readonly string[]

  constructor(key: keyof DataSource, ...messages: string[]) {
    super(messages.join('\n'))
    this.key = key
    this.messages = messages
  }
}

/** More of the same kind add nothing. */
const mostLinesNamed = 5

/** Reads the file, relative to `directory`. Cells of CSV are text; values of JSONL keep their type. */
export function loadDataset(source: DataSource, directory: string): LoadedDataset {
  const path = resolve(directory, source.file)
  const warnings: string[] = []
  try {
    const text = readText(source, path, warnings)
    const table = parseTable(source.type, text)
    const columns = limitColumns(table.columns, source.column)
    const shown = new Set(columns)
    const rows = table.rows.map((row) => pick(row, columns))
    const hidden = table.columns.filter((column) => !shown.has(column))
    const { sessions } = table
    const dataset = keepKnown<Dataset>({ source: source.file, path, columns, rows, sessions })
    return { dataset, hidden, issues: [], warnings }
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error
    const { key, messages } = error
    const name = key === 'file' ? source.file : ''
    const issues = messages.map((message) => ({ key, message: `${name}${message}` }))
    return { hidden: [], issues, warnings }
  }
}

function readText(source: DataSource, path: string, warnings: string[]): string {
  const asked = source.encoding ?? 'utf-8'
  const encoding = findEncoding(asked)
  if (encoding === undefined) {
    const known = ['utf-8', 'utf-16le', 'gbk', 'gb18030', 'big5', 'shift_jis', 'euc-kr', 'latin1']
    const hint = suggest(asked, known)
    const advice = hint === '' ? ` Write for example ${known.join(', ')}.` : hint
    throw new DatasetError('encoding', `unknown encoding "${asked}".${advice}`)
  }
  const bytes = readBytes(path)
  const decoded = decodeText(bytes, encoding)
  if ('offset' in decoded) {
    const { byte, offset, line, candidates } = decoded
    const hex = byte.toString(16).toUpperCase().padStart(2, '0')
    const advice =
      candidates.length === 0
        ? 'Convert it to utf-8.'
        : `The file could be ${candidates.join(' or ')}: set data_source.encoding.`
    throw new DatasetError(
      'file',
      `:${line}: byte 0x${hex} at offset ${offset} is not ${asked}. ${advice}`,
    )
  }
  if (decoded.doubt !== undefined) {
    warnings.push(
      `data_source.encoding: ${source.file} is also valid ${decoded.doubt}, which is likelier than ${asked}.`,
    )
  }
  const lost = decoded.text.indexOf('\ufffd')
  if (lost !== -1) {
    const line = decoded.text.slice(0, lost).split('\n').length
    const at = encoding === 'utf-8' ? ` at offset ${Buffer.from(bytes).indexOf('\ufffd')}` : ''
    throw new DatasetError(
      'file',
      `:${line}: holds U+FFFD${at}: a character was lost when it was converted before. Convert it again from the original.`,
    )
  }
  return decoded.text
}

function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const what = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`
    throw new DatasetError('file', ` ${what}. Its path is relative to the spec's directory.`)
  }
}

interface Table {
  columns: string[]
  rows: Row[]
  /** One for each row. */
  sessions?: Session[]
}

function parseTable(type: DataSource['type'], text: string): Table {
  switch (type) {
    case 'csv':
      return parseCsv(text)
    case 'jsonl':
      return toTable(parseJsonl(text).map(({ row }) => row))
    case 'conversations':
      return parseConversations(text)
  }
}

function toTable(rows: Row[]): Table {
  return { columns: [...new Set(rows.flatMap((row) => Object.keys(row)))], rows }
}

function parseCsv(text: string): Table {
  const [header, ...records] = parseRecords(text)
  if (header === undefined) throw new DatasetError('file', ' is empty. It needs a header and rows.')
  const columns = header.record.map((name) => name.trim())
  const seen = new Set<string>()
  const problems = columns.flatMap((name, index) => {
    if (name === '') return [`:1: column ${index + 1} has no name.`]
    const twice = seen.has(name)
    seen.add(name)
    return twice ? [`:1: two columns are named "${name}". Rename one of them.`] : []
  })
  if (records.length === 0) problems.push(' has a header but no rows.')
  const uneven = records.filter(({ record }) => record.length !== columns.length)
  for (const { record, line } of uneven.slice(0, mostLinesNamed)) {
    problems.push(
      `:${line}: the row has another number of cells (${record.length}) than the header (${columns.length}). Quote cells that hold commas.`,
    )
  }
  if (problems.length > 0) throw new DatasetError('file', ...problems)
  const rows = records.map(({ record }) =>
    Object.fromEntries(columns.map((name, index) => [name, record[index]])),
  )
  return { columns, rows }
}

const quoteFaults: ReadonlyMap<string, string> = new Map([
  ['CSV_QUOTE_NOT_CLOSED', 'a quote is never closed. Double quotes within a quoted cell.'],
  ['CSV_INVALID_CLOSING_QUOTE', 'text follows a quoted cell. Double quotes within a quoted cell.'],
  ['INVALID_OPENING_QUOTE', 'a quote stands within a cell. Quote the cell and double its quotes.'],
])

function parseRecords(text: string): { record: string[]; line: number }[] {
  try {
    const records = parse(text, {
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    // The parser counts the lines up to the record's end; cells can hold line breaks.
    return records.map(({ record, info }) => ({
      record,
      line: info.lines - record.join('').split('\n').length + 1,
    }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = Number(error['lines'])
    const what = quoteFaults.get(error.code) ?? `${error.message}.`
    throw new DatasetError('file', `:${line}: ${what}`)
  }
}

function parseConversations(text: string): Table {
  if (text.trimStart().startsWith('[')) {
    const message = ' is one JSON array. Write one object per line: jq -c ".[]" array.json > file'
    throw new DatasetError('file', message)
  }
  const problems: string[] = []
  const read = parseJsonl(text).flatMap(({ row, line }) => {
    try {
      return [readSession(row)]
    } catch (error) {
      if (!(error instanceof SessionError)) throw error
      problems.push(`:${line}: ${error.message}`)
      return []
    }
  })
  if (problems.length > 0) throw new DatasetError('file', ...problems.slice(0, mostLinesNamed))
  return {
    ...toTable(read.map(({ cells }) => cells)),
    sessions: read.map(({ session }) => session),
  }
}

function parseJsonl(text: string): { row: Row; line: number }[] {
  const problems: string[] = []
  const rows = text.split(/\r?\n/).flatMap((line, index): { row: Row; line: number }[] => {
    if (line.trim() === '') return []
    const row = parseRow(line)
    const excess = row && findExcess(row)
    if (row !== undefined && excess === undefined) return [{ row, line: index + 1 }]
    const what =
      excess === undefined
        ? 'is no JSON object. Write one object per line.'
        : `${renderPath(excess.path)} ${excess.message}`
    problems.push(`:${index + 1}: ${what}`)
    return []
  })
  if (problems.length > 0) {
    throw new DatasetError('file', ...problems.slice(0, mostLinesNamed))
  }
  if (rows.length === 0) throw new DatasetError('file', ' is empty. It needs one object per line.')
  return rows
}

function parseRow(line: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

function limitColumns(columns: readonly string[], column: string | undefined): readonly string[] {
  if (column === undefined) return columns
  if (columns.includes(column)) return [column]
  throw new DatasetError(
    'column',
    `the file has no column "${column}".${suggest(column, columns)} It has ${columns.join(', ')}.`,
  )
}

/** JSONL rows need not have every column; what a placeholder misses is reported with the template. */
function pick(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(
    columns.filter((name) => Object.hasOwn(row, name)).map((name) => [name, row[name]]),
  )
}
