import type { RequestRecord } from '../../engine/record.ts'
import { pickByIndex } from './quantile.ts'
import type { Tool } from './tool.ts'
import { between, chunkTimes, divide, listGaps, only, rateOver, listSteps } from './weighing.ts'

/** The end of the answer: usage and [DONE] included. */
function findEnd({ marks }: RequestRecord): number {
  return marks.completed ?? marks.ended
}

export const evalscope: Tool = {
  name: 'evalscope perf',
  read: 'its sources of August 2026, up to 1.11.0',
  percentiles: 'the value at index ⌊n·p⌋, counted from 0',
  quantile: pickByIndex,
  metrics: [
    {
      name: 'TTFT',
      definition: 'first chunk − start, be it one with a role only (changed after 1.11.0)',
      values: (record) => only(between(record.marks.dispatched, chunkTimes(record)[0])),
      ours: 'ttft',
      difference:
        'ttft waits for the first text; a role may be sent as soon as a request is accepted',
    },
    {
      name: 'TPOT',
      definition: '(latency − TTFT) ÷ (tokens − 1) of each request, 0 for one token',
      values(record) {
        if (record.completionTokens !== undefined && record.completionTokens < 2) return only(0)
        return only(divide(between(chunkTimes(record)[0], findEnd(record)), listSteps(record)))
      },
      ours: 'tpot',
      difference: 'it begins with the role and ends with the end of the answer',
    },
    {
      name: 'ITL',
      definition: 'gaps between chunks, all requests together',
      values: (record) => listGaps(chunkTimes(record)),
      ours: 'chunk_gap',
      difference: 'from the role to the first text is a gap as well',
    },
    {
      name: 'Latency',
      definition: 'end of the answer, usage and [DONE] included − start',
      values: (record) => only(between(record.marks.dispatched, findEnd(record))),
      ours: 'latency',
      difference: 'latency ends with the last token',
    },
  ],
  rates: [
    {
      name: 'Request throughput',
      definition: 'completed requests ÷ time from the first start to the last end',
      rate: (records) => rateOver(records, () => 1),
      ours: 'requests_per_second',
      difference: 'slogate stops the clock at the last token',
    },
    {
      name: 'Output token throughput',
      definition: 'tokens of completed requests ÷ the same time',
      rate: (records) => rateOver(records, ({ completionTokens }) => completionTokens),
      ours: 'output_tokens_per_second',
      difference: 'slogate stops the clock at the last token',
    },
  ],
}
