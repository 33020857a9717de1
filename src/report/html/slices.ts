import { groupRecords } from '../../engine/packed-records.ts'
import type { Records } from '../../engine/record.ts'
import { quantile, sampleEach } from '../../metrics/sample.ts'
import { formatCount, formatMs } from '../units.ts'
import { measureDuration, findStart } from './instants.ts'
import { type Markup, markup } from './markup.ts'
import { renderTable } from './table.ts'

const slices = 12

/** The timeline as a table: slices of equal length by the start of the requests. */
export function tabulateSlices(records: Records, origin: number, end: number): Markup {
  const length = end / slices || 1
  const parts = groupRecords(records, (record) =>
    Math.min(slices - 1, Math.floor((findStart(record) - origin) / length)),
  )
  const rows = Array.from({ length: slices }, (_, slice) => {
    const began = parts.get(slice) ?? []
    const failed = began.filter(({ outcome }) => outcome === 'failed')
    const durations = sampleEach(began, (record) =>
      record.outcome === 'completed' ? measureDuration(record) : undefined,
    )
    return [
      formatMs(slice * length),
      formatCount(began.length),
      formatCount(failed.length),
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
