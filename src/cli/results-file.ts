import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

import type { RequestRecord } from '../engine/record.ts'
import { parseRequest } from '../report/requests.ts'
import { resultsSchema } from '../report/results-schema.ts'
import type { Results } from '../report/results.ts'
import { findMismatch } from '../spec/schema-check.ts'
import { UsageError } from './command.ts'

/** A results.json, or the one in a folder of results. Throws `UsageError` for anything else. */
export function readResults(given: string, cwd: string): { results: Results; file: string } {
  const path = resolve(cwd, given)
  if (!existsSync(path)) throw new UsageError(`${given}: there is no such file`)
  const file = statSync(path).isDirectory() ? join(path, 'results.json') : path
  if (!existsSync(file)) throw new UsageError(`${given}: there is no results.json in this folder`)
  const document = parse(readFileSync(file, 'utf8'), given)
  const mismatch = findMismatch(resultsSchema, document)
  if (mismatch === undefined) return { results: document as Results, file }
  throw new UsageError(`${given}: is not a results.json of this version of slogate: ${mismatch}`)
}

/** The requests.ndjson.gz beside a results.json. Throws `UsageError` when it is missing or damaged. */
export function readRecords(file: string): RequestRecord[] {
  const path = join(dirname(file), 'requests.ndjson.gz')
  if (!existsSync(path)) {
    throw new UsageError(`${path}: there is no such file; it is written beside results.json`)
  }
  try {
    const text = gunzipSync(readFileSync(path)).toString('utf8')
    return text.split('\n').flatMap((line) => (line === '' ? [] : [parseRequest(line)]))
  } catch (error) {
    throw new UsageError(`${path}: cannot be read: ${(error as Error).message}`)
  }
}

function parse(text: string, given: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${given}: is not JSON: ${(error as Error).message}`)
  }
}
