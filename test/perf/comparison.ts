import { quantile, toSample } from '../../src/metrics/sample.ts'

/** What one candidate measured, repetition by repetition. */
export type Figures<Name extends string> = Readonly<Record<Name, number>>

/**
 * Measures the candidates one after the other, and all of them again for every repetition, so that a
 * machine that changes its pace does so for all. Returns the median of every figure.
 */
export async function compare<Name extends string>(
  candidates: readonly (() => Figures<Name> | Promise<Figures<Name>>)[],
  repetitions: number,
): Promise<Figures<Name>[]> {
  const measured = candidates.map((): Figures<Name>[] => [])
  for (let i = 0; i < repetitions; i++) {
    for (const [place, candidate] of candidates.entries()) {
      measured[place]?.push(await candidate())
    }
  }
  return measured.map(takeMedians)
}

function takeMedians<Name extends string>(figures: readonly Figures<Name>[]): Figures<Name> {
  const names = Object.keys(figures[0] ?? {}) as Name[]
  const medians = names.map((name) => [
    name,
    quantileOf(
      figures.map((one) => one[name]),
      0.5,
    ),
  ])
  return Object.fromEntries(medians) as Figures<Name>
}

/** By nearest rank; NaN of nothing. */
export function quantileOf(values: readonly number[], p: number): number {
  const sample = toSample(values)
  return sample === undefined ? Number.NaN : quantile(sample, p)
}

/** A Markdown table, first column to the left, the others to the right. */
export function renderTable(title: string, rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows
  const widths = head.map((_, column) =>
    Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [title, '', line(head), line(rule), ...body.map(line), ''].join('\n')
}
