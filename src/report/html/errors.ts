import type { Records } from '../../engine/record.ts'
import type { Results } from '../../results/results.ts'
import { formatCount, formatMs, formatValue } from '../units.ts'
import { measureDuration, measuredOnly, findOrigin, findStart } from './instants.ts'
import { type Content, type Markup, markup } from './markup.ts'
import { nameOutcome } from './request-outcome.ts'
import { renderTable } from './table.ts'

/** Failed requests by kind: how many, when, and what the first one said. */
export function renderErrors({ summary, tracing }: Results, records: Records | undefined): Markup {
  const { failures, requests } = summary
  if (failures.length === 0) return markup`<p>No measured request failed.</p>`
  const times = timesByKind(records ?? [])
  const rows = failures.map(({ kind, status, count, sample }): Content[] => {
    const name = status === null ? kind : `${kind} ${status}`
    const [first, last] = times.get(name) ?? ['–', '–']
    const share = formatValue(count / (requests.total - requests.cancelled), 'share')
    const witness = tracing?.failed.find((each) => each.kind === kind && each.status === status)
    const trace = tracing === null ? [] : [markup`<code>${witness?.trace_id ?? '–'}</code>`]
    return [name, formatCount(count), share, first, last, markup`<bdi>${sample}</bdi>`, ...trace]
  })
  return renderTable({
    caption: `Failed requests by kind: ${formatCount(requests.failed)} of ${formatCount(requests.total)}`,
    head: [
      'kind',
      'requests',
      'share',
      'first after',
      'last after',
      'message of the first one',
      ...(tracing === null ? [] : ['its trace id']),
    ],
    rows,
    lastTexts: tracing === null ? 1 : 2,
  })
}

/** When the first and the last failure of each kind ended, since the run began. */
function timesByKind(records: Records): Map<string, [string, string]> {
  const origin = findOrigin(records)
  const failed = measuredOnly(records).filter(({ outcome }) => outcome === 'failed')
  const kinds = [...Map.groupBy(failed, nameOutcome)]
  return new Map(
    kinds.map(([kind, within]) => {
      const ends = within.map((record) => findStart(record) + measureDuration(record) - origin)
      const first = ends.reduce((a, b) => Math.min(a, b))
      return [kind, [formatMs(first), formatMs(ends.reduce((a, b) => Math.max(a, b)))]]
    }),
  )
}
