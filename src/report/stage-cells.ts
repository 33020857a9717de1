import { cleanLine } from '../bench-spec/plain-text.ts'
import type { Results } from '../results/results.ts'
import { summaryCells, summaryTitles } from './summary-cells.ts'
import { formatCount, formatMs, formatValue } from './units.ts'

/** Titles of the cells of a stage; the first column names it. */
export const stageTitles: readonly string[] = ['stage', 'load', 'time', ...summaryTitles]

/** What each stage asked for and what its requests gave, in the order of `stageTitles`; none without stages. */
export function stageRows({ load, stages }: Results): string[][] {
  return stages.map(({ name, duration_ms: duration, ramp_ms: ramp, from, to, summary }) => [
    cleanLine(name),
    `${ramp === 0 ? '' : `${level(load, from)} → `}${level(load, to)}`,
    formatMs(duration),
    ...summaryCells(summary),
  ])
}

function level({ kind }: Results['load'], value: number): string {
  return kind === 'closed' ? `c=${formatCount(value)}` : formatValue(value, '/s')
}
