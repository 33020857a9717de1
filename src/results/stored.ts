import { readFileSync } from 'node:fs'

import type { ReadStored } from '../bench-spec/baseline.ts'
import { SpecError } from '../bench-spec/issue.ts'
import { type RoundFigures, storedMetrics } from '../verdict/figures.ts'
import { parseResults } from './results-file.ts'
import type { Results } from './results.ts'

/** Reads the `results.json` of an earlier run; a problem is to be read after the name of the file. */
export const readStored: ReadStored = (path) => {
  try {
    return { results: parseResults(readFileSync(path, 'utf8'), path) }
  } catch (error) {
    return { problem: explain(error) }
  }
}

function explain(error: unknown): string {
  if (error instanceof SpecError) {
    const [issue] = error.issues
    const place = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `
    return `is no results.json that can be compared with: ${place}${issue?.message} Run the baseline again.`
  }
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT'
    ? 'does not exist. Make it by a run of the baseline.'
    : `cannot be read (${code}).`
}

/** The rounds of a document as the verdict takes them. */
export function roundsOf({ rounds }: Results): RoundFigures[] {
  return rounds.map((document) => {
    const { round, completed, failed, good } = document
    const { requests_per_second: requests, output_tokens_per_second: tokens } = document
    return {
      round,
      completed,
      failed,
      ...(good !== null && { good }),
      ...(requests !== null && { requestsPerSecond: requests }),
      ...(tokens !== null && { outputTokensPerSecond: tokens }),
      times: Object.fromEntries(
        storedMetrics.map((metric) => [metric, timesOf(document[`${metric}_ms`])]),
      ),
    }
  })
}

function timesOf(
  times: Results['rounds'][number]['ttft_ms'],
): NonNullable<RoundFigures['times']['ttft']> {
  const known = Object.entries(times ?? {}).filter(([, value]) => value !== null)
  return Object.fromEntries(
    known.map(([stat, value]) => [stat, value === 'infinite' ? Infinity : Number(value)]),
  )
}
