import type { Results } from '../../results/results.ts'
import { formatCount, formatMs } from '../units.ts'
import { type Content, type Markup, markup } from './markup.ts'
import { renderTable } from './table.ts'

/** The requests to look at first in the server's own traces; `undefined` where it got no ids. */
export function renderTraces({ tracing }: Results): Markup | undefined {
  if (tracing === null) return undefined
  const { slowest, failed, sampled, request_id_header: header } = tracing
  const slow = slowest.map((each): Content[] => [
    formatCount(each.number),
    `slow in ${each.metric}`,
    formatMs(each.ms),
    rowCell(each.row),
    markup`<code>${each.trace_id}</code>`,
  ])
  const broken = failed.map((each): Content[] => [
    formatCount(each.number),
    markup`<bdi>${`first ${each.kind}${each.status === null ? '' : ` ${each.status}`}`}</bdi>`,
    '–',
    rowCell(each.row),
    markup`<code>${each.trace_id}</code>`,
  ])
  const sent = [
    ...(sampled === null ? [] : [`traceparent (${sampled ? 'sampled' : 'not sampled'})`]),
    ...(header === null ? [] : [header]),
  ]
  const table = renderTable({
    caption: "Where to look in the server's own traces",
    head: ['request', 'why', 'time', 'row', 'trace id'],
    rows: [...slow, ...broken],
    texts: 2,
    lastTexts: 1,
  })
  return markup`${table}<p class="note">Sent in <bdi>${sent.join(' and ')}</bdi>; every trace id of this run begins with <code>${tracing.run_id}</code>, and requests.ndjson.gz has that of each request.</p>`
}

/** From 1, as request numbers are. */
function rowCell(row: number | null): string {
  return row === null ? '–' : formatCount(row + 1)
}
