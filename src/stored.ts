import { readFileSync } from 'node:fs'

import { resultsSchema } from './report/results-schema.ts'
import type { Results } from './report/results.ts'
import type { ReadStored } from './spec/baseline.ts'
import { findMismatch } from './spec/schema-check.ts'
import { type RoundFigures, storedMetrics } from './verdict/figures.ts'

/**
 * Reads `results.json` of an earlier run.
 * @throws Error with what is wrong and what to do, to be read after the name of the file.
 */
function readResults(path: string): Results {
  const document = parse(readText(path))
  const version = (document as { schema_version?: unknown } | null)?.schema_version
  if (version === undefined) {
    throw new Error(
      'is no results.json of slogate: it has no schema_version. Give the results.json of a run.',
    )
  }
  if (version !== 1) {
    throw new Error(
      `has schema_version ${JSON.stringify(version)}, and this version of slogate reads 1. Run the baseline again.`,
    )
  }
  const problem = findMismatch(resultsSchema, document)
  if (problem === undefined) return document as Results
  throw new Error(`does not fit the schema of results.json: ${problem}. Run the baseline again.`)
}

/** The same without exceptions, for specs. */
export const readStored: ReadStored = (path) => {
  try {
    return { results: readResults(path) }
  } catch (error) {
    return { problem: (error as Error).message }
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new Error(
      code === 'ENOENT'
        ? 'does not exist. Make it by a run of the baseline.'
        : `cannot be read (${code}).`,
      { cause: error },
    )
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error('is no JSON. Give the results.json of a run.', { cause: error })
  }
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
