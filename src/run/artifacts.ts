import { keepKnown } from '../bench-spec/known.ts'
import { collectGarbage } from '../engine/collector.ts'
import { renderBencher } from '../report/export/bencher.ts'
import { renderCtrf } from '../report/export/ctrf.ts'
import { renderBenchmark } from '../report/export/github-action-benchmark.ts'
import { renderOpenMetrics } from '../report/export/open-metrics.ts'
import { renderPrometheus } from '../report/export/prometheus-text.ts'
import { renderMatrixPage } from '../report/html/matrix-page.ts'
import { renderHtml } from '../report/html/page.ts'
import { renderJunit } from '../report/junit.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { renderTestResults } from '../report/seed.ts'
import { type Findings, matrixName } from '../results/findings.ts'
import type { Matrix } from '../results/matrix.ts'
import type { Results } from '../results/results.ts'
import type { BenchRun } from './bench.ts'
import { shelveRun } from './earlier-runs.ts'
import { type Content, makeFolder, OutputError, writeFiles, type Written } from './output-file.ts'
import { renderRecordings } from './recording-file.ts'
import {
  openRunFolder,
  recordingsName,
  type reportFiles,
  runFiles,
  type RunFolder,
} from './run-folder.ts'

/** `strict` leaves out what strict JUnit schemas forbid: properties of test cases, files. */
export type JunitMode = 'rich' | 'strict'

export type ReportFormat = keyof typeof reportFiles

/** `undefined`: it cannot be made without the records. */
type Render = (findings: Findings, junit: JunitMode) => Content | undefined

/** What other programs read, by its path in the folder of a run or of several. */
const exports: Readonly<
  Record<(typeof reportFiles)['exports'][number], (runs: readonly Results[]) => string>
> = {
  'exports/benchmark-smaller.json': (runs) => renderBenchmark(runs, 'smaller'),
  'exports/benchmark-bigger.json': (runs) => renderBenchmark(runs, 'bigger'),
  'exports/bencher.json': renderBencher,
  'exports/openmetrics.txt': renderOpenMetrics,
  'exports/metrics.prom': renderPrometheus,
  'exports/ctrf.json': renderCtrf,
}

/** What is made of a run's results and records, by its path in the folder of the run. */
const reports: {
  readonly [Format in Exclude<ReportFormat, 'exports'>]: Readonly<
    Record<(typeof reportFiles)[Format][number], Render>
  >
} & { readonly exports: Readonly<Record<string, Render>> } = {
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

/** What the cells of a matrix come to, beside their folders. */
const matrixPageName = 'matrix.html'

/**
 * Writes every file of a run into `folder`, which is made if it is missing; an earlier run that is
 * there is moved into `earlier/` below it. For a run whose requests were not written while they ended (`log` of its options).
 * @throws Error that names what cannot be written, a line for each reason.
 */
export function writeArtifacts(folder: string, run: BenchRun, junit?: JunitMode): void {
  const opened = openRunFolder(folder, '')
  const { records, baseline = [], origin = 0 } = run
  opened.log.start(origin)
  opened.log.add([...records, ...baseline])
  const problems = finishRun(opened, run, junit)
  if (problems.length > 0) throw new Error(problems.join('\n'))
}

/**
 * Writes what is not yet there of a run, the results first, each file at once. Returns what could not
 * be written, in sentences. Synchronous, so that it also works while the process is being ended.
 */
export function finishRun(folder: RunFolder, run: BenchRun, junit?: JunitMode): string[] {
  collectGarbage()
  const { findings, problems } = folder.store(run)
  const { recordings } = run
  const recorded =
    recordings === undefined
      ? []
      : writeFiles(folder.path, { [recordingsName]: () => renderRecordings(recordings) }).problems
  const reports = writeReports(folder.path, findings, keepKnown({ junit }))
  return [problems, recorded, reports.problems].flat()
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

/**
 * Writes what covers the cells of a matrix into the folder that holds theirs; a run without a matrix
 * that is there is moved into `earlier/` below it. Returns what could not be written. Synchronous for
 * the same reason.
 */
export function writeMatrix(folder: string, matrix: Matrix): string[] {
  try {
    shelveRun(makeFolder(folder, ''), runFiles)
  } catch (error) {
    if (!(error instanceof OutputError)) throw error
    return [error.message]
  }
  return writeFiles(folder, {
    [matrixName]: () => `${JSON.stringify(matrix, null, 2)}\n`,
    [matrixPageName]: () => renderMatrixPage(matrix),
  }).problems
}

/** Writes the page of a matrix again. */
export function writeMatrixPage(folder: string, matrix: Matrix): Written {
  return writeFiles(folder, { [matrixPageName]: () => renderMatrixPage(matrix) })
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
