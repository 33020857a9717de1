import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { renderBencher } from '../report/export/bencher.ts'
import { renderCtrf } from '../report/export/ctrf.ts'
import { renderBenchmark } from '../report/export/github-action-benchmark.ts'
import { renderOpenMetrics } from '../report/export/open-metrics.ts'
import { renderPrometheus } from '../report/export/prometheus-text.ts'
import { renderHtml } from '../report/html/page.ts'
import { renderJunit } from '../report/junit.ts'
import { renderMarkdown } from '../report/markdown.ts'
import { renderTestResults } from '../report/seed.ts'
import type { Findings } from '../results/findings.ts'
import { renderRequest } from '../results/requests.ts'
import type { Results } from '../results/results.ts'
import type { BenchRun } from './bench.ts'

/** `strict` leaves out what strict JUnit schemas forbid: properties of test cases, files. */
export type JunitMode = 'rich' | 'strict'

/**
 * Makes the folder before anything is sent, so that a run is not lost for want of one, and takes the
 * results of an earlier run out of it: after a kill they would be taken for those of the new one.
 */
export function prepareFolder(folder: string): void {
  mkdirSync(folder, { recursive: true })
  rmSync(join(folder, 'results.json'), { force: true })
}

/** A name as one folder: letters and digits of any script, no way out of where it is put. */
export function folderName(name: string): string {
  const safe = name.normalize('NFC').replace(/[^\p{L}\p{N}._-]+/gu, '_')
  const visible = safe.replace(/^\.+/, '').slice(0, 100)
  // File systems count bytes: 80 characters of three bytes are the most that all of them take.
  const short = Buffer.byteLength(visible) > 240 ? visible.slice(0, 80) : visible
  return short.toWellFormed() || '_'
}

export type ReportFormat = 'html' | 'junit' | 'markdown' | 'seed' | 'exports'

/** Files by their path in the folder of a run. */
type Files = Readonly<Record<string, string>>

/** What is made of a run's results and records; nothing where it cannot be made without the records. */
const reports: Readonly<Record<ReportFormat, (findings: Findings, junit: JunitMode) => Files>> = {
  html: ({ results, records }) => ({ 'report.html': renderHtml(results, records) }),
  junit: ({ results }, mode) => ({ 'junit.xml': renderJunit([results], { mode }) }),
  markdown: ({ results }) => ({ 'summary.md': renderMarkdown([results]) }),
  seed: ({ results, records }) =>
    records === undefined
      ? {}
      : {
          'test_results.json': `${JSON.stringify(renderTestResults(results, records), null, 2)}\n`,
        },
  exports: ({ results }) => renderExports([results]),
}

export const reportFormats: readonly ReportFormat[] = Object.keys(reports) as ReportFormat[]

/** What other programs read. */
function renderExports(runs: readonly Results[]): Files {
  return {
    'exports/benchmark-smaller.json': renderBenchmark(runs, 'smaller'),
    'exports/benchmark-bigger.json': renderBenchmark(runs, 'bigger'),
    'exports/bencher.json': renderBencher(runs),
    'exports/openmetrics.txt': renderOpenMetrics(runs),
    'exports/metrics.prom': renderPrometheus(runs),
    'exports/ctrf.json': renderCtrf(runs),
  }
}

/**
 * Writes every file of a run into `folder`, which is made if it is missing; what is there by these
 * names is replaced. Synchronous, so that it also works while the process is being ended.
 * @throws Error of the file system when one cannot be written.
 */
export function writeArtifacts(folder: string, run: BenchRun, junit: JunitMode = 'rich'): void {
  const { results, records, baseline = [] } = run
  const all = [...records, ...baseline]
  const t0 = all.reduce((first, r) => Math.min(first, r.marks.scheduled), Infinity)
  const lines = all.map((record) => `${renderRequest(record, t0)}\n`).join('')
  writeFiles(folder, {
    'results.json': `${JSON.stringify(results, null, 2)}\n`,
    'requests.ndjson.gz': gzipSync(lines),
  })
  writeReports(folder, run, { junit })
}

/**
 * Writes the derived files into `folder`, which is made if it is missing; all of them by default.
 * Returns the paths of the written ones: what needs the records is left out without them.
 */
export function writeReports(
  folder: string,
  findings: Findings,
  given: { formats?: readonly ReportFormat[]; junit?: JunitMode } = {},
): string[] {
  const { formats = reportFormats, junit = 'rich' } = given
  return formats.flatMap((format) => writeFiles(folder, reports[format](findings, junit)))
}

/** Writes what covers several runs into the folder above theirs. Synchronous for the same reason. */
export function writeOverview(folder: string, results: readonly Results[], junit: JunitMode): void {
  writeFiles(folder, {
    'junit.xml': renderJunit(results, { mode: junit }),
    'summary.md': renderMarkdown(results),
    ...renderExports(results),
  })
}

/** Returns the paths of the written files. */
function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): string[] {
  return Object.entries(files).map(([name, content]) => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    return path
  })
}
