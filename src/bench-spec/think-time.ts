import type { BenchDocument } from './bench-document.ts'
import { describeDistribution, readDistribution } from './distribution-reading.ts'
import { type Distribution, drawFrom } from './distribution.ts'
import type { Report } from './issue.ts'
import type { JsonSchema } from './json-schema.ts'
import { mix, mulberry32 } from './random.ts'

/** `think_time` of a document. */
export const thinkTimeSchema: JsonSchema = describeDistribution(
  'ms',
  'Time between the end of a request of a slot and the next one, as a user takes it to read; `concurrency` is then the number of users.',
  { examples: ['500ms', { dist: 'lognormal', mean: '2s', cv: 0.8 }] },
)

/** Of a closed loop; `undefined` without the key, or where it cannot be used, which is reported. */
export function readThinkTime(
  { think_time: time }: Partial<BenchDocument>,
  report: Report,
): Distribution | undefined {
  return time === undefined ? undefined : readDistribution(time, ['think_time'], 'ms', report)
}

/** Of an open loop. */
export function refuseThinkTime(
  { think_time: time }: Partial<BenchDocument>,
  report: Report,
): void {
  if (time === undefined) return
  report(
    ['think_time'],
    'needs a concurrency: at a rate a request is due whatever became of those before. Ask for a concurrency, or remove it.',
    'key',
  )
}

/** Not the numbers of the passes over the rows, of which there are few. */
const useOfThinking = 0x7468696e

/** ms of thinking behind a request, which is known by its 0-based number within its phase. */
export function drawThinking(
  time: Distribution,
  seed: number,
  { phase, index }: { phase: 'warmup' | 'measured'; index: number },
): number {
  const state = mix(mix(seed, useOfThinking), phase === 'measured' ? 0 : 1)
  return drawFrom(time, mulberry32(mix(state, index)))
}
