import { nameCellFolder } from '../bench-spec/matrix.ts'
import { worstExitCode, worstStatus } from '../verdict/policy.ts'
import type { Matrix, MatrixCellDocument } from './matrix-document.ts'
import type { Results } from './results.ts'

export type { Matrix, MatrixCellDocument } from './matrix-document.ts'

/** A run of a cell. */
type CellResults = Results & { cell: NonNullable<Results['cell']> }

export function isCell(results: Results): results is CellResults {
  return results.cell !== null
}

/** The document of each matrix that some runs are cells of, in the order of their first; none of other runs. */
export function listMatrices(runs: readonly Results[]): Matrix[] {
  const groups: CellResults[][] = []
  for (const run of runs.filter(isCell)) {
    const group = groups.find((cells) => belongs(run, cells))
    if (group === undefined) groups.push([run])
    else group.push(run)
  }
  return groups.map(toMatrix)
}

/** A spec that is run twice makes two; a mock has another port in each cell. */
function belongs(run: CellResults, cells: readonly CellResults[]): boolean {
  const [first] = cells
  return (
    first !== undefined &&
    first.spec.file === run.spec.file &&
    first.cell.bench === run.cell.bench &&
    first.cell.count === run.cell.count &&
    cells.every(({ cell }) => cell.number !== run.cell.number)
  )
}

function toMatrix(given: readonly CellResults[]): Matrix {
  const runs = given.toSorted((a, b) => a.cell.number - b.cell.number)
  const [first] = runs
  if (first === undefined) throw new Error('a matrix has at least one cell')
  const { tool, spec, cell, target } = first
  const isWhole = runs.length === cell.count
  const status = worstStatus(runs.map(({ verdict }) => verdict.status)) ?? 'INCONCLUSIVE'
  return {
    schema_version: 1,
    tool,
    spec: { ...spec, name: cell.bench },
    target,
    keys: cell.settings.map(({ key }) => key),
    planned: cell.count,
    verdict: {
      status: status === 'PASS' && !isWhole ? 'INCONCLUSIVE' : status,
      passed: isWhole && runs.every(({ verdict }) => verdict.passed),
      exit_code: worstExitCode(runs.map(({ verdict }) => verdict.exit_code)),
    },
    cells: runs.map(toCell),
  }
}

function toCell({ cell, spec, started_at, verdict, summary }: CellResults): MatrixCellDocument {
  const { status, passed, confidence, exit_code, why, slos } = verdict
  return {
    number: cell.number,
    name: spec.name,
    folder: nameCellFolder(cell.settings),
    settings: cell.settings,
    started_at,
    verdict: { status, passed, confidence, exit_code, why },
    summary,
    slos,
  }
}
