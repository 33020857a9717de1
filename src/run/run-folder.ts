import { lstatSync } from 'node:fs'
import { join, relative } from 'node:path'

import { tickRecords } from '../engine/packed-records.ts'
import type { Records } from '../engine/record.ts'
import type { Places } from '../report/screen.ts'
import { type Findings, ownRecords } from '../results/findings.ts'
import { namesOf } from '../results/requests.ts'
import type { Results } from '../results/results.ts'
import type { BenchRun } from './bench.ts'
import { addShelf, clearShelves, keptRuns, listShelves, shelveRun } from './earlier-runs.ts'
import { makeFolder, OutputError, writeFiles } from './output-file.ts'
import { createRequestFile, type RequestLog } from './request-file.ts'

/** A name as one folder: letters and digits of any script, no way out of where it is put. */
export function folderName(name: string): string {
  const safe = name.normalize('NFC').replace(/[^\p{L}\p{N}._-]+/gu, '_')
  const visible = safe.replace(/^\.+/, '').slice(0, 100)
  // File systems count bytes: 80 characters of three bytes are the most that all of them take.
  const short = Buffer.byteLength(visible) > 240 ? visible.slice(0, 80) : visible
  return short.toWellFormed() || '_'
}

/** What is made of the results and records of a run, by its path in the folder of the run. */
export const reportFiles = {
  html: ['report.html'],
  junit: ['junit.xml'],
  markdown: ['summary.md'],
  seed: ['test_results.json'],
  exports: [
    'exports/benchmark-smaller.json',
    'exports/benchmark-bigger.json',
    'exports/bencher.json',
    'exports/openmetrics.txt',
    'exports/metrics.prom',
    'exports/ctrf.json',
  ],
} as const

/** The requests of a run, by their path in its folder. */
const requestsName = 'requests.ndjson.gz'

/** What was recorded of a run, by its path in its folder. */
export const recordingsName = 'debug_events.ndjson'

/** All that a run leaves, by its path in its folder; what tells when it was comes first. */
export const runFiles: readonly string[] = [
  'results.json',
  requestsName,
  recordingsName,
  ...Object.values(reportFiles).flat(),
]

/** Where a run leaves its files. */
export interface RunFolder extends Places {
  /** Another run of the same spec that begins meanwhile takes the place: it is then where it moved this one to. */
  readonly path: string
  /** Where the run before it was moved to; `undefined` when there was none, or none is kept. */
  readonly earlier: string | undefined
  /** Writes the requests while they end. */
  log: RequestLog
  /**
   * Writes what was found, the results first, each file at once; reports are made of it
   * (`finishRun`). Synchronous, so that it also works while the process is being ended.
   */
  store(run: BenchRun): Stored
}

interface Stored {
  /** As they are read back. */
  findings: Findings
  /** What could not be written, in sentences. */
  problems: string[]
}

/**
 * Makes the folder of a run before anything is sent, so that a run is not lost for want of one, and
 * moves what an earlier run has left there into `earlier/` below it, of which the last `keep` stay.
 * `name`: below `out`.
 * @throws {OutputError}
 */
export function openRunFolder(out: string, name: string, keep: number = keptRuns): RunFolder {
  const latest = makeFolder(out, name)
  makeFolder(latest, 'exports')
  const shelved = shelveRun(latest, runFiles)
  clearShelves(latest, runFiles, keep)
  const requests = createRequestFile(join(latest, requestsName))
  let path = latest
  return {
    get path() {
      return path
    },
    earlier: keep === 0 ? undefined : shelved,
    log: requests.log,
    store(run) {
      const { results } = run
      const all = [latest, ...listShelves(latest)]
      const own = all.find((folder) => requests.isAt(join(folder, requestsName)))
      path = own ?? placeAnew(latest, results)
      const first = writeFiles(path, {
        'results.json': () => `${JSON.stringify(results, null, 2)}\n`,
      })
      const problem = requests.end()
      const lost = own === undefined ? restoreRequests(path, run) : (problem ?? [])
      const findings = { results, records: recallRecords(run) }
      return { findings, problems: [first.problems, lost].flat() }
    },
  }
}

/** Where a run and the one before it are, from `root`. */
export function showPlaces({ path, earlier }: Places, root: string): Places {
  return { path: relative(root, path), earlier: earlier && relative(root, earlier) }
}

/** A place for a run whose files were removed while it was on: another run may have the first. */
function placeAnew(latest: string, { started_at: at }: Results): string {
  const taken = lstatSync(join(latest, requestsName), { throwIfNoEntry: false })
  return taken?.isFile() === true ? addShelf(latest, new Date(at)) : latest
}

/** Writes all requests of a run, of which the file is gone. Returns what could not be written. */
function restoreRequests(
  folder: string,
  { results, records, baseline = [], origin = 0 }: BenchRun,
): string[] {
  const path = join(folder, requestsName)
  try {
    makeFolder(folder, '')
    const { log, end } = createRequestFile(path)
    log.start(origin, namesOf(results))
    log.add([...records, ...baseline])
    return [end() ?? []].flat()
  } catch (error) {
    if (!(error instanceof OutputError)) throw error
    return [`${error.message}; requests are missing in it`]
  }
}

/** The requests as they are read back from their file, so that a report of them is the same then. */
function recallRecords({ results, records, origin = 0 }: BenchRun): Records {
  return ownRecords(results, tickRecords(records, origin))
}
