import { lstatSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { tickRecord } from '../engine/packed-records.ts'
import type { RequestRecord } from '../engine/record.ts'
import { renderBencher } from '../report/export/bencher.ts'
import { renderCtrf } from '../report/export/ctrf.ts'
import { renderBenchmark } from '../report/export/github-action-benchmark.ts'
import { renderOpenMetrics } from '../report/export/open-metrics.ts'
import { renderPrometheus } from '../report/export/prometheus-text.ts'
import { renderHtml } from '../report/html/page.ts'
import { renderJunit } from '../report/junit.ts'
import { renderMarkdown } from '../report/markdown.ts'
import type { Places } from '../report/screen.ts'
import { renderTestResults } from '../report/seed.ts'
import { type Findings, ownRecords } from '../results/findings.ts'
import type { Results } from '../results/results.ts'
import type { BenchRun } from './bench.ts'
import { addShelf, clearShelves, keptRuns, listShelves, shelveRun } from './earlier-runs.ts'
import { type Content, makeFolder, OutputError, replaceFile } from './output-file.ts'
import { recordingsName, renderRecordings } from './recording-file.ts'
import { createRequestFile, type RequestLog } from './request-file.ts'

/** `strict` leaves out what strict JUnit schemas forbid: properties of test cases, files. */
export type JunitMode = 'rich' | 'strict'

/** A name as one folder: letters and digits of any script, no way out of where it is put. */
export function folderName(name: string): string {
  const safe = name.normalize('NFC').replace(/[^\p{L}\p{N}._-]+/gu, '_')
  const visible = safe.replace(/^\.+/, '').slice(0, 100)
  // File systems count bytes: 80 characters of three bytes are the most that all of them take.
  const short = Buffer.byteLength(visible) > 240 ? visible.slice(0, 80) : visible
  return short.toWellFormed() || '_'
}

export type ReportFormat = 'html' | 'junit' | 'markdown' | 'seed' | 'exports'

/** `undefined`: it cannot be made without the records. */
type Render = (findings: Findings, junit: JunitMode) => Content | undefined

/** What other programs read, by its path in the folder of a run or of several. */
const exports: Readonly<Record<string, (runs: readonly Results[]) => string>> = {
  'exports/benchmark-smaller.json': (runs) => renderBenchmark(runs, 'smaller'),
  'exports/benchmark-bigger.json': (runs) => renderBenchmark(runs, 'bigger'),
  'exports/bencher.json': renderBencher,
  'exports/openmetrics.txt': renderOpenMetrics,
  'exports/metrics.prom': renderPrometheus,
  'exports/ctrf.json': renderCtrf,
}

/** What is made of a run's results and records, by its path in the folder of the run. */
const reports: Readonly<Record<ReportFormat, Readonly<Record<string, Render>>>> = {
  html: { 'report.html': ({ results, records }) => renderHtml(results, records) },
  junit: { 'junit.xml': ({ results }, mode) => renderJunit([results], { mode }) },
  markdown: { 'summary.md': ({ results }) => renderMarkdown([results]) },
  seed: {
    'test_results.json': ({ results, records }) => records && renderTestResults(results, records),
  },
  exports: Object.fromEntries(
    Object.entries(exports).map(([path, render]) => [path, ({ results }) => render([results])]),
  ),
}

export const reportFormats: readonly ReportFormat[] = Object.keys(reports) as ReportFormat[]

/** The requests of a run, by their path in its folder. */
const requestsName = 'requests.ndjson.gz'

/** All that a run leaves, by its path in its folder; what tells when it was comes first. */
const runFiles: readonly string[] = [
  'results.json',
  requestsName,
  recordingsName,
  ...Object.values(reports).flatMap((some) => Object.keys(some)),
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
   * Writes everything else, the results first, each file at once. Returns what could not be written,
   * in sentences. Synchronous, so that it also works while the process is being ended.
   */
  finish(run: BenchRun, junit?: JunitMode): string[]
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
    finish(run, junit = 'rich') {
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
      const { recordings } = run
      const recorded =
        recordings === undefined
          ? []
          : writeFiles(path, { [recordingsName]: () => renderRecordings(recordings) }).problems
      const { problems } = writeReports(path, findings, { junit })
      return [first.problems, lost, recorded, problems].flat()
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
  { records, baseline = [], origin = 0 }: BenchRun,
): string[] {
  const path = join(folder, requestsName)
  try {
    makeFolder(folder, '')
    const { log, end } = createRequestFile(path)
    log.start(origin)
    log.add([...records, ...baseline])
    return [end() ?? []].flat()
  } catch (error) {
    if (!(error instanceof OutputError)) throw error
    return [`${error.message}; requests are missing in it`]
  }
}

/** The requests as they are read back from their file, so that a report of them is the same then. */
function recallRecords({ results, records, origin = 0 }: BenchRun): readonly RequestRecord[] {
  return ownRecords(
    results,
    records.map((record) => tickRecord(record, origin)),
  )
}

/**
 * Writes every file of a run into `folder`, which is made if it is missing; an earlier run that is
 * there is moved into `earlier/` below it. For a run whose requests were not written while they ended (`log` of its options).
 * @throws Error that names what cannot be written, a line for each reason.
 */
export function writeArtifacts(folder: string, run: BenchRun, junit?: JunitMode): void {
  const { log, finish } = openRunFolder(folder, '')
  const { records, baseline = [], origin = 0 } = run
  log.start(origin)
  log.add([...records, ...baseline])
  const problems = finish(run, junit)
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

/** What came of the wish to write some files. */
interface Written {
  /** Paths. */
  files: string[]
  /** Why some were not, a sentence for each reason. */
  problems: string[]
}

/**
 * Writes the derived files into `folder`, which is made if it is missing; all of them by default.
 * What needs the records is left out without them.
 */
export function writeReports(
  folder: string,
  findings: Findings,
  given: { formats?: readonly ReportFormat[]; junit?: JunitMode } = {},
): Written {
  const { formats = reportFormats, junit = 'rich' } = given
  const renders = formats.flatMap((format) => Object.entries(reports[format]))
  return writeFiles(
    folder,
    Object.fromEntries(renders.map(([path, render]) => [path, () => render(findings, junit)])),
  )
}

/** Writes what covers several runs into the folder above theirs. Synchronous for the same reason. */
export function writeOverview(
  folder: string,
  results: readonly Results[],
  junit: JunitMode,
): string[] {
  const renders = Object.entries(exports).map(([path, render]) => [path, () => render(results)])
  return writeFiles(folder, {
    'junit.xml': () => renderJunit(results, { mode: junit }),
    'summary.md': () => renderMarkdown(results),
    ...Object.fromEntries(renders),
  }).problems
}

/** One after the other; one that cannot be written does not keep the others from it. */
function writeFiles(
  folder: string,
  files: Readonly<Record<string, () => Content | undefined>>,
): Written {
  const paths: string[] = []
  const errors: OutputError[] = []
  for (const [name, render] of Object.entries(files)) {
    const content = render()
    if (content === undefined) continue
    try {
      makeFolder(folder, dirname(name))
      const path = join(folder, name)
      replaceFile(path, content)
      paths.push(path)
    } catch (error) {
      if (!(error instanceof OutputError)) throw error
      errors.push(error)
    }
  }
  return { files: paths, problems: listProblems(errors) }
}

/** A sentence for each reason: a full disk has many a file missing, and one is enough to tell. */
function listProblems(errors: readonly OutputError[]): string[] {
  return [...Map.groupBy(errors, ({ reason }) => reason)].map(([reason, some]) => {
    const [first = '', ...others] = new Set(some.map(({ path }) => path))
    const more = others.length === 0 ? '' : ` and ${others.length} more`
    return `${first}${more}: cannot be written: ${reason}`
  })
}
