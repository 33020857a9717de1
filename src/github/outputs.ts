import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { fromWorkspace } from './annotation.ts'
import type { Outcome } from './outcome.ts'
import type { FoundRun } from './runs.ts'

/** Files of the folder of all runs, by output. */
const overview: Readonly<Record<string, string>> = { junit: 'junit.xml', summary: 'summary.md' }

/** Outputs of the action; paths are from the workspace, one on a line, and only of files that are there. */
export function listOutputs(
  { status, exitCode }: Outcome,
  runs: readonly FoundRun[],
  { out, workspace }: { out: string; workspace: string | undefined },
): Record<string, string> {
  const show = (files: readonly string[]): string =>
    files
      .filter((file) => existsSync(file))
      .map((file) => fromWorkspace(file, workspace, out))
      .join('\n')
  return {
    verdict: status,
    passed: String(exitCode === 0),
    'exit-code': String(exitCode),
    results: show(runs.map(({ file }) => file)),
    report: show(runs.map(({ file }) => join(dirname(file), 'report.html'))),
    ...Object.fromEntries(
      Object.entries(overview).map(([name, file]) => [name, show([join(out, file)])]),
    ),
  }
}
