import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

import type { ReadStored } from '../bench-spec/baseline.ts'
import { renderPath } from '../bench-spec/issue.ts'
import type { RequestRecord } from '../engine/record.ts'
import { joinRounds } from '../metrics/joining.ts'
import { DocumentError } from './document-error.ts'
import { parseRequests } from './requests.ts'
import { parseResults } from './results-file.ts'
import type { Results } from './results.ts'

/** A run, or what was read back of it: its records may be missing. */
export interface Findings {
  results: Results
  records?: readonly RequestRecord[] | undefined
}

/**
 * Reads a `results.json`, or the one in a folder, below `cwd`; `file` is its path as it is shown.
 * @throws {DocumentError} naming file, line and key, when it cannot be read or is not valid.
 */
export function readResults(given: string, cwd: string): { results: Results; file: string } {
  const path = resolve(cwd, given)
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  const file = isFolder ? join(given, 'results.json') : given
  if (isFolder && !existsSync(join(path, 'results.json'))) {
    const message = 'there is no results.json in this folder. Give that of a run.'
    throw DocumentError.ofFile(given, message)
  }
  return { results: parseResults(readBytes(file, cwd).toString(), file), file }
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
 * Reads the `requests.ndjson.gz` beside a `results.json`, without the requests to a baseline and
 * the time that they took; `undefined` when there is none.
 * @throws {DocumentError} naming file, line and key, when it cannot be read or is not valid.
 */
export function readRecords(results: string, cwd: string): RequestRecord[] | undefined {
  const file = join(dirname(results), 'requests.ndjson.gz')
  if (!existsSync(resolve(cwd, file))) return undefined
  const records = parseRequests(unzip(readBytes(file, cwd), file), file)
  const own = records.filter(({ target }) => target === 'candidate')
  return own.length === records.length ? own : joinRounds(own)
}

function readBytes(file: string, cwd: string): Buffer {
  try {
    return readFileSync(resolve(cwd, file))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const message =
      code === 'ENOENT'
        ? 'there is no such file. Give the results.json of a run, or its folder.'
        : `cannot be read (${code}).`
    throw DocumentError.ofFile(file, message)
  }
}

function unzip(bytes: Buffer, file: string): string {
  try {
    return gunzipSync(bytes).toString()
  } catch {
    throw DocumentError.ofFile(
      file,
      'is not a whole gzip file. Remove it to do without the requests.',
    )
  }
}
