import { globSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { findResults } from '../results/findings.ts'
import type { Results } from '../results/results.ts'

export interface FoundRun {
  results: Results
  /** Absolute path of its `results.json`. */
  file: string
}

/** The runs below a folder that were started since then, by path; a file that is not whole is none. */
export function readRuns(folder: string, since: Date): FoundRun[] {
  return globSync('**/results.json', { cwd: folder })
    .sort()
    .flatMap((name) => {
      const file = join(folder, name)
      // Of a run that ended before; there may be many.
      if (statSync(file).mtime < since) return []
      const results = findResults(dirname(file))
      return results !== undefined && results.started_at >= since.toISOString()
        ? [{ results, file }]
        : []
    })
}
