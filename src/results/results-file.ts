import { resultsSchema } from './results-schema.ts'
import type { Results } from './results.ts'
import { createReader } from './versioned-document.ts'

/**
 * Reads the text of a `results.json`; `file` is shown in errors.
 * @throws {DocumentError} with every place that is not as the schema says.
 */
export function parseResults(text: string, file: string): Results {
  return read(text, file) as Results
}

const read = createReader(resultsSchema)
