import { matrixSchema } from './matrix-schema.ts'
import type { Matrix } from './matrix.ts'
import { createReader } from './versioned-document.ts'

/**
 * Reads the text of a `matrix.json`; `file` is shown in errors.
 * @throws {DocumentError} with every place that is not as the schema says.
 */
export function parseMatrix(text: string, file: string): Matrix {
  return read(text, file) as Matrix
}

const read = createReader(matrixSchema)
