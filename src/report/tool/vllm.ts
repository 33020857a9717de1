import { interpolate } from './quantile.ts'
import type { Tool } from './tool.ts'
import { between, chunkTimes, divide, listGaps, only, rateOver, listSteps } from './weighing.ts'

export const vllm: Tool = {
  name: 'vllm bench serve',
  version: '0.32.0',
  percentiles: 'interpolated between two values (numpy linear)',
  quantile: interpolate,
  metrics: [
    {
      name: 'TTFT',
      definition: 'first chunk with choices − send, be it one with a role only',
      values: (record) => only(between(record.marks.dispatched, chunkTimes(record)[0])),
      ours: 'ttft',
      difference:
        'ttft waits for the first text; a role may be sent as soon as a request is accepted',
    },
    {
      name: 'TPOT',
      definition: '(E2EL − TTFT) ÷ (tokens − 1) of each request, none for one token',
      values(record) {
        const times = chunkTimes(record)
        return only(divide(between(times[0], times.at(-1)), listSteps(record)))
      },
      ours: 'tpot',
      difference: 'its TTFT ends with the role, so the wait for the first text counts as decoding',
    },
    {
      name: 'ITL',
      definition: 'gaps between chunks with choices, all requests together',
      values: (record) => listGaps(chunkTimes(record)),
      ours: 'chunk_gap',
      difference: 'from the role to the first text is a gap as well',
    },
    {
      name: 'E2EL',
      definition: 'last chunk with choices − send',
      values: (record) => only(between(record.marks.dispatched, chunkTimes(record).at(-1))),
      ours: 'latency',
      difference:
        'the same, but for a chunk that holds a finish reason only, whose instant is not kept',
    },
  ],
  rates: [
    {
      name: 'Request throughput',
      definition: 'completed requests ÷ time from the first send to the last end of a stream',
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
