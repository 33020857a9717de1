import { textWidth } from '../bench-spec/text-width.ts'
import { padEnd, padStart, truncate } from './columns.ts'

export interface Column {
  title: string
  cells: readonly string[]
  align: 'left' | 'right'
}

const gap = '  '
const narrowest = 16

/**
 * Lines of a table, its header first, at most `width` columns wide. Columns without any text are
 * left out; where there is no room, columns are dropped from the right, then the first one is cut.
 */
export function layOut(columns: readonly Column[], width: number, ellipsis: string): string[] {
  const [first, ...others] = columns.filter(({ cells }) => cells.some((cell) => cell !== ''))
  if (first === undefined) return []
  const shown = [...others]
  const room = (): number =>
    width - shown.reduce((sum, column) => sum + gap.length + columnWidth(column), 0)
  while (shown.length > 1 && room() < Math.min(narrowest, columnWidth(first))) shown.pop()
  const lead = Math.min(columnWidth(first), Math.max(narrowest, room()))
  const line = (text: (column: Column) => string): string =>
    [
      padEnd(truncate(text(first), lead, ellipsis), lead),
      ...shown.map((column) => pad(column, text(column))),
    ]
      .join(gap)
      .trimEnd()
  return [
    line(({ title }) => title),
    ...first.cells.map((_, row) => line(({ cells }) => cells[row] ?? '')),
  ]
}

function columnWidth({ title, cells }: Column): number {
  return Math.max(...[title, ...cells].map(textWidth))
}

function pad(column: Column, text: string): string {
  return (column.align === 'left' ? padEnd : padStart)(text, columnWidth(column))
}
