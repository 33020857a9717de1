import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { count, list, number, orNull, record, text } from './schema-parts.ts'
import { syntheticSchema } from './synthetic-schema.ts'

/** The most tokens of an answer. */
export const outputLimitSchema: JsonSchema = orNull(
  record('The most tokens that the body lets an answer have; `null`: it does not say.', {
    key: text('`max_tokens`, or as the API calls it.'),
    tokens: {
      anyOf: [{ type: 'number' }, { type: 'string' }],
      description: 'A number, or the placeholder that each row fills.',
    },
  }),
)

/** Where rows are from. */
const rowsParts: Readonly<Record<string, JsonSchema>> = {
  source: text('Path as written in the spec.'),
  rows: count('Number of rows.'),
  columns: list('Names.', { type: 'string' }),
}

const rowsOf = 'Rows that fill the placeholders; `null` without any.'

export const datasetSchema: JsonSchema = orNull(
  record(rowsOf, { ...rowsParts, synthetic: syntheticSchema }),
)

/** A kind of a mix within `results.json`; `summary`: what its figures are described by. */
export function describeKind(summary: JsonSchema): JsonSchema {
  return record('One kind of request of a mix, and the figures of its requests.', {
    name: text('Unique; the tag `kind` of an SLO.'),
    share: number('Of all requests as it was asked for, 0–1.'),
    url: text('Secrets redacted.'),
    method: text('HTTP method.'),
    model: orNull(text('`model` of the body; a placeholder stands for what varies by row.')),
    output_limit: outputLimitSchema,
    stream_format: orNull(text('Dialect that the spec names; `null`: chosen from the response.')),
    dataset: orNull(record(rowsOf, rowsParts)),
    summary,
  })
}
