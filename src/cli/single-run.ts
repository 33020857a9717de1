import { join, relative } from 'node:path'

import { cleanLine } from '../bench-spec/plain-text.ts'
import { detectStyle } from '../report/console-style.ts'
import { nameRun } from '../report/progress-text.ts'
import type { Locale } from '../report/seed-words.ts'
import type { Results } from '../results/results.ts'
import type { JunitMode } from '../run/artifacts.ts'
import { type BenchOptions, listNotices, runBench } from '../run/bench.ts'
import type { CheckedSpec } from '../run/checked-spec.ts'
import { OutputError } from '../run/output-file.ts'
import { openRunFolder, recordingsName, type RunFolder, showPlaces } from '../run/run-folder.ts'
import type { CommandContext } from './command.ts'
import { createProgressLine } from './progress-line.ts'

/** What is shown and written of a run. */
interface RunOutput {
  quiet: boolean
  json: boolean
  junit: JunitMode
  /** Language of the seed reporter; `undefined`: the default reporter. */
  locale: Locale | undefined
  /** How many requests are recorded; `undefined`: none. */
  recorded: number | undefined
}

interface Ran {
  /** `undefined`: nothing was sent, as there was nowhere to write to. */
  results?: Results
  /** What could not be written, a sentence each. */
  unwritten: readonly string[]
}

/** Runs one spec, and shows how it goes and what came of it. */
export async function runOne(
  spec: CheckedSpec,
  { out, name, keep }: { out: string; name: string; keep: number },
  { stdout, stderr, env, cwd, signal }: CommandContext,
  { quiet, json, junit, locale, recorded }: RunOutput,
): Promise<Ran> {
  let folder: RunFolder
  try {
    folder = openRunFolder(out, name, keep)
  } catch (error) {
    if (error instanceof OutputError) return { unwritten: [error.message] }
    throw error
  }
  const line = createProgressLine(stderr)
  for (const { level, message } of listNotices(spec, { root: cwd })) {
    stderr.write(`${cleanLine(`${spec.name}: ${level}: ${message}`)}\n`)
  }
  const running = runBench(spec, {
    signal,
    root: cwd,
    log: folder.log,
    ...(recorded !== undefined && { recorded }),
    ...(await watchRun()),
  })
  // Loaded while the load runs.
  const [bench, { finishRun }, { listPlaces }, { renderTerminal }] = await Promise.all([
    running,
    import('../run/artifacts.ts'),
    import('../report/screen.ts'),
    import('../report/terminal.ts'),
    import('../github/job.ts'),
  ])
  const unwritten = finishRun(folder, bench, junit)
  line.clear()
  if (!json) {
    const details = listPlaces(showPlaces(folder, cwd))
    if (recorded !== undefined) {
      details.push(`recorded ${relative(cwd, join(folder.path, recordingsName))}`)
    }
    if (locale !== undefined) {
      const { renderSeedReport } = await import('../report/seed-report.ts')
      stdout.write(`${renderSeedReport(bench.results, bench.records, locale)}\n`)
    }
    stdout.write(`${renderTerminal(bench.results, { ...detectStyle(stdout, env), details })}\n`)
  }
  return { results: bench.results, unwritten }

  async function watchRun(): Promise<BenchOptions> {
    if (quiet) return {}
    if (locale === undefined) {
      return { onProgress: (progress) => line.show(nameRun(spec), progress) }
    }
    const { createSeedOutput } = await import('./seed-output.ts')
    const { requests: total } = spec.load
    return { onRecords: createSeedOutput(json ? stderr : stdout, { total, locale }).add }
  }
}
