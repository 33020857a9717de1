import { appendFileSync, truncateSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

import type { RequestRecord } from '../engine/record.ts'
import { renderRequest } from '../results/requests.ts'
import { attempt, OutputError, removeFile } from './output-file.ts'

/** Is told of the requests of a run as they end. */
export interface RequestLog {
  /** Called before any `add` with the instant at which the first request was due (see `RequestMarks`). */
  start(at: number): void
  /** Called about twice a second with the requests to both targets that have ended since. */
  add(records: readonly RequestRecord[]): void
}

/** A `requests.ndjson.gz` that grows. */
export interface RequestFile {
  log: RequestLog
  /** Ends the file. Returns why requests are missing in it; `undefined` when none is. */
  end(): string | undefined
}

/** Records that are compressed at once. */
const mostInMember = 5_000

/** 1 costs a third of the time of the usual 6, for a tenth more bytes. */
const level = 1

/**
 * Makes an empty file for the requests of a run. Each batch is appended to it as a gzip member of
 * its own, which is whole without those that follow: a process that is killed loses the last half
 * second. What cannot be written is left out and told at the end; it does not stop a run.
 * @throws {OutputError} when the file cannot be made.
 */
export function createRequestFile(path: string): RequestFile {
  removeFile(path)
  attempt(path, () => writeFileSync(path, '', { flag: 'wx' }))
  let t0 = 0
  /** Bytes of the whole members. */
  let size = 0
  let problem: string | undefined

  function append(lines: string): void {
    // What follows a hole would be no list of all requests up to an instant.
    if (problem !== undefined) return
    const member = gzipSync(lines, { level })
    try {
      attempt(path, () => appendFileSync(path, member))
      size += member.length
    } catch (error) {
      if (!(error instanceof OutputError)) throw error
      problem = `${error.message}; requests are missing in it`
      giveBack()
    }
  }

  /** On a full disk the other files need the room of half a member more than it does. */
  function giveBack(): void {
    try {
      truncateSync(path, size)
    } catch {
      // Told already, as what could not be appended; a reader does without half a member.
    }
  }

  return {
    log: {
      start(at) {
        t0 = at
      },
      add(records) {
        for (let from = 0; from < records.length; from += mostInMember) {
          const batch = records.slice(from, from + mostInMember)
          append(batch.map((record) => `${renderRequest(record, t0)}\n`).join(''))
        }
      },
    },
    end() {
      if (size === 0) append('')
      return problem
    },
  }
}
