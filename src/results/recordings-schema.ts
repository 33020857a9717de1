import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { dialectNames } from '../bench-spec/stream-format.ts'
import { count, list, number, oneOf, orNull, record, text } from './schema-parts.ts'

const texts = (description: string): JsonSchema => ({
  type: 'object',
  description,
  additionalProperties: { type: 'string' },
})

/** JSON Schema (draft-07) of one line of `debug_events.ndjson`. */
export const recordingSchema: JsonSchema = record('What one request sent and got.', {
  number: {
    type: 'integer',
    minimum: 1,
    description: 'As every report has it: from 1, of the measured requests.',
  },
  outcome: orNull(oneOf('How it ended.', ['completed', 'failed', 'cancelled', 'left'])),
  failure: orNull(
    record('Why it failed.', { kind: text('Kind.'), message: text('Untrusted text.') }),
  ),
  stream_format: orNull(
    record('What the spec says of the stream.', {
      type: oneOf('Its dialect.', dialectNames),
      first_token_event: orNull(text('Name of an event.')),
      completion_event: orNull(text('Name of an event.')),
      output_path: orNull(text('Dotted path.')),
      content_type: orNull(text('That is expected.')),
    }),
  ),
  request: record('As it was sent.', {
    method: text('Of HTTP.'),
    url: text('With its query.'),
    headers: texts('By name.'),
    body: orNull(text('Its body.')),
  }),
  status: orNull(count('HTTP status.')),
  headers: texts('Of the response, by name; untrusted texts.'),
  events: list(
    'As they were read from the body.',
    record('One event.', {
      at_ms: number('Since dispatch.'),
      event: orNull(text('Its name; untrusted.')),
      taken_for: list('What it was read as.', { type: 'string' }),
      data: text('The start of it; untrusted.'),
    }),
  ),
  reads: list('The body as it came.', {
    description: 'One piece; those of one read of the socket have one instant.',
    anyOf: [
      record('Text.', { at_ms: number('Since dispatch.'), text: text('Untrusted.') }),
      record('Bytes that are no text by themselves.', {
        at_ms: number('Since dispatch.'),
        base64: text('The bytes.'),
      }),
    ],
  }),
  omitted_bytes: count('Of the body that were not kept.'),
  ended_ms: orNull(number('Clean end of the body since dispatch; `null`: it was broken off.')),
})
