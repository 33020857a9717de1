import { createIssue, type Issue, type Locate } from '../bench-spec/issue.ts'
import { createSchemaCheck, type SchemaCheck } from '../bench-spec/schema-check.ts'
import { parseSource } from '../bench-spec/source.ts'
import { DocumentError } from './document-error.ts'
import { resultsSchema } from './results-schema.ts'
import type { Results } from './results.ts'

let check: SchemaCheck | undefined

/**
 * Reads the text of a `results.json`; `file` is shown in errors.
 * @throws {DocumentError} with every place that is not as the schema says.
 */
export function parseResults(text: string, file: string): Results {
  const plain = parseJson(text)
  if (isResults(plain)) return plain
  // Places are looked for only in a file that is refused: that takes a hundred times as long.
  const { value, locate, issues } = parseSource(text, 'json')
  if (issues.length > 0) {
    const cut = issues.map((issue) => ({
      ...issue,
      message: `${issue.message} Was the file cut short?`,
    }))
    throw new DocumentError(cut, file, text)
  }
  // Comments keep it from being plain JSON, and change nothing.
  if (isResults(value)) return value
  const faults = findOtherLayout(value, locate) ?? checkResults(value, locate)
  throw new DocumentError(faults, file, text)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isResults(value: unknown): value is Results {
  return checkResults(value, () => undefined).length === 0
}

function checkResults(value: unknown, locate: Locate): Issue[] {
  check ??= createSchemaCheck(resultsSchema)
  return check(value, locate)
}

/** What the schema says of another layout is beside the point. */
function findOtherLayout(value: unknown, locate: Locate): Issue[] | undefined {
  const { schema_version: version, tool } = (value ?? {}) as Partial<Results>
  const known = resultsSchema.properties?.['schema_version']?.const
  if (version === undefined || version === known) return undefined
  const writer = typeof tool?.version === 'string' ? ` by slogate ${tool.version}` : ''
  const message = `must be ${String(known)}, got ${JSON.stringify(version)}: the file was written${writer} in another layout, which that version reads.`
  return [createIssue(locate, ['schema_version'], message)]
}
