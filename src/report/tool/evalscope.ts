import type { RequestRecord } from '../../engine/record.ts'
import { pickByRank } from './quantile.ts'
import type { Tool } from './tool.ts'
import { between, divide, listGaps, only, rateOver, listSteps } from './weighing.ts'

/** The end of the answer; usage comes with it or shortly before. */
function findEnd({ marks }: RequestRecord): number {
  return marks.completed ?? marks.ended
}

export const evalscope: Tool = {
  name: 'evalscope perf',
  version: '1.14.1',
  percentiles: 'nearest rank, the value at rank ⌈n·p⌉',
  quantile: pickByRank,
  metrics: [
    {
      name: 'TTFT',
      definition: 'first chunk with content, reasoning or a tool call − start',
      values: ({ marks }) => only(between(marks.dispatched, marks.firstToken)),
      ours: 'ttft',
      difference: 'the same',
    },
    {
      name: 'TPOT',
      definition: '(latency − TTFT) ÷ (tokens − 1) of each request, none for one token',
      values: (record) =>
        only(divide(between(record.marks.firstToken, findEnd(record)), listSteps(record))),
      ours: 'tpot',
      difference: 'it ends with the end of the answer',
    },
    {
      name: 'ITL',
      definition: 'gaps between such chunks, all requests together',
      values: ({ tokenTimes }) => listGaps(Array.from(tokenTimes)),
      ours: 'chunk_gap',
      difference: 'the same',
    },
    {
      name: 'Latency',
      definition: 'last data of the answer, usage included, [DONE] not − start',
      values: (record) => only(between(record.marks.dispatched, findEnd(record))),
      ours: 'latency',
      difference:
        'latency ends with the last token; the instant of usage is not kept, the end of the answer stands for it',
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
