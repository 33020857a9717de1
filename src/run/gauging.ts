import { findLead } from '../bench-spec/cache-rule.ts'
import { keepKnown } from '../bench-spec/known.ts'
import type { Dataset } from '../bench-spec/spec.ts'
import { writeGaugeRow, writeRows } from '../bench-spec/synthetic-rows.ts'
import { isMadeUp } from '../bench-spec/synthetic-source.ts'
import { prepareRequest } from '../bench-spec/template.ts'
import type { LoadPlan } from '../engine/load-plan.ts'
import { type LoadOptions, runLoad } from '../engine/load.ts'
import { type Gauge, readGauge } from '../metrics/gauge.ts'
import type { CheckedSpec } from './checked-spec.ts'

/** Words of the shorter prompt to gauge by. */
const fewWords = 8

/** Words of the longer one: as near to the longest prompt as may be, most of our list at the most. */
const [leastWords, mostWords] = [200, 800]

/** A word is often a token and a third: what is sent to gauge by is not longer than what follows. */
const wordsPerToken = 0.75

/** Tells the bundled mock that a request is none of the load. */
export const phaseHeader = 'x-slogate-phase'

/** Whether the prompts of a spec are made up, so that their lengths hang on the server. */
export function isGauged({ dataset }: Pick<CheckedSpec, 'dataset'>): boolean {
  return dataset !== undefined && isMadeUp(dataset)
}

/**
 * Writes the prompts of a synthetic source as long as they are to be on this server, and finds out how
 * long those of a trace are to be when they are sent. Two requests before the load, with prompts of few
 * and of many words and all else as in it, tell how many tokens a word comes to, and what stands around
 * it; where they fail the usual is assumed. Of a spec for which `isGauged` holds.
 */
export async function gaugePrompts(
  spec: CheckedSpec,
  signal: AbortSignal | undefined,
): Promise<{ spec: CheckedSpec; gauge?: Gauge }> {
  const { dataset } = spec
  if (dataset === undefined) return { spec }
  const { synthetic } = dataset
  const longest = dataset.rows.reduce((most, row) => Math.max(most, Number(row['input_tokens'])), 0)
  const wanted = Math.floor(longest * wordsPerToken)
  const manyWords = Math.min(mostWords, Math.max(leastWords, wanted))
  const plan = planGauging(spec, dataset, [fewWords, manyWords])
  const { records } = await runLoad(plan, keepKnown<LoadOptions>({ signal }))
  const find = (words: number, index: number) => ({
    words,
    record: records.find((record) => record.index === index),
  })
  const gauge = readGauge(find(fewWords, 0), find(manyWords, 1))
  if (synthetic === undefined) return { spec, gauge }
  const rows = writeRows(synthetic, dataset.rows.length, gauge.rate)
  return { spec: { ...spec, dataset: { ...dataset, rows } }, gauge }
}

/** One after the other: a server that is just waking up is asked no more than that. */
function planGauging(
  { target, timeouts, stream, secrets, load, mock, cache }: CheckedSpec,
  { rows: [row] }: Dataset,
  words: readonly number[],
): LoadPlan {
  const { seed, keepAlive, resend, transport } = load
  const lead = findLead({ cache, load })
  const requests = words.map((count) => {
    const request = prepareRequest(target, writeGaugeRow(row, seed, count), { stream, lead })
    if (mock === undefined) return request
    return { ...request, headers: { ...request.headers, [phaseHeader]: 'gauge' } }
  })
  return keepKnown<LoadPlan>({
    load: keepKnown<LoadPlan['load']>({
      kind: 'closed',
      concurrency: 1,
      requests: requests.length,
      duration: undefined,
      warmup: 0,
      rounds: 1,
      seed,
      keepAlive,
      resend,
      transport,
    }),
    timeouts,
    stream,
    requests,
    secrets,
  })
}
