import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import type { BenchRun } from './bench.ts'
import { renderBencher } from './report/export/bencher.ts'
import { renderCtrf } from './report/export/ctrf.ts'
import { renderBenchmark } from './report/export/github-action-benchmark.ts'
import { renderOpenMetrics } from './report/export/open-metrics.ts'
import { renderJunit } from './report/junit.ts'
import { renderMarkdown } from './report/markdown.ts'
import { renderRequest } from './report/requests.ts'
import type { Results } from './report/results.ts'
import { renderTestResults } from './report/seed.ts'

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

/** Writes every file of a run into `folder`, which is made if it is missing. Synchronous, so that it also works while the process is being ended. */
export function writeArtifacts(folder: string, run: BenchRun, junit: JunitMode = 'rich'): void {
  const { results, records } = run
  mkdirSync(folder, { recursive: true })
  const write = (name: string, content: string | Uint8Array): void =>
    writeFileSync(join(folder, name), content)

  write('results.json', `${JSON.stringify(results, null, 2)}\n`)
  write('junit.xml', renderJunit([results], { mode: junit }))
  write('summary.md', renderMarkdown([results]))
  write('test_results.json', `${JSON.stringify(renderTestResults(results, records), null, 2)}\n`)
  const t0 = records.reduce((first, r) => Math.min(first, r.marks.scheduled), Infinity)
  write(
    'requests.ndjson.gz',
    gzipSync(records.map((record) => `${renderRequest(record, t0)}\n`).join('')),
  )
  writeExports(folder, [results])
}

/** Writes what other programs read into `exports/` below the folder. */
function writeExports(folder: string, runs: readonly Results[]): void {
  const below = join(folder, 'exports')
  mkdirSync(below, { recursive: true })
  const files = {
    'benchmark-smaller.json': renderBenchmark(runs, 'smaller'),
    'benchmark-bigger.json': renderBenchmark(runs, 'bigger'),
    'bencher.json': renderBencher(runs),
    'openmetrics.txt': renderOpenMetrics(runs),
    'ctrf.json': renderCtrf(runs),
  }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(below, name), content)
}

/** Writes what covers several runs into the folder above theirs. Synchronous for the same reason. */
export function writeOverview(folder: string, results: readonly Results[], junit: JunitMode): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'junit.xml'), renderJunit(results, { mode: junit }))
  writeFileSync(join(folder, 'summary.md'), renderMarkdown(results))
  writeExports(folder, results)
}
