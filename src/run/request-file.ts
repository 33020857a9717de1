import {
  appendFileSync,
  closeSync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { gzipSync } from 'node:zlib'

import type { RequestRecord } from '../engine/record.ts'
import { renderRequest, type RunNames } from '../results/requests.ts'
import { attempt, OutputError, removeFile } from './output-file.ts'

/** Is told of the requests of a run as they end. */
export interface RequestLog {
  /**
   * Called before any `add` with the instant at which the first request was due (see `RequestMarks`),
   * and with what its requests are named by, secrets out of it.
   */
  start(at: number, names?: RunNames): void
  /** Called about twice a second with the requests to both targets that have ended since. */
  add(records: readonly RequestRecord[]): void
}

/** A `requests.ndjson.gz` that grows. */
export interface RequestFile {
  log: RequestLog
  /** Whether it is the file at a path: another run may have moved it. Asked before `end`. */
  isAt(path: string): boolean
  /** Ends the file. Returns why requests are missing in it; `undefined` when none is. */
  end(): string | undefined
}

/** Records that are compressed at once, and that a reader has to take at once. */
const mostInMember = 1_000

/** 1 costs a third of the time of the usual 6, for a tenth more bytes. */
const level = 1

/**
 * Puts an empty file for the requests of a run in the place of what has its name. Each batch is appended to it as a gzip member of
 * its own, which is whole without those that follow: a process that is killed loses the last half
 * second. It is held open, so that it gets them wherever it is moved. What cannot be written is left
 * out and told at the end; it does not stop a run.
 * @throws {OutputError} when the file cannot be made.
 */
export function createRequestFile(path: string): RequestFile {
  const file = openNew(path)
  const { dev, ino } = fstatSync(file, { bigint: true })
  let t0 = 0
  let names: RunNames | undefined
  /** Bytes of the whole members. */
  let size = 0
  let problem: string | undefined

  function append(lines: string): void {
    // What follows a hole would be no list of all requests up to an instant.
    if (problem !== undefined) return
    const member = gzipSync(lines, { level })
    try {
      attempt(path, () => appendFileSync(file, member))
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
      ftruncateSync(file, size)
    } catch {
      // Told already, as what could not be appended; a reader does without half a member.
    }
  }

  return {
    log: {
      start(at, given) {
        t0 = at
        names = given
      },
      add(records) {
        for (let from = 0; from < records.length; from += mostInMember) {
          const batch = records.slice(from, from + mostInMember)
          append(batch.map((record) => `${renderRequest(record, t0, names)}\n`).join(''))
        }
      },
    },
    isAt(place) {
      const found = lstatSync(place, { bigint: true, throwIfNoEntry: false })
      return found?.dev === dev && found.ino === ino
    },
    end() {
      if (size === 0) append('')
      closeSync(file)
      return problem
    },
  }
}

/** Two processes may do so at the same time: each has a file of its own, of which one has the name. */
function openNew(path: string): number {
  const draft = `${path}.${process.pid}.draft`
  removeFile(draft)
  let file = -1
  attempt(path, () => {
    file = openSync(draft, 'ax')
    try {
      renameSync(draft, path)
    } catch (error) {
      closeSync(file)
      rmSync(draft)
      throw error
    }
  })
  return file
}
