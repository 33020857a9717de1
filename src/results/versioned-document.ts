import { createIssue, type Issue, type Locate } from '../bench-spec/issue.ts'
import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { createSchemaCheck, type SchemaCheck } from '../bench-spec/schema-check.ts'
import { parseSource } from '../bench-spec/source.ts'
import { DocumentError } from './document-error.ts'

/** What every document of ours that is read again begins with. */
interface Versioned {
  schema_version: number
  tool: { version: string }
}

/**
 * Makes a reader of the text of documents of this schema, which gives one that is as the schema says;
 * its `file` is shown in errors.
 * The reader throws {DocumentError} with every place that is not as the schema says.
 */
export function createReader(schema: JsonSchema): (text: string, file: string) => unknown {
  let check: SchemaCheck | undefined

  function findFaults(value: unknown, locate: Locate): Issue[] {
    check ??= createSchemaCheck(schema)
    return check(value, locate)
  }

  function isSound(value: unknown): boolean {
    return findFaults(value, () => undefined).length === 0
  }

  return (text, file) => {
    const plain = parseJson(text)
    if (isSound(plain)) return plain
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
    if (isSound(value)) return value
    const faults = findOtherLayout(value, schema, locate) ?? findFaults(value, locate)
    throw new DocumentError(faults, file, text)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What the schema says of another layout is beside the point. */
function findOtherLayout(value: unknown, schema: JsonSchema, locate: Locate): Issue[] | undefined {
  const { schema_version: version, tool } = (value ?? {}) as Partial<Versioned>
  const known = schema.properties?.['schema_version']?.const
  if (version === undefined || version === known) return undefined
  const writer = typeof tool?.version === 'string' ? ` by slogate ${tool.version}` : ''
  const message = `must be ${String(known)}, got ${JSON.stringify(version)}: the file was written${writer} in another layout, which that version reads.`
  return [createIssue(locate, ['schema_version'], message)]
}
