import {
  appendFileSync,
  closeSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, extname } from 'node:path'

import { keepKnown } from '../bench-spec/known.ts'
import {
  csv,
  historyColumns,
  type HistoryFormat,
  type HistoryRow,
  ndjson,
  type Revision,
  toHistoryRow,
} from '../report/export/history.ts'
import type { Results } from '../results/results.ts'
import { OutputError } from './output-file.ts'

type Environment = Readonly<Record<string, string | undefined>>

const formats: Readonly<Record<string, HistoryFormat>> = {
  '.csv': csv,
  '.ndjson': ndjson,
  '.jsonl': ndjson,
}

/**
 * Why no row can be appended to a file, for use before anything is sent; `undefined` when nothing
 * speaks against it.
 */
export function checkHistory(file: string): string | undefined {
  const format = formats[extname(file)]
  if (format === undefined) {
    return `${file}: the name must end in ${Object.keys(formats).join(', ')}`
  }
  const { firstLine } = readEnds(file)
  if (firstLine === undefined) return undefined
  const found = format.columns(firstLine)
  if (found === undefined) return `${file}: its first line is no row of JSON`
  const [extra] = found.filter((column) => !historyColumns.includes(column))
  const [missing] = historyColumns.filter((column) => !found.includes(column))
  if (extra !== undefined)
    return `${file}: has a column "${extra}" that is not written; use another file`
  if (missing !== undefined) return `${file}: has no column "${missing}"; use another file`
  const isSame = found.every((column, index) => column === historyColumns[index])
  return isSame ? undefined : `${file}: its columns are in another order; use another file`
}

/**
 * Appends a row per run to a file that `checkHistory` found nothing against, in one write, so that
 * runs at the same time do not mix. Returns the problem instead of throwing: a row that cannot be
 * written does not change a verdict.
 */
export function appendHistory(
  file: string,
  runs: readonly Results[],
  env: Environment,
): string | undefined {
  try {
    const problem = checkHistory(file)
    if (problem !== undefined) return `no row was appended to the history: ${problem}`
    const revision = readRevision(env)
    append(
      file,
      runs.map((run) => toHistoryRow(run, revision)),
    )
    return undefined
  } catch (error) {
    return `no row was appended to the history: ${new OutputError(file, error).message}`
  }
}

function append(file: string, rows: readonly HistoryRow[]): void {
  const { header, render } = formats[extname(file)] ?? ndjson
  const lines = rows.map((row) => `${render(row)}\n`).join('')
  const whole = header === undefined ? lines : `${header}\n${lines}`
  mkdirSync(dirname(file), { recursive: true })
  if (createWhole(file, whole)) return
  const { firstLine, isEnded } = readSettledEnds(file)
  if (firstLine === undefined) appendFileSync(file, whole)
  else appendFileSync(file, isEnded ? lines : `\n${lines}`)
}

/** Makes the file with its first rows at once; false when it was there, or was made meanwhile. */
function createWhole(file: string, content: string): boolean {
  const draft = `${file}.${process.pid}.draft`
  writeFileSync(draft, content)
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft)
  }
}

/** Bytes that a first line may take. */
const longestLine = 65_536

/**
 * The same when nothing is being written: a line without an end may be one that another process has
 * written in part. The one that was left so is still so a little later.
 */
function readSettledEnds(file: string): ReturnType<typeof readEnds> {
  const tries = 10
  for (let i = 0; i < tries; i++) {
    const ends = readEnds(file)
    if (ends.isEnded) return ends
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  }
  return readEnds(file)
}

/** First line of a file and whether its last line has an end; no line: the file is not there, or empty. */
function readEnds(file: string): { firstLine: string | undefined; isEnded: boolean } {
  let descriptor: number
  try {
    descriptor = openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return { firstLine: undefined, isEnded: true }
    throw error
  }
  try {
    const { size } = fstatSync(descriptor)
    if (size === 0) return { firstLine: undefined, isEnded: true }
    const start = Buffer.alloc(Math.min(size, longestLine))
    readSync(descriptor, start, 0, start.length, 0)
    const last = Buffer.alloc(1)
    readSync(descriptor, last, 0, 1, size - 1)
    const [firstLine = ''] = start.toString('utf8').split('\n')
    return { firstLine, isEnded: last.toString() === '\n' }
  } finally {
    closeSync(descriptor)
  }
}

/** Of GitHub's and GitLab's variables. */
function readRevision(env: Environment): Revision {
  const commit = env.GITHUB_SHA ?? env.CI_COMMIT_SHA
  // Set, and empty, where it is not a pull request.
  const branch = env.GITHUB_HEAD_REF || (env.GITHUB_REF_NAME ?? env.CI_COMMIT_REF_NAME)
  return keepKnown<Revision>({ commit, branch })
}
