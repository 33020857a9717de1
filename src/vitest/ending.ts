import { relative } from 'node:path'

import type { Vitest } from 'vitest/node'

import { cleanLine } from '../bench-spec/plain-text.ts'
import { reportRuns } from '../github/job.ts'
import { detectStyle } from '../report/console-style.ts'
import { renderScreen } from '../report/screen.ts'
import { findResults } from '../results/findings.ts'
import { type JunitMode, writeOverview } from '../run/artifacts.ts'
import { showPlaces } from '../run/run-folder.ts'
import type { RunMeta } from './meta.ts'

/** Where what is known of runs goes. */
export interface Concluding {
  vitest: Vitest
  print(text: string): void
  out: string
  junit: JunitMode
  /** Whether what is printed is for a program. */
  readByProgram: boolean
}

/** Prints and writes everything that is known of these runs. Synchronous, for a process that is being ended. */
export function conclude(
  runs: readonly RunMeta[],
  { vitest, print, out, junit }: Concluding,
): void {
  if (runs.length === 0) return
  const style = detectStyle(process.stdout, process.env)
  const { root } = vitest.config
  const shown = runs.map(({ results, folder, earlier }) => ({
    results,
    places: showPlaces({ path: folder, earlier }, root),
  }))
  print(`${renderScreen(shown, { ...style, folder: relative(root, out) })}\n`)
  const results = runs.map((run) => run.results)
  for (const problem of writeOverview(out, results, junit)) {
    vitest.logger.error(`slogate: ${problem}`)
    process.exitCode = 1
  }
}

/** Tells the job that vitest runs in. */
export async function reportToJob(
  runs: readonly RunMeta[],
  { vitest, readByProgram }: Concluding,
): Promise<void> {
  const problems = await reportRuns(
    runs.map(({ results }) => results),
    {
      annotation: readByProgram ? 'none' : 'job',
      cwd: vitest.config.root,
      env: process.env,
    },
  )
  for (const problem of problems) vitest.logger.warn(cleanLine(problem))
}

/** The run that has left its results in a folder; none where they are not whole. */
export function readRun(folder: string): RunMeta[] {
  const results = findResults(folder)
  return results === undefined ? [] : [{ results, folder }]
}
