import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'

import { keepKnown } from '../bench-spec/known.ts'
import { readRecords, readResults } from '../results/findings.ts'
import { replaceFile } from '../run/output-file.ts'
import { openRunFolder, type RunFolder } from '../run/run-folder.ts'
import type { RunDocument, StoredRun } from './stored-run.ts'

/** An id begins with the instant, so that ids are sorted by time; no other name is ever looked for. */
const idPattern = /^\d{8}T\d{9}-[0-9a-f]{8}$/

const documentName = 'benchmark.json'

/** The files of each run, and what is sent as what. */
export const runFiles: Readonly<Record<string, string>> = {
  'results.json': 'application/json',
  'test_results.json': 'application/json',
  'benchmark.json': 'application/json',
  'report.html': 'text/html; charset=utf-8',
  'requests.ndjson.gz': 'application/gzip',
}

/** The runs that are kept, each in a folder by its id. */
export interface Archive {
  /** The most runs that are kept. */
  keep: number
  /**
   * Makes the folder of a new run.
   * @throws {OutputError}
   */
  open(): { id: string; folder: RunFolder }
  /**
   * Writes how a run has ended, and removes the oldest beyond those that are kept.
   * @throws {OutputError}
   */
  add(document: RunDocument): void
  /** Removes the folder of a run that came to nothing, if it can. */
  discard(id: string): void
  /** The newest first. */
  list(): RunDocument[]
  find(id: string): RunDocument | undefined
  /** `undefined` also when its results cannot be read any more. */
  read(id: string): StoredRun | undefined
  /** `undefined`: there is no such file. */
  readFile(id: string, name: string): Buffer | undefined
}

/** `folder`: absolute; what is in it by names that are no ids is left alone. */
export function createArchive(folder: string, keep: number): Archive {
  const find = (id: string): RunDocument | undefined => {
    const text = readFile(id, documentName)
    if (text === undefined) return undefined
    try {
      return JSON.parse(text.toString()) as RunDocument
    } catch {
      return undefined
    }
  }

  function readFile(id: string, name: string): Buffer | undefined {
    if (!idPattern.test(id) || !Object.hasOwn(runFiles, name)) return undefined
    try {
      return readFileSync(join(folder, id, name))
    } catch {
      return undefined
    }
  }

  function listIds(): string[] {
    try {
      return readdirSync(folder)
        .filter((name) => idPattern.test(name))
        .sort()
        .toReversed()
    } catch {
      return []
    }
  }

  function discard(id: string): void {
    if (!idPattern.test(id)) return
    try {
      rmSync(join(folder, id), { recursive: true, force: true })
    } catch {
      // Whoever took the right to remove it can see it there.
    }
  }

  return {
    keep,
    open() {
      const instant = new Date().toISOString().replace(/[-:.Z]/g, '')
      const id = `${instant}-${randomBytes(4).toString('hex')}`
      return { id, folder: openRunFolder(folder, id) }
    },
    add(document) {
      const text = `${JSON.stringify(document, null, 2)}\n`
      replaceFile(join(folder, document.id, documentName), text)
      for (const id of listIds().slice(keep)) discard(id)
    },
    discard,
    list: () => listIds().flatMap((id) => find(id) ?? []),
    find,
    read(id) {
      const document = find(id)
      if (document === undefined) return undefined
      const cwd = join(folder, id)
      try {
        const { results, file } = readResults('results.json', cwd)
        return keepKnown<StoredRun>({
          document,
          results,
          records: readRecords(results, { file, cwd }),
        })
      } catch {
        return undefined
      }
    },
    readFile,
  }
}
