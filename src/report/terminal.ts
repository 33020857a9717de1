import { styleText } from 'node:util'

import { cleanLine } from '../bench-spec/plain-text.ts'
import { textWidth } from '../bench-spec/text-width.ts'
import type { Results, SloDocument } from '../results/results.ts'
import {
  mainTimes,
  baselineCells,
  cachedCells,
  calibrationCell,
  endCell,
  failureCell,
  intervalTitle,
  issuesFirst,
  loadCells,
  percentileNames,
  percentileRows,
  rateCells,
  roughNote,
  sloCells,
} from './cells.ts'
import { truncate, wrap } from './columns.ts'
import { kindRows, kindTitles } from './kind-cells.ts'
import { layOut } from './layout.ts'
import { lengthCells } from './length-cells.ts'
import { explainDiagnostic } from './sentence/diagnostic.ts'
import { explainServerFinding } from './sentence/server-finding.ts'
import { explainSlo } from './sentence/slo.ts'
import { explainVerdict } from './sentence/verdict.ts'
import { serverLines } from './server-cells.ts'
import { stageRows, stageTitles } from './stage-cells.ts'
import { traceCells } from './trace-cells.ts'

export interface TerminalOptions {
  color: boolean
  /** Whether our own signs may be outside of ASCII; texts of the spec and the target are kept. */
  unicode: boolean
  /** Columns, 100 by default, 60 to 100. */
  width?: number
  /** Lines to end with, never cut: paths of artifacts, the command that runs it again. */
  details?: readonly string[]
}

type Style = 'green' | 'red' | 'yellow' | 'magenta' | 'bold' | 'dim'

export const styles: Readonly<Record<SloDocument['status'], Style>> = {
  PASS: 'green',
  FAIL: 'red',
  INCONCLUSIVE: 'yellow',
  ERROR: 'magenta',
}
export const signs: Readonly<Record<SloDocument['status'], string>> = {
  PASS: '✓',
  FAIL: '✗',
  INCONCLUSIVE: '?',
  ERROR: '!',
}
const inAscii: Readonly<Record<string, string>> = {
  '✓': '+',
  '✗': 'x',
  '×': 'x',
  '∞': 'inf',
  '–': '-',
  '…': '~',
  '≥': '>=',
  '≤': '<=',
  '→': '>',
  '\u202f': ',',
}

/** One run as a block of lines for a terminal or a log, without a last line end. */
export function renderTerminal(results: Results, options: TerminalOptions): string {
  const pen = createPen(options)
  return joinBlocks([
    renderHead(results, pen),
    renderSlos(results, pen),
    renderFigures(results, pen),
    renderParts(kindTitles, kindRows(results), { texts: 1, pen }),
    renderParts(stageTitles, stageRows(results), { texts: 2, pen }),
    renderServer(results, pen),
    renderNotes(results, pen),
    (options.details ?? []).map((line) => pen.paint('dim', ` ${cleanLine(line)}`)),
  ])
}

/** A run in few lines: its name, its SLOs, and what a reader should know of even so. */
export function renderShort(results: Results, options: TerminalOptions): string {
  const pen = createPen(options)
  return joinBlocks([
    [renderTitle(results, pen), ...renderEnd(results, pen), ...renderSlos(results, pen)],
    renderNotes(results, pen),
  ])
}

function joinBlocks(blocks: readonly (readonly string[])[]): string {
  const filled = blocks.filter((lines) => lines.length > 0)
  return filled.map((lines) => lines.join('\n')).join('\n\n')
}

export interface Pen {
  width: number
  /** Our own signs, in ASCII where that is asked for. */
  sign(text: string): string
  paint(style: Style, text: string): string
  cut(text: string, width: number): string
  /** The text in lines of the full width behind `indent` spaces. */
  hang(text: string, indent: number): string[]
}

export function createPen(options: TerminalOptions): Pen {
  const width = Math.max(60, Math.min(options.width ?? 100, 100))
  const sign = (text: string): string =>
    options.unicode ? text : text.replace(/[✓✗×∞–…≥≤→\u202f]/g, (found) => inAscii[found] ?? found)
  return {
    width,
    sign,
    paint: (style, text) =>
      options.color ? styleText(style, text, { validateStream: false }) : text,
    cut: (text, columns) => truncate(text, columns, sign('…')),
    // Where a line is broken, what was harmless in its middle may come to open one.
    hang: (text, indent) =>
      wrap(text, width - indent - 1).map((line) => ' '.repeat(indent) + cleanLine(line)),
  }
}

function renderTitle({ verdict, spec }: Results, pen: Pen): string {
  const word = pen.paint('bold', pen.paint(styles[verdict.status], verdict.status))
  const room = pen.width - verdict.status.length - 3
  const name = pen.cut(cleanLine(spec.name), room)
  const file = spec.file === null ? '' : `  ${cleanLine(spec.file)}`
  return ` ${word}  ${pen.paint('bold', name)}${pen.paint('dim', pen.cut(file, room - textWidth(name)))}`
}

function renderHead(results: Results, pen: Pen): string[] {
  const { verdict, target } = results
  const url = `${cleanLine(target.method)} ${cleanLine(target.url)}${target.hermetic ? ' (mock)' : ''}`
  const load = pen.sign(loadCells(results).join('  '))
  return [
    renderTitle(results, pen),
    ...pen.hang(pen.sign(cleanLine(explainVerdict(verdict, results.end))), 1),
    ...renderEnd(results, pen),
    ...renderTarget(url, load, pen).map((line) => pen.paint('dim', line)),
    ...baselineCells(results).map((line) =>
      pen.paint('dim', ` ${pen.cut(pen.sign(line), pen.width - 1)}`),
    ),
  ]
}

