import type { RequestRecord } from '../../engine/record.ts'
import { pickByWeight } from './quantile.ts'
import type { Objectives, Tool } from './tool.ts'
import { between, decoding, divide, only, weigh } from './weighing.ts'

/** The server's count, or else the token events. */
function countTokens({ completionTokens, tokenTimes }: RequestRecord): number {
  return completionTokens ?? tokenTimes.length
}

/** What its objectives ttft_ms, tpot_ms and e2el_ms are compared with. */
const objectiveTimes: Record<keyof Objectives, (record: RequestRecord) => number | undefined> = {
  ttft: ({ marks }) => between(marks.dispatched, marks.firstToken),
  tpot: (record) => divide(decoding(record), countTokens(record) - 1),
  latency: ({ marks }) => between(marks.dispatched, marks.ended),
}

/** `is_conforming` in `schemas/benchmark/goodput.py`: one time that is missing leaves the request out. */
function keepsObjectives(record: RequestRecord, objectives: Objectives): boolean | undefined {
  let keeps = true
  for (const [name, time] of Object.entries(objectiveTimes)) {
    const bound = objectives[name as keyof Objectives]
    if (bound === undefined) continue
    const value = time(record)
    if (value === undefined) return undefined
    if (value > bound) keeps = false
  }
  return keeps
}

export const guidellm: Tool = {
  name: 'guidellm',
  version: '0.8.1',
  percentiles:
    'the first value at which the shares of all weights, added up, reach p; a rounding error may move it by one',
  quantile: pickByWeight,
  metrics: [
    {
      name: 'time_to_first_token_ms',
      definition: 'first token iteration − start',
      values: ({ marks }) => only(between(marks.dispatched, marks.firstToken)),
      ours: 'ttft',
      difference: 'the same',
    },
    {
      name: 'time_to_first_output_token_ms',
      definition: 'first iteration with content that is not reasoning − start',
      values: ({ marks }) => only(between(marks.dispatched, marks.firstOutput)),
      ours: 'ttfo',
      difference: 'the same',
    },
    {
      name: 'time_per_output_token_ms',
      definition:
        '(last token − start) ÷ tokens of each request, which counts as often as it has tokens',
      values(record) {
        const tokens = countTokens(record)
        return weigh(
          divide(between(record.marks.dispatched, record.marks.lastToken), tokens),
          tokens,
        )
      },
      ours: 'tpot',
      difference: 'it includes the wait for the first token, and long answers count for more',
    },
    {
      name: 'inter_token_latency_ms',
      definition: '(last token − first token) ÷ (tokens − 1), which counts tokens − 1 times',
      values(record) {
        const steps = countTokens(record) - 1
        return weigh(divide(decoding(record), steps), steps)
      },
      ours: 'tpot',
      difference:
        'long answers count for more; without a count of the server it takes events for tokens',
    },
    {
      name: 'request_latency',
      definition: 'end of the stream − start',
      values: ({ marks }) => only(between(marks.dispatched, marks.ended)),
      ours: 'latency',
      difference: 'latency ends with the last token, stream_end is what it measures',
    },
  ],
  rates: [],
  goodput: {
    name: 'slo_attainment',
    definition:
      'requests within ttft_ms, tpot_ms and e2el_ms ÷ (completed requests that have these times + failed ones); tpot_ms is its inter_token_latency_ms, e2el_ms its request_latency',
    keeps: keepsObjectives,
    ours: 'goodput',
    difference:
      'goodput counts every request: one token has no tpot to miss, and without a count of tokens a bound on tpot is not kept; its latency ends with the last token',
  },
}
