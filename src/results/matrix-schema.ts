import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { listExitCodes } from '../verdict/exit-code.ts'
import { settingSchema, sloSchema, summarySchema } from './results-schema.ts'
import { count, list, number, oneOf, orNull, record, text } from './schema-parts.ts'

const status = (description: string): JsonSchema =>
  oneOf(description, ['PASS', 'FAIL', 'INCONCLUSIVE', 'ERROR'])

const passed: JsonSchema = {
  type: 'boolean',
  description: 'Whether the policy lets it through.',
}

/** One run of a matrix, within `matrix.json`. */
export const matrixCellSchema: JsonSchema = record('A cell that was run.', {
  number: count('Its place among the cells, from 1.'),
  name: text('Name of its spec.'),
  folder: text('Of its files, beside this one.'),
  settings: list('What the cell puts into the spec, in the order written.', settingSchema),
  started_at: text('ISO 8601, UTC.'),
  verdict: record('What was decided of it.', {
    status: status('Its status.'),
    passed,
    confidence: number('Of its statistics, 0.5–1.'),
    exit_code: count(`${listExitCodes()}.`),
    why: text('One sentence.'),
  }),
  summary: summarySchema,
  slos: list('In the order of the spec.', sloSchema),
})

/** `matrix.json`: what the cells of a matrix came to, beside one another. */
export const matrixSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Matrix',
  ...record('What lands in `matrix.json`; the page of a matrix is rendered from it.', {
    schema_version: { type: 'integer', const: 1, description: 'Version of this layout.' },
    tool: record('What wrote it.', {
      name: { type: 'string', const: 'slogate', description: 'Always `slogate`.' },
      version: text('Version of the package.'),
    }),
    spec: record('What was asked.', {
      name: text('Name of the spec that the matrix stands in.'),
      file: orNull(text('Path as shown to people; `null` for a spec given as an object.')),
      sha256: orNull(text('Of the spec file, hexadecimal.')),
    }),
    target: record('Where requests went.', {
      url: text('Secrets redacted.'),
      method: text('HTTP method.'),
      hermetic: { type: 'boolean', description: 'Whether it was the bundled mock.' },
    }),
    keys: list('What the matrix varies: one or two keys of the load.', text('Name of a key.')),
    planned: count('All cells of the matrix, also those that were not run.'),
    verdict: record('What the cells come to together.', {
      status: status(
        'The worst of the cells: FAIL, ERROR, INCONCLUSIVE, PASS; INCONCLUSIVE while cells are missing that could still miss.',
      ),
      passed: { type: 'boolean', description: 'Whether every cell was run and passes.' },
      exit_code: count(`The worst of the cells that were run: ${listExitCodes()}.`),
    }),
    cells: list('Those that were run, in the order written.', matrixCellSchema),
  }),
}
