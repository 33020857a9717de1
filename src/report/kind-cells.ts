import { cleanLine } from '../bench-spec/plain-text.ts'
import { pathOf } from '../bench-spec/target.ts'
import type { Results } from '../results/results.ts'
import { summaryCells, summaryTitles } from './summary-cells.ts'
import { formatValue } from './units.ts'

/** Titles of the cells of a kind of a mix; the first column names it. */
export const kindTitles: readonly string[] = ['kind', 'share', ...summaryTitles, 'path']

/** What each kind was and what its requests gave, in the order of `kindTitles`; none without a mix. */
export function kindRows({ mix }: Results): string[][] {
  return mix.map(({ name, url, share, summary }) => [
    cleanLine(name),
    formatValue(share, 'share'),
    ...summaryCells(summary),
    // All are at the one target, which the report names.
    cleanLine(pathOf(url)),
  ])
}
