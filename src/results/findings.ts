import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'

import type { ReadStored } from '../bench-spec/baseline.ts'
import { readGzipLines } from '../bench-spec/gzip-lines.ts'
import { renderPath } from '../bench-spec/issue.ts'
import type { Records } from '../engine/record.ts'
import { joinRounds } from '../metrics/joining.ts'
import { DocumentError } from './document-error.ts'
import { parseMatrix } from './matrix-file.ts'
import type { Matrix } from './matrix.ts'
import { parseRequests } from './requests.ts'
import { parseResults } from './results-file.ts'
import type { Results } from './results.ts'

/** A run, or what was read back of it: its records may be missing. */
export interface Findings {
  results: Results
  records?: Records | undefined
}

/** What the cells of a matrix came to, in the folder that holds theirs. */
export const matrixName = 'matrix.json'

/** Where the requests of a run are, beside its `results.json`. */
const requestsName = 'requests.ndjson.gz'

/**
 * Reads a `results.json`, or the one in a folder, below `cwd`; `file` is its path as it is shown.
 * @throws {DocumentError} naming file, line and key, when it cannot be read or is not valid.
 */
export function readResults(given: string, cwd: string): { results: Results; file: string } {
  const path = resolve(cwd, given)
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  const file = isFolder ? join(given, 'results.json') : given
  if (isFolder && !existsSync(join(path, 'results.json'))) {
    throw DocumentError.ofFile(given, explainMissing(path))
  }
  return { results: parseResults(readBytes(file, cwd).toString(), file), file }
}

/**
 * Reads a `matrix.json`, or the one in a folder that has no `results.json`; `undefined` for anything
 * else.
 * @throws {DocumentError} naming file, line and key, when it is not valid.
 */
export function findMatrix(
  given: string,
  cwd: string,
): { matrix: Matrix; file: string } | undefined {
  const path = resolve(cwd, given)
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  if (!isFolder && basename(path) !== matrixName) return undefined
  if (isFolder && (existsSync(join(path, 'results.json')) || !existsSync(join(path, matrixName)))) {
    return undefined
  }
  const file = isFolder ? join(given, matrixName) : given
  return { matrix: parseMatrix(readBytes(file, cwd).toString(), file), file }
}

function explainMissing(folder: string): string {
  if (existsSync(join(folder, matrixName))) {
    return 'there is no results.json in this folder: it holds the cells of a matrix. Give the folder of one of them.'
  }
  return existsSync(join(folder, requestsName))
    ? `there is no results.json in this folder: its run was killed before it was judged. The requests that had ended are in ${requestsName}. Run the spec again for a verdict.`
    : 'there is no results.json in this folder. Give that of a run.'
}

/** The results in a folder; `undefined` where there are none that are whole, as after a kill. */
export function findResults(folder: string): Results | undefined {
  try {
    return readResults(folder, folder).results
  } catch (error) {
    if (error instanceof DocumentError) return undefined
    throw error
  }
}

/** Reads the results of a baseline by their path; a problem is to be read after the name of the file. */
export const readStored: ReadStored<Results> = (path) => {
  if (!existsSync(path)) return { problem: 'does not exist. Make it by a run of the baseline.' }
  try {
    return { results: readResults(path, path).results }
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error
    const [issue] = error.issues
    const place =
      issue === undefined || issue.path.length === 0 ? '' : `${renderPath(issue.path)}: `
    const what = `${place}${issue?.message}`
    return {
      problem: `is no results.json that can be compared with: ${what} Run the baseline again.`,
    }
  }
}

/**
 * Reads the `requests.ndjson.gz` beside a `results.json`, whose content is `results`, without the
 * requests to a baseline and the time that they took; `undefined` when there is none. `file` is the
 * path of the `results.json` below `cwd`. Of a file that was cut short, the requests that are whole.
 * @throws {DocumentError} naming file, line and key, when it cannot be read or is not valid.
 */
export function readRecords(
  results: Results,
  { file, cwd }: { file: string; cwd: string },
): Records | undefined {
  const path = join(dirname(file), requestsName)
  if (!existsSync(resolve(cwd, path))) return undefined
  const kinds = results.mix.map(({ name }) => name)
  const refuse = (): DocumentError =>
    DocumentError.ofFile(path, 'is not a whole gzip file. Remove it to do without the requests.')
  const lines = readGzipLines(resolve(cwd, path), refuse)
  const records = reading(path, () => parseRequests(lines, path, kinds))
  return ownRecords(results, records)
}

/** Those of the run itself: not those to a baseline, nor the time that they took. */
export function ownRecords({ baseline }: Results, records: Records): Records {
  const own = records.filter(({ target }) => target === 'candidate')
  return baseline?.kind === 'interleaved' ? joinRounds(own) : own
}

/** How many requests a run has sent to its target, warm-up included: so many records it has. */
export function countRequests({ summary }: Results): number {
  return summary.requests.total + summary.requests.warmup
}

function readBytes(file: string, cwd: string): Buffer {
  return reading(file, () => readFileSync(resolve(cwd, file)))
}

/** `file`: as it is shown where the system refuses. */
function reading<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    const message =
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? 'there is no such file. Give the results.json of a run, or its folder.'
        : `cannot be read (${(error as NodeJS.ErrnoException).code}).`
    throw DocumentError.ofFile(file, message)
  }
}
