import type { Results } from '../../results/results.ts'
import { kindRows, kindTitles } from '../kind-cells.ts'
import type { Markup } from './markup.ts'
import { renderTable } from './table.ts'

/** Kinds of request of a mix with their figures; `undefined` without one. */
export function renderKinds(results: Results): Markup | undefined {
  if (results.mix.length === 0) return undefined
  return renderTable({
    caption: 'Kinds of request, each with the figures of its own requests',
    head: kindTitles,
    rows: kindRows(results),
    texts: 1,
  })
}
