import { interpolate, pickNearest } from './quantile.ts'
import type { Tool, ToolMetric } from './tool.ts'
import { between, decoding, divide, listGaps, only, listSteps } from './weighing.ts'

const ownCount =
  'it counts by a tokenizer of its own unless told otherwise, here the server counted'

const ttft: ToolMetric = {
  name: 'Time to First Token',
  definition: 'first response with content or reasoning − start',
  values: ({ marks }) => only(between(marks.dispatched, marks.firstToken)),
  ours: 'ttft',
  difference: 'the same',
}

const itl: ToolMetric = {
  name: 'Inter Token Latency',
  definition:
    '(request latency − TTFT) ÷ (tokens − 1) of each request; with --per-chunk-usage it takes off the tokens of the first chunk, not 1',
  values: (record) => only(divide(decoding(record), listSteps(record))),
  ours: 'tpot',
  difference: `the same on the same count of tokens; ${ownCount}`,
}

const latency: ToolMetric = {
  name: 'Request Latency',
  definition: 'last response with content − start',
  values: ({ marks }) => only(between(marks.dispatched, marks.lastToken)),
  ours: 'latency',
  difference: 'the same; of a raw stream slogate takes the last byte',
}

/** The metric with each failed request as ∞, beside the plain one (`metrics/derived_latency.py`). */
function adjust(metric: ToolMetric, name: string): ToolMetric {
  return {
    ...metric,
    name,
    definition: `${metric.name}, of a failed request ∞, the value nearest to (n − 1)·p; it prints ∞ as N/A, and nothing without a failed request`,
    failures: 'infinite',
    quantile: pickNearest,
    difference: `by default SLOs count failed requests as ∞ as well; this row of ${metric.ours} does not`,
  }
}

export const aiperf: Tool = {
  name: 'aiperf',
  version: '0.13.0',
  percentiles: 'interpolated between two values (numpy linear)',
  quantile: interpolate,
  metrics: [
    ttft,
    adjust(ttft, 'adj_time_to_first_token'),
    {
      name: 'Time to First Output Token',
      definition: 'first response with content that is not reasoning − start',
      values: ({ marks }) => only(between(marks.dispatched, marks.firstOutput)),
      ours: 'ttfo',
      difference: 'the same',
    },
    itl,
    adjust(itl, 'adj_inter_token_latency'),
    {
      name: 'Inter Chunk Latency',
      definition:
        'gaps between responses with content, all requests together; percentiles by a t-digest',
      values: ({ tokenTimes }) => listGaps(Array.from(tokenTimes)),
      ours: 'chunk_gap',
      difference: 'the same but for the error of its t-digest, which is not in here',
    },
    latency,
    adjust(latency, 'adj_request_latency'),
  ],
  rates: [],
}
