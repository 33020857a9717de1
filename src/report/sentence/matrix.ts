import type { Matrix, MatrixCellDocument } from '../../results/matrix.ts'
import { nameCell } from '../matrix-cells.ts'

/** Cells that are named in a sentence. */
const mostNamed = 5

/** What the cells come to together: in which it holds, in which it does not. */
export function explainMatrix({ cells, planned }: Matrix): string {
  const parts = (['PASS', 'FAIL', 'ERROR', 'INCONCLUSIVE'] as const).flatMap((status) => {
    const found = cells.filter(({ verdict }) => verdict.status === status)
    if (found.length === 0) return []
    if (status === 'PASS') return `${found.length} of ${planned} cells PASS`
    return `${status} at ${nameCells(found)}`
  })
  const missing = planned - cells.length
  const rest = missing === 0 ? [] : [`${missing} ${missing === 1 ? 'was' : 'were'} not run`]
  return `${[...parts, ...rest].join('; ')}.`
}

function nameCells(cells: readonly MatrixCellDocument[]): string {
  const rest = cells.length - mostNamed
  const names = cells.slice(0, mostNamed).map(nameCell)
  return [...names, ...(rest > 0 ? [`${rest} more`] : [])].join(' and ')
}

/** What is to be believed of several verdicts together. */
export function explainErrors({ cells, planned }: Matrix): string {
  const confidence = Math.min(...cells.map(({ verdict }) => verdict.confidence))
  const error = (1 - confidence) * 100
  const most = Math.min(100, planned * error)
  const each = `Each cell is judged on its own, with a confidence of ${round(confidence * 100)}%.`
  const pass = 'That all of them PASS is as certain as each: it takes every one.'
  const fail = `Chances of a FAIL by error add up: where every cell just holds, one of the ${planned} is a FAIL with a probability of at most ${planned} × ${round(error)}% = ${round(most)}%.`
  return planned === 1 ? each : `${each} ${pass} ${fail}`
}

function round(percent: number): number {
  return Number(percent.toPrecision(6))
}
