import { createIssue, SpecError } from '../bench-spec/issue.ts'
import { createSchemaCheck, type SchemaCheck } from '../bench-spec/schema-check.ts'
import { parseSource } from '../bench-spec/source.ts'
import { resultsSchema } from './results-schema.ts'
import type { Results } from './results.ts'

let check: SchemaCheck | undefined

/**
 * Reads the text of a `results.json`; `file` is shown in errors.
 * @throws {SpecError} with every place that is not as the schema says.
 */
export function parseResults(text: string, file: string): Results {
  const { value, locate, issues } = parseSource(text, 'json')
  if (issues.length > 0) throw new SpecError(issues, file, text)
  const { schema_version: version, tool } = (value ?? {}) as Partial<Results>
  if (version !== undefined && version !== 2) {
    const writer = typeof tool?.version === 'string' ? ` by slogate ${tool.version}` : ''
    const message = `must be 2, got ${JSON.stringify(version)}: the file was written${writer} in another layout, which that version reads.`
    throw new SpecError([createIssue(locate, ['schema_version'], message)], file, text)
  }
  check ??= createSchemaCheck(resultsSchema)
  const faults = check(value, locate)
  if (faults.length > 0) throw new SpecError(faults, file, text)
  return value as Results
}
