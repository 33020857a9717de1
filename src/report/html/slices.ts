import type { Records } from '../../engine/record.ts'
import { quantile, toSample } from '../../metrics/sample.ts'
import { formatCount, formatMs } from '../units.ts'
import { measureDuration, findStart } from './instants.ts'
import { type Markup, markup } from './markup.ts'
import { renderTable } from './table.ts'

const slices = 12

/** The timeline as a table: slices of equal length by the start of the requests. */
export function tabulateSlices(records: Records, origin: number, end: number): Markup {
  const length = end / slices || 1
  const parts = Array.from({ length: slices }, () => ({
    began: 0,
    failed: 0,
    completed: [] as number[],
  }))
  records.forEach((record) => {
    const slice = Math.floor((findStart(record) - origin) / length)
    const part = parts[Math.min(slices - 1, slice)]
    if (part === undefined) return
    part.began++
    if (record.outcome === 'failed') part.failed++
    if (record.outcome === 'completed') part.completed.push(measureDuration(record))
  })
  const rows = parts.map(({ began, failed, completed }, slice) => {
    const durations = toSample(completed)
    return [
      formatMs(slice * length),
      formatCount(began),
      formatCount(failed),
      durations === undefined ? '–' : formatMs(quantile(durations, 0.5)),
      durations === undefined ? '–' : formatMs(quantile(durations, 1)),
    ]
  })
  const table = renderTable({
    caption: 'Requests by the time at which they began, warm-up included',
    head: ['from', 'began', 'of these failed', 'latency p50', 'latency max'],
    rows,
  })
  return markup`<details><summary>The timeline as a table</summary>${table}</details>`
}
