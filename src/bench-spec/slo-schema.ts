import { describeObject, describeText, type JsonSchema } from './json-schema.ts'
import { requestMetrics } from './slo.ts'

const requestBounds = describeObject(
  Object.fromEntries(
    [...requestMetrics, 'e2e'].map((metric) => [
      metric,
      describeText(`Bound on the ${metric} of each request.`, { examples: ['<= 800ms'] }),
    ]),
  ),
  {
    description: 'What a request must keep to count as good; for an SLO on goodput.',
    examples: [{ ttft: '<= 800ms', latency: '<= 8s' }],
  },
)

const sloObject = describeObject(
  {
    assert: describeText('The SLO: metric, statistic, comparator, bound.', {
      examples: ['ttft p95 <= 800ms', 'ttft p95 <= baseline + 10% or 20ms'],
    }),
    id: describeText('Stable name, unique in the spec. Default: the text of the SLO.', {
      examples: ['ttft-p95'],
    }),
    level: {
      description: 'What missing it does: only `error` can fail a run.',
      enum: ['error', 'warn', 'info'],
      default: 'error',
      examples: ['warn'],
    },
    why: describeText('Why this bound; shown where the SLO is missed.', {
      examples: ['The page shows a spinner after a second.'],
    }),
    goodput: requestBounds,
  },
  { required: ['assert'] },
)

function timeSlo(what: string): JsonSchema {
  return {
    description: `${what} Bounds by statistic: p50, p95, p99.9, mean, median, min, max.`,
    type: 'object',
    additionalProperties: { type: 'string', examples: ['800ms', '<= 1.5s', 'baseline + 10%'] },
    examples: [{ p95: '800ms', p99: '2s' }],
  }
}

function rateSlo(what: string, example: string): JsonSchema {
  return describeText(what, { examples: [example] })
}

const sloMap = describeObject({
  ttft: timeSlo('Time to the first token.'),
  ttfo: timeSlo('Time to the first token that is not reasoning.'),
  latency: timeSlo('Time to the last token.'),
  e2e: timeSlo('Alias of latency.'),
  scheduled_ttft: timeSlo('Time to the first token from when a request was due at a `rate`.'),
  scheduled_latency: timeSlo('Time to the last token from when a request was due at a `rate`.'),
  tpot: timeSlo('Time per output token after the first.'),
  chunk_gap: timeSlo('Gaps between consecutive token events.'),
  stall: timeSlo('Largest chunk gap of a request.'),
  dispatch_delay: timeSlo("The client's own delay before sending."),
  output_tokens_per_second: rateSlo('Output tokens of all requests per second.', '50tok/s'),
  requests_per_second: rateSlo('Completed requests per second.', '20/s'),
  success_rate: rateSlo('Share of requests that completed properly.', '99%'),
  error_rate: rateSlo('Share of requests that failed.', '1%'),
})

export const sloSchema: JsonSchema = {
  description: 'What is asserted: a list of SLOs, or bounds by metric.',
  default: [],
  examples: [['success_rate >= 99%', 'ttft p95 <= 800ms'], { ttft: { p95: '800ms' } }],
  anyOf: [
    {
      type: 'array',
      items: {
        anyOf: [{ type: 'string', examples: ['ttft p95 <= 800ms'] }, sloObject],
      },
    },
    sloMap,
  ],
}
