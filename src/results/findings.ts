import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { SpecError } from '../bench-spec/issue.ts'
import type { RequestRecord } from '../engine/record.ts'
import { joinRounds } from '../metrics/joining.ts'
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
 * @throws {SpecError} naming file, line and key, when it cannot be read or is not valid.
 */
export function readResults(given: string, cwd: string): { results: Results; file: string } {
  const path = resolve(cwd, given)
  const isFolder = existsSync(path) && statSync(path).isDirectory()
  const file = isFolder ? join(given, 'results.json') : given
  if (isFolder && !existsSync(join(path, 'results.json'))) {
    throw refuse(given, 'there is no results.json in this folder.')
  }
  return { results: parseResults(readBytes(file, cwd).toString(), file), file }
}

/**
 * Reads the `requests.ndjson.gz` beside a `results.json`, without the requests to a baseline and
 * the time that they took; `undefined` when there is none.
 * @throws {SpecError} naming file, line and key, when it cannot be read or is not valid.
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
    throw refuse(file, code === 'ENOENT' ? 'there is no such file.' : `cannot be read (${code}).`)
  }
}

function unzip(bytes: Buffer, file: string): string {
  try {
    return gunzipSync(bytes).toString()
  } catch {
    throw refuse(file, 'is not a whole gzip file. Remove it to do without the requests.')
  }
}

function refuse(file: string, message: string): SpecError {
  return new SpecError([{ path: [], message }], file)
}