/** In one line where enough of the URL has room in it. */
function renderTarget(url: string, load: string, pen: Pen): string[] {
  const room = pen.width - textWidth(load) - 4
  if (room >= leastUrl) return [` ${pen.cut(url, room)}   ${load}`]
  return [` ${pen.cut(url, pen.width - 1)}`, ...pen.hang(load, 1)]
}

const leastUrl = 20

function renderEnd(results: Results, pen: Pen): string[] {
  const end = endCell(results)
  return end === undefined ? [] : pen.hang(pen.sign(end), 1)
}

function renderSlos(results: Results, pen: Pen): string[] {
  const slos = issuesFirst(results.verdict.slos)
  const cells = slos.map(sloCells)
  const [header, ...rows] = layOut(
    [
      { title: 'slo', align: 'left', cells: cells.map(({ slo }) => slo) },
      { title: 'observed', align: 'right', cells: cells.map((cell) => pen.sign(cell.observed)) },
      { title: 'baseline', align: 'right', cells: cells.map((cell) => pen.sign(cell.baseline)) },
      { title: 'vs bound', align: 'left', cells: cells.map(({ deviation }) => deviation) },
      { title: 'over/allowed', align: 'right', cells: cells.map((cell) => pen.sign(cell.over)) },
      { title: 'n', align: 'right', cells: cells.map((cell) => pen.sign(cell.n)) },
      {
        title: intervalTitle(results),
        align: 'left',
        cells: cells.map((cell) => pen.sign(cell.interval)),
      },
    ],
    pen.width - 3,
    pen.sign('…'),
  )
  if (header === undefined) return []
  return [
    pen.paint('dim', `   ${header}`),
    ...slos.flatMap((slo, index) => {
      const style = slo.level === 'error' || slo.status === 'PASS' ? styles[slo.status] : 'yellow'
      const row = ` ${pen.paint(style, pen.sign(signs[slo.status]))} ${rows[index]}`
      if (slo.status === 'PASS') return [row]
      const why = pen.hang(pen.sign(cleanLine(explainSlo(slo, results.end))), 5)
      return [row, ...why.map((line) => pen.paint(style, line))]
    }),
  ]
}

function renderFigures(results: Results, pen: Pen): string[] {
  const rows = percentileRows(results, mainTimes(results))
  const [header, ...lines] = layOut(
    [
      { title: '', align: 'left', cells: rows.map(({ metric }) => metric) },
      ...percentileNames.map((title, index) => ({
        title,
        align: 'right' as const,
        cells: rows.map(({ values }) => values[index] ?? ''),
      })),
      { title: 'n', align: 'right', cells: rows.map(({ n }) => pen.sign(n)) },
    ],
    pen.width - 3,
    pen.sign('…'),
  )
  const note = roughNote(rows)
  const calibration = calibrationCell(results)
  const rates = [rateCells(results), traceCells(results)].map((cells) =>
    pen.cut(pen.sign(cells.join('   ')), pen.width - 3),
  )
  return [
    ...(header === undefined ? [] : [pen.paint('dim', `   ${header}`)]),
    ...lines.map((line) => `   ${line}`),
    ...(note === undefined ? [] : [pen.paint('dim', `   ${note}`)]),
    ...rates.flatMap((line) => (line === '' ? [] : [`   ${line}`])),
    ...lengthCells(results).map((line) => `   ${pen.cut(pen.sign(line), pen.width - 3)}`),
    ...cachedCells(results).map((cell) => `   ${pen.sign(cell)}`),
    ...(calibration === undefined
      ? []
      : [pen.paint('dim', `   ${pen.cut(pen.sign(calibration), pen.width - 3)}`)]),
  ]
}

/** A table of parts of a run, whose first columns are `texts`. */
function renderParts(
  titles: readonly string[],
  rows: readonly string[][],
  { texts, pen }: { texts: number; pen: Pen },
): string[] {
  if (rows.length === 0) return []
  const columns = titles.map((title, index) => ({
    title,
    align: index < texts ? ('left' as const) : ('right' as const),
    cells: rows.map((cells) => pen.sign(cells[index] ?? '')),
  }))
  const [header = '', ...lines] = layOut(columns, pen.width - 3, pen.sign('…'))
  return [pen.paint('dim', `   ${header}`), ...lines.map((line) => `   ${line}`)]
}

function renderServer({ server }: Results, pen: Pen): string[] {
  if (server === null) return []
  const lines = serverLines(server).map((cells) =>
    pen.cut(pen.sign(cells.join('   ')), pen.width - 3),
  )
  const [sentence = '', ...more] = pen.hang(
    pen.sign(cleanLine(explainServerFinding(server.finding))),
    3,
  )
  return [
    pen.paint('dim', '   server, means (client)'),
    ...lines.map((line) => `   ${line}`),
    sentence,
    ...more,
  ]
}

/** About as many lines are shown of what a target says; the whole is in the files of a run. */
const messageLines = 4

function renderNotes(results: Results, pen: Pen): string[] {
  const failures = results.summary.failures.flatMap((failure) => {
    const text = `${pen.sign(failureCell(failure))}: ${cleanLine(failure.sample)}`
    const [first = '', ...more] = pen.hang(pen.cut(text, messageLines * pen.width), 3)
    return [` ${pen.paint('red', pen.sign('✗'))} ${first.slice(3)}`, ...more]
  })
  const warnings = results.diagnostics
    .filter(({ level }) => level === 'warn')
    .flatMap((diagnostic) => {
      const text = `${diagnostic.id}: ${explainDiagnostic(diagnostic)}`
      const [first = '', ...more] = pen.hang(cleanLine(text), 3)
      return [` ${pen.paint('yellow', '!')} ${first.slice(3)}`, ...more]
    })
  return [...failures, ...warnings]
}
