import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

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
      const results = readResults(file)
      return results !== undefined && results.started_at >= since.toISOString()
        ? [{ results, file }]
        : []
    })
}

function readResults(file: string): Results | undefined {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8')) as Partial<Results>
    return results.tool?.name === 'slogate' ? (results as Results) : undefined
  } catch {
    return undefined
  }
}
