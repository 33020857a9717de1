import type { Results } from '../results/results.ts'
import { layOut } from './layout.ts'
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
    createPen(options).paint('dim', ` all results ${shared}`),
  ].join('\n\n')
}

/** A line for each of several runs, what was missed first; without a last line end. */
export function renderOverview(runs: readonly Results[], options: TerminalOptions): string {
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
