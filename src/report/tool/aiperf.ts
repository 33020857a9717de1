import { interpolate } from './quantile.ts'
import type { Tool } from './tool.ts'
import { between, decoding, divide, listGaps, only, listSteps } from './weighing.ts'

const tokenizer =
  'the same on the same count of tokens; it counts by a tokenizer of its own, here the server counted'

export const aiperf: Tool = {
  name: 'aiperf',
  read: 'its sources of October 2025 and its documents of 2026',
  percentiles: 'interpolated between two values (numpy linear)',
  quantile: interpolate,
  metrics: [
    {
      name: 'Time to First Token',
      definition: 'first response with content or reasoning − start',
      values: ({ marks }) => only(between(marks.dispatched, marks.firstToken)),
      ours: 'ttft',
      difference: 'the same',
    },
    {
      name: 'Time to First Output Token',
      definition: 'first response with content that is not reasoning − start',
      values: ({ marks }) => only(between(marks.dispatched, marks.firstOutput)),
      ours: 'ttfo',
      difference: 'the same',
    },
    {
      name: 'Inter Token Latency',
      definition: '(request latency − TTFT) ÷ (tokens − 1) of each request',
      values: (record) => only(divide(decoding(record), listSteps(record))),
      ours: 'tpot',
      difference: tokenizer,
    },
    {
      name: 'Inter Chunk Latency',
      definition: 'gaps between responses with content, all requests together',
      values: ({ tokenTimes }) => listGaps(Array.from(tokenTimes)),
      ours: 'chunk_gap',
      difference: 'the same',
    },
    {
      name: 'Request Latency',
      definition: 'last response with content − start',
      values: ({ marks }) => only(between(marks.dispatched, marks.lastToken)),
      ours: 'latency',
      difference: 'the same; of a raw stream slogate takes the last byte',
    },
  ],
  rates: [],
}
