import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { count, list, number, oneOf, orNull, record, text } from './schema-parts.ts'

/** A request that says where to look, within `results.json`. */
const witnessSchema: JsonSchema = record('One request.', {
  number: count('Of the request.'),
  row: orNull(count('0-based row of the dataset.')),
  trace_id: text('Hexadecimal.'),
})

function extend(description: string, more: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return record(description, { ...witnessSchema.properties, ...more })
}

/** `tracing` of `results.json`. */
export const tracingSchema: JsonSchema = record(
  "By what requests are found in the server's own traces; `null`: the spec asks for nothing of it.",
  {
    run_id: text('The first 16 digits of the trace id of every request.'),
    sampled: orNull({
      type: 'boolean',
      description: 'Flag of the `traceparent` of each request; `null`: none was sent.',
    }),
    request_id_header: orNull(text('Header that had the trace id; `null`: none.')),
    slowest: list(
      'The slowest measured requests, by ttft and by latency.',
      extend('A slow request.', {
        metric: oneOf('What it was slow in.', ['ttft', 'latency']),
        ms: number('How long it took.'),
      }),
    ),
    failed: list(
      'The first measured request of each kind of failure.',
      extend('A failed request.', {
        kind: text('For example `timeout.ttft`.'),
        status: orNull(count('HTTP status, for `http_status`.')),
      }),
    ),
  },
)
