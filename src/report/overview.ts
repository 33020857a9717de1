import { cleanLine } from '../bench-spec/plain-text.ts'
import type { Results, SloDocument } from '../results/results.ts'
import { percentileRows, roughNote } from './cells.ts'
import type { Column } from './layout.ts'
import { formatCount, formatMs, formatValue } from './units.ts'

/** Order of runs: what is missed first, what passes last. */
export function missedFirst(a: Results, b: Results): number {
  return order.indexOf(a.verdict.status) - order.indexOf(b.verdict.status)
}

const order: readonly SloDocument['status'][] = ['FAIL', 'ERROR', 'INCONCLUSIVE', 'PASS']

/** Columns of a table with a row for each run, in the given order; those without any text are left out. */
export function overviewColumns(runs: readonly Results[]): Column[] {
  const column = (title: string, cell: (run: Results) => string): Column => ({
    title,
    align: 'right',
    cells: runs.map(cell),
  })
  const columns: Column[] = [
    { ...column('spec', (run) => nameIn(runs, run)), align: 'left' },
    column('held', ({ verdict }) => heldCell(verdict.slos)),
    column('missed', ({ verdict }) => countByLevel(verdict.slos, ['FAIL'])),
    column('undecided', ({ verdict }) => countByLevel(verdict.slos, ['INCONCLUSIVE', 'ERROR'])),
    column('ttft p95', (run) => p95Cell(run, 'ttft')),
    column('latency p95', (run) => p95Cell(run, 'latency')),
    column('success', ({ summary }) => formatKnown(summary.success_rate, 'share')),
    column('req/s', ({ summary }) => formatKnown(summary.requests_per_second, '/s')),
    column('n', ({ summary }) => formatCount(summary.requests.total)),
    column('warm-up', ({ summary }) => warmupCell(summary.requests)),
    column('time', ({ summary }) => (summary.wall_ms === null ? '–' : formatMs(summary.wall_ms))),
  ]
  return columns.filter(({ cells }) => cells.some((cell) => cell !== ''))
}

/** With its file where another run has the same name. */
function nameIn(runs: readonly Results[], { spec }: Results): string {
  const twins = runs.filter((run) => run.spec.name === spec.name)
  const file = twins.length === 1 || spec.file === null ? '' : ` (${cleanLine(spec.file)})`
  return cleanLine(spec.name) + file
}

/** SLOs of every level that hold, of all: `4/5`; empty without SLOs. */
export function heldCell(slos: readonly SloDocument[]): string {
  const held = slos.filter(({ status }) => status === 'PASS')
  return slos.length === 0 ? '' : `${held.length}/${slos.length}`
}

/** `2`, with what does not block told apart: `1, 1 warn`; empty where there is none. */
function countByLevel(
  slos: readonly SloDocument[],
  statuses: readonly SloDocument['status'][],
): string {
  const found = slos.filter(({ status }) => statuses.includes(status))
  return (['error', 'warn', 'info'] as const)
    .flatMap((level) => {
      const count = found.filter((slo) => slo.level === level).length
      if (count === 0) return []
      return level === 'error' ? `${count}` : `${count} ${level}`
    })
    .join(', ')
}

function warmupCell({ warmup }: Results['summary']['requests']): string {
  return warmup === 0 ? '' : formatCount(warmup)
}

function p95Cell(run: Results, metric: 'ttft' | 'latency'): string {
  return percentileRows(run, [metric], ['p95'])[0]?.values[0] ?? '–'
}

/** Explains the mark `~`; `undefined` where no percentile of the table has it. */
export function overviewNote(runs: readonly Results[]): string | undefined {
  return roughNote(runs.flatMap((run) => percentileRows(run, ['ttft', 'latency'], ['p95'])))
}

/** The unit of a rate stands in the title. */
function formatKnown(value: number | null, unit: 'share' | '/s'): string {
  return value === null ? '–' : formatValue(value, unit).replace('/s', '')
}
