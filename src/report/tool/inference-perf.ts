import type { RequestRecord } from '../../engine/record.ts'
import { interpolate } from './quantile.ts'
import type { Tool, Weighted } from './tool.ts'
import { between, divide, listGaps, only, listSteps } from './weighing.ts'

/** Chunks with content; reasoning is not seen. */
function contentTimes({ marks, tokenTimes }: RequestRecord): number[] {
  const from = marks.firstOutput ?? Infinity
  return Array.from(tokenTimes).filter((time) => time >= from)
}

/** A chunk of three tokens is three instants, so two gaps of 0; which chunk they are in changes nothing. */
function tokenGaps(record: RequestRecord): readonly Weighted[] {
  const times = contentTimes(record)
  const inside = Math.max(0, (record.completionTokens ?? times.length) - times.length)
  return [...listGaps(times), ...Array.from({ length: inside }, () => ({ value: 0, weight: 1 }))]
}

/** Without two instants of tokens there is no streaming metric. */
function hasTwo(record: RequestRecord): boolean {
  return (record.completionTokens ?? contentTimes(record).length) > 1
}

const tokenizer =
  'it counts by a tokenizer of its own unless told otherwise, here the server counted'

export const inferencePerf: Tool = {
  name: 'inference-perf',
  version: '0.7.0',
  percentiles: 'interpolated between two values (numpy linear)',
  quantile: interpolate,
  metrics: [
    {
      name: 'time_to_first_token',
      definition: 'first content − start; none for fewer than two tokens',
      values: (record) =>
        hasTwo(record) ? only(between(record.marks.dispatched, record.marks.firstOutput)) : [],
      ours: 'ttft',
      difference: 'reasoning does not count, and answers of one token are left out',
    },
    {
      name: 'time_per_output_token',
      definition: '(last token − first token) ÷ (tokens − 1) of each request',
      values(record) {
        const times = contentTimes(record)
        return only(divide(between(times[0], times.at(-1)), listSteps(record)))
      },
      ours: 'tpot',
      difference: `the same without reasoning; ${tokenizer}`,
    },
    {
      name: 'inter_token_latency',
      definition: 'gaps between tokens, 0 within a chunk, all requests together',
      values: tokenGaps,
      ours: 'chunk_gap',
      difference: 'chunk_gap has no gaps within a chunk',
    },
    {
      name: 'normalized_time_per_output_token',
      definition: 'request latency ÷ tokens of each request',
      values: (record) =>
        only(divide(between(record.marks.dispatched, record.marks.ended), record.completionTokens)),
      ours: 'tpot',
      difference: 'it includes the wait for the first token and the end of the stream',
    },
    {
      name: 'request_latency',
      definition: 'end of the stream, after its own count of tokens − start',
      values: ({ marks }) => only(between(marks.dispatched, marks.ended)),
      ours: 'latency',
      difference:
        'latency ends with the last token; the time that its own count takes is not in here',
    },
  ],
  rates: [],
}
