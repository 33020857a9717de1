import { cleanLine } from '../bench-spec/plain-text.ts'
import type { DifferenceDocument, Measured, Results, SloDocument } from '../results/results.ts'
import { formatChanges, formatOrDash } from './cells.ts'
import { layOut } from './layout.ts'
import { explainDifferences } from './sentence/differences.ts'
import { createPen, signs, styles, type TerminalOptions } from './terminal.ts'
import { formatChange } from './units.ts'

/** Two runs, or two targets of one run, side by side; plain data. */
export interface Comparison {
  schema_version: 1
  tool: Results['tool']
  /** Files or URLs, secrets redacted. */
  baseline: string
  candidate: string
  comparable: boolean
  /** What differs, where they are not comparable. */
  differences: readonly DifferenceDocument[]
  /** What else differs and is compared all the same. */
  contrasts: readonly DifferenceDocument[]
  verdict: Pick<Results['verdict'], 'status' | 'policy' | 'passed' | 'exit_code' | 'reason' | 'why'>
  statistics: readonly Statistic[]
}

/** One statistic of both sides. Changes are ratios − 1; of shares they are differences. */
export interface Statistic {
  /** `ttft p95`. */
  name: string
  unit: SloDocument['unit']
  baseline: Measured | null
  candidate: Measured | null
  change: number | null
  /** Confidence limits of the change. */
  low: number | null
  high: number | null
  /** What nobody set a limit to is not judged: `null`, as the next two. */
  allowed: number | null
  status: SloDocument['status'] | null
  why: string | null
}

/** A table of all statistics, for a terminal or a log, without a last line end. */
export function renderComparison(
  { verdict, baseline, candidate, comparable, differences, contrasts, statistics }: Comparison,
  options: TerminalOptions,
): string {
  const pen = createPen(options)
  const cells = (take: (row: Statistic) => string): string[] =>
    statistics.map((row) => pen.sign(take(row)))
  const [header = '', ...rows] = layOut(
    [
      { title: '', align: 'left', cells: cells(({ name }) => name) },
      {
        title: 'baseline',
        align: 'right',
        cells: cells((row) => formatOrDash(row.baseline, row.unit)),
      },
      {
        title: 'candidate',
        align: 'right',
        cells: cells((row) => formatOrDash(row.candidate, row.unit)),
      },
      { title: 'change', align: 'right', cells: cells((row) => changeCell(row.change, row.unit)) },
      { title: 'limits', align: 'left', cells: cells((row) => formatChanges(row, row.unit)) },
      {
        title: 'allowed',
        align: 'right',
        cells: cells((row) => changeCell(row.allowed, row.unit)),
      },
      { title: 'verdict', align: 'left', cells: cells(({ status }) => status ?? '') },
    ],
    pen.width - 3,
    pen.sign('…'),
  )
  const lines = statistics.flatMap(({ status, why }, index) => {
    if (status === null) return [`   ${rows[index]}`]
    const row = ` ${pen.paint(styles[status], pen.sign(signs[status]))} ${rows[index]}`
    if (status === 'PASS' || why === null) return [row]
    const words = pen.hang(pen.sign(cleanLine(why)), 5)
    return [row, ...words.map((line) => pen.paint(styles[status], line))]
  })
  return [
    ` ${pen.paint('bold', pen.paint(styles[verdict.status], verdict.status))}  ${cleanLine(verdict.why)}`,
    ` baseline  ${cleanLine(baseline)}`,
    ` candidate ${cleanLine(candidate)}`,
    ...explainDifferences({ comparable, differences, contrasts }).flatMap((line) =>
      pen.hang(cleanLine(line), 1),
    ),
    '',
    pen.paint('dim', `   ${header}`),
    ...lines,
    ...(options.details ?? []).map((line) => pen.paint('dim', `\n ${cleanLine(line)}`)),
  ].join('\n')
}

function changeCell(change: number | null, unit: SloDocument['unit']): string {
  return change === null ? '' : formatChange(change, unit)
}
