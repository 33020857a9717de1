import { listMatrices } from '../results/matrix.ts'
import type { Results } from '../results/results.ts'

/** Where the cells of a matrix leave what they come to together. */
export interface MatrixFolder {
  /**
   * Takes the results of one more cell, and writes what covers those so far: whatever becomes of the
   * rest, there is a page of them. Returns what could not be written, in sentences.
   */
  add(results: Results): Promise<string[]>
}

/** `path`: the folder that holds those of the cells. */
export function openMatrixFolder(path: string): MatrixFolder {
  const cells: Results[] = []
  return {
    async add(results) {
      const { writeMatrix } = await import('./artifacts.ts')
      cells.push(results)
      return listMatrices(cells).flatMap((matrix) => writeMatrix(path, matrix))
    },
  }
}
