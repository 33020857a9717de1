import { nameSettings } from '../bench-spec/matrix.ts'
import { cleanLine } from '../bench-spec/plain-text.ts'
import { type Matrix, type MatrixCellDocument } from '../results/matrix.ts'
import type { SloDocument } from '../results/results.ts'
import { percentileRows, roughNote } from './cells.ts'
import type { Column } from './layout.ts'
import { heldCell } from './overview.ts'
import { formatCount, formatValue } from './units.ts'

/** A time that a run has percentiles of. */
export type MatrixMetric = Parameters<typeof percentileRows>[1][number]

/** Percentiles that are shown of each of them. */
export const matrixStats = ['p50', 'p95', 'p99'] as const

/** Metrics that SLOs ask for, then ttft and latency; those that no cell has are left out. */
export function listMetrics({ cells }: Matrix): MatrixMetric[] {
  const asked = cells.flatMap(({ slos }) => slos.map(({ metric }) => metric))
  const wanted = new Set<string>([...asked, 'ttft', 'latency'])
  return [...wanted].filter((name): name is MatrixMetric =>
    cells.some(({ summary }) => (summary[`${name}_ms` as keyof typeof summary] ?? null) !== null),
  )
}

/** `concurrency=8`, what no terminal obeys. */
export function nameCell({ settings }: MatrixCellDocument): string {
  return cleanLine(nameSettings(settings))
}

/** Columns of a table with a row for each cell: its values, how its SLOs fared, its figures. */
export function matrixColumns(matrix: Matrix): Column[] {
  const { keys, cells } = matrix
  const column = (title: string, cell: (each: MatrixCellDocument) => string): Column => ({
    title,
    align: 'right',
    cells: cells.map(cell),
  })
  const times = listMetrics(matrix).map((metric) =>
    matrixStats.map((stat) =>
      column(`${metric} ${stat}`, ({ summary }) => {
        return percentileRows({ summary }, [metric], [stat])[0]?.values[0] ?? '–'
      }),
    ),
  )
  return [
    ...keys.map((key, index) =>
      column(cleanLine(key), ({ settings }) => cleanLine(settings[index]?.text ?? '')),
    ),
    column('held', ({ slos }) => heldCell(slos)),
    ...(times[0] ?? []),
    column('req/s', ({ summary }) => formatRate(summary.requests_per_second, '/s')),
    column('tok/s', ({ summary }) => formatRate(summary.output_tokens_per_second, 'tok/s')),
    column('success', ({ summary }) => formatRate(summary.success_rate, 'share')),
    ...times.slice(1).flat(),
    column('n', ({ summary }) => formatCount(summary.requests.total)),
  ].filter(({ cells }) => cells.some((cell) => cell !== ''))
}

/** The unit stands in the title. */
function formatRate(value: number | null, unit: SloDocument['unit']): string {
  return value === null ? '–' : formatValue(value, unit).replace(/\/s$| tok\/s$/, '')
}

/** What is to be known of the table: the mark `~`, and cells that are missing. */
export function matrixNotes(matrix: Matrix): string[] {
  const { cells, planned } = matrix
  const rough = roughNote(
    cells.flatMap(({ summary }) => percentileRows({ summary }, listMetrics(matrix), matrixStats)),
  )
  return [
    ...(cells.length < planned ? [`${cells.length} of ${planned} cells were run`] : []),
    ...(rough === undefined ? [] : [rough]),
  ]
}
