import { cleanLine } from '../../bench-spec/plain-text.ts'
import type { Results } from '../../results/results.ts'

/** Where the code under test comes from, as a CI system says it. */
export interface Revision {
  commit?: string
  branch?: string
}

type Cell = string | number | boolean | null

/** One run as one row; every row has the same columns, in the same order. */
export type HistoryRow = Readonly<Record<string, Cell>>

const metrics = ['ttft', 'ttfo', 'latency', 'tpot', 'chunk_gap', 'stall'] as const
const stats = ['p50', 'p95', 'p99'] as const
const rates = [
  'success_rate',
  'goodput',
  'requests_per_second',
  'output_tokens_per_second',
] as const

const columns: Readonly<Record<string, (results: Results, revision: Revision) => Cell>> = {
  time: ({ started_at: time }) => time,
  spec: ({ spec }) => cleanLine(spec.name),
  commit: (_, { commit }) => (commit === undefined ? null : cleanLine(commit)),
  branch: (_, { branch }) => (branch === undefined ? null : cleanLine(branch)),
  target: ({ target }) => cleanLine(target.url),
  hermetic: ({ target }) => target.hermetic,
  status: ({ verdict }) => verdict.status,
  policy: ({ verdict }) => verdict.policy,
  passed: ({ verdict }) => verdict.passed,
  concurrency: ({ load }) => (load.kind === 'closed' ? load.concurrency : null),
  requests: ({ summary }) => summary.requests.total,
  completed: ({ summary }) => summary.requests.completed,
  failed: ({ summary }) => summary.requests.failed,
  ...Object.fromEntries(
    metrics.flatMap((metric) =>
      stats.map((stat) => [
        `${metric}_${stat}_ms`,
        (results: Results) => figures(results)?.[`${metric}_ms`]?.[stat] ?? null,
      ]),
    ),
  ),
  ...Object.fromEntries(
    rates.map((rate) => [rate, (results: Results) => figures(results)?.[rate] ?? null]),
  ),
}

/** The figures of a run that did not finish are those of another, smaller load. */
function figures({ end, summary }: Results): Results['summary'] | undefined {
  return end.kind === 'finished' ? summary : undefined
}

export const historyColumns: readonly string[] = Object.keys(columns)

/** The row of a run; `null` for what is not known. */
export function toHistoryRow(results: Results, revision: Revision): HistoryRow {
  return Object.fromEntries(
    Object.entries(columns).map(([name, cellOf]) => [name, cellOf(results, revision)]),
  )
}

/** How rows stand in a file. */
export interface HistoryFormat {
  /** The line above the rows, without its end; `undefined`: there is none. */
  header: string | undefined
  render(row: HistoryRow): string
  /** Columns of a file by its first line; `undefined` when it holds none. */
  columns(firstLine: string): readonly string[] | undefined
}

export const csv: HistoryFormat = {
  header: historyColumns.join(','),
  render: (row) => Object.values(row).map(toCell).join(','),
  columns: (line) => line.split(','),
}

export const ndjson: HistoryFormat = {
  header: undefined,
  render: (row) => JSON.stringify(row),
  columns(line) {
    try {
      const row: unknown = JSON.parse(line)
      return typeof row === 'object' && row !== null ? Object.keys(row) : undefined
    } catch {
      return undefined
    }
  },
}

/** RFC 4180; empty for what is not known. */
function toCell(cell: Cell): string {
  const text = cell === null ? '' : String(cell)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
