import { dirname, join } from 'node:path'

import { isCell, listMatrices } from '../results/matrix.ts'
import type { Results } from '../results/results.ts'
import { layOut } from './layout.ts'
import { renderMatrix } from './matrix-table.ts'
import { missedFirst, overviewColumns, overviewNote } from './overview.ts'
import {
  createPen,
  renderShort,
  renderTerminal,
  signs,
  styles,
  type TerminalOptions,
} from './terminal.ts'

export interface ShownRun {
  results: Results
  places: Places
}

/** Where files are, as it is shown to people. */
export interface Places {
  /** Of a run. */
  path: string
  /** Of the run before it; `undefined` where none is kept. */
  earlier?: string | undefined
}

/** Lines that say where the page of each matrix is. */
export function listPages(runs: readonly ShownRun[]): string[] {
  const folders = runs
    .filter(({ results }) => isCell(results))
    .map(({ places }) => dirname(places.path))
  return [...new Set(folders)].map((folder) => `page ${join(folder, 'matrix.html')}`)
}

/** Lines that say where files are. */
export function listPlaces({ path, earlier }: Places): string[] {
  return [`results ${path}`, ...(earlier === undefined ? [] : [`earlier ${earlier}`])]
}

/**
 * Runs that were started together as text for a terminal, without a last line end, what was missed
 * first. Of several there is an overview before them, those that pass are short, and the folder of
 * what covers all of them comes last.
 */
export function renderScreen(
  runs: readonly ShownRun[],
  { folder: shared, ...options }: Omit<TerminalOptions, 'details'> & { folder: string },
): string {
  const ordered = runs.toSorted((a, b) => missedFirst(a.results, b.results))
  const renderWhole = ({ results, places }: ShownRun): string =>
    renderTerminal(results, { ...options, details: listPlaces(places) })
  if (ordered.length === 1) return ordered.map(renderWhole).join('')
  return [
    renderOverview(
      runs.map(({ results }) => results),
      options,
    ),
    ...ordered.map((run) =>
      run.results.verdict.status === 'PASS' ? renderShort(run.results, options) : renderWhole(run),
    ),
    [...listPages(runs), `all results ${shared}`]
      .map((line) => createPen(options).paint('dim', ` ${line}`))
      .join('\n'),
  ].join('\n\n')
}

/**
 * A line for each of several runs, what was missed first, then a table for each matrix whose cells are
 * among them; without a last line end.
 */
export function renderOverview(runs: readonly Results[], options: TerminalOptions): string {
  const others = runs.filter((run) => !isCell(run))
  return [
    ...(others.length === 0 ? [] : [renderLines(others, options)]),
    ...listMatrices(runs).map((matrix) => renderMatrix(matrix, options)),
  ].join('\n\n')
}

function renderLines(runs: readonly Results[], options: TerminalOptions): string {
  const pen = createPen(options)
  const ordered = runs.toSorted(missedFirst)
  const columns = overviewColumns(ordered).map((column) => ({
    ...column,
    cells: column.cells.map(pen.sign),
  }))
  const [header, ...rows] = layOut(columns, pen.width - 3, pen.sign('…'))
  const lines = ordered.map(
    ({ verdict: { status } }, index) =>
      ` ${pen.paint(styles[status], pen.sign(signs[status]))} ${rows[index]}`,
  )
  const note = overviewNote(ordered)
  return [
    pen.paint('dim', `   ${header}`),
    ...lines,
    ...(note === undefined ? [] : [pen.paint('dim', `   ${note}`)]),
  ].join('\n')
}
