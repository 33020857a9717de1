import { cleanLine } from '../bench-spec/plain-text.ts'
import type { Matrix } from '../results/matrix.ts'
import { layOut } from './layout.ts'
import { matrixColumns, matrixNotes } from './matrix-cells.ts'
import { createPen, signs, styles, type TerminalOptions } from './terminal.ts'

/** The cells of a matrix as a table for a terminal, in the order written; without a last line end. */
export function renderMatrix(matrix: Matrix, options: TerminalOptions): string {
  const pen = createPen(options)
  const { spec, verdict, cells, planned } = matrix
  const columns = matrixColumns(matrix).map((column) => ({
    ...column,
    cells: column.cells.map(pen.sign),
  }))
  const [header, ...rows] = layOut(columns, pen.width - 3, pen.sign('…'))
  const word = pen.paint('bold', pen.paint(styles[verdict.status], verdict.status))
  const name = pen.cut(cleanLine(spec.name), pen.width - verdict.status.length - 30)
  const passing = cells.filter((cell) => cell.verdict.status === 'PASS').length
  return [
    ` ${word}  ${pen.paint('bold', name)}${pen.paint('dim', `  ${passing} of ${planned} cells PASS`)}`,
    pen.paint('dim', `   ${header}`),
    ...cells.map(({ verdict: { status } }, index) => {
      return ` ${pen.paint(styles[status], pen.sign(signs[status]))} ${rows[index]}`
    }),
    ...matrixNotes(matrix).map((note) => pen.paint('dim', `   ${note}`)),
    ...(options.details ?? []).map((line) => pen.paint('dim', ` ${cleanLine(line)}`)),
  ].join('\n')
}
