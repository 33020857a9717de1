import { listCells, wholeCells } from './session.ts'
import type { Dataset, Row } from './spec.ts'

/** What placeholders may name: columns of the data, and of conversations those of their turns. */
export function listOwnColumns(dataset: Dataset): {
  columns: readonly string[]
  rows: readonly Row[]
} {
  const { columns, rows, sessions } = dataset
  if (sessions === undefined) return { columns, rows }
  const cells = listCells(dataset)
  const own = cells.flatMap((row) => Object.keys(row))
  return { columns: [...new Set([...columns, ...own])], rows: cells }
}

/**
 * What is wrong with a placeholder that a conversation fills in, not the data; `undefined` for any
 * other placeholder. `isWhole`: whether it is all of a value of the body.
 */
export function explainOwnCell(
  name: string,
  isWhole: boolean,
  dataset: Dataset | undefined,
): { problem: string | undefined } | undefined {
  const { sessions, source } = dataset ?? {}
  if (sessions === undefined) return undefined
  if (name === 'system') {
    const lacking = sessions.findIndex(({ system }) => system === undefined)
    if (lacking === -1) return { problem: undefined }
    return {
      problem: `row ${lacking + 1} of ${source} has no system message. Every conversation needs one where {{system}} stands for it.`,
    }
  }
  if (!wholeCells.some((own) => own === name)) return undefined
  if (isWhole) return { problem: undefined }
  return {
    problem: `{{${name}}} is a list, and stands alone as a value of a key of the body: ${name}: "{{${name}}}".`,
  }
}
