import { keepKnown } from '../bench-spec/known.ts'
import { type RoundFigures, storedMetrics } from '../verdict/figures.ts'
import type { RoundTimesDocument, Results } from './results.ts'

/** The rounds of a document as the verdict takes them. */
export function readRounds({ rounds }: Results): RoundFigures[] {
  return rounds.map((document) => {
    const { round, completed, failed, good } = document
    const { requests_per_second: requests, output_tokens_per_second: tokens } = document
    return keepKnown<RoundFigures>({
      round,
      completed,
      failed,
      good: good ?? undefined,
      requestsPerSecond: requests ?? undefined,
      outputTokensPerSecond: tokens ?? undefined,
      times: Object.fromEntries(
        storedMetrics.map((metric) => [metric, readTimes(document[`${metric}_ms`])]),
      ),
    })
  })
}

function readTimes(times: RoundTimesDocument | null): NonNullable<RoundFigures['times']['ttft']> {
  const known = Object.entries(times ?? {}).filter(([, value]) => value !== null)
  return Object.fromEntries(
    known.map(([stat, value]) => [stat, value === 'infinite' ? Infinity : Number(value)]),
  )
}
