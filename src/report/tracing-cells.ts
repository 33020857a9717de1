import { cleanLine } from '../bench-spec/plain-text.ts'
import type { Results, SloDocument } from '../results/results.ts'
import { formatCount, formatMs } from './units.ts'

type Tracing = NonNullable<Results['tracing']>

/** `request 17 (912ms), trace 5f3a…`: the requests to look at first in the server's own traces; none where it got no ids. */
export function traceLines({ tracing }: Results): string[] {
  if (tracing === null) return []
  return [
    ...tracing.slowest.map((slow) => `slow in ${slow.metric}: ${nameSlow(slow)}`),
    ...tracing.failed.map(({ kind, status, number, trace_id: id }) => {
      const name = status === null ? cleanLine(kind) : `${cleanLine(kind)} ${status}`
      return `first ${name}: request ${formatCount(number)}, trace ${cleanLine(id)}`
    }),
  ]
}

/** Where to begin with a missed SLO on a time or on failures; `undefined`: nothing points anywhere. */
export function traceOf({ metric, status }: SloDocument, { tracing }: Results): string | undefined {
  if (tracing === null || status !== 'FAIL') return undefined
  const time = metric.replace('scheduled_', '')
  const slow = tracing.slowest.find((each) => each.metric === time)
  if (slow !== undefined) return `slowest: ${nameSlow(slow)}`
  const [failed] = tracing.failed
  if (failed === undefined || !['success_rate', 'error_rate'].includes(metric)) return undefined
  return `first that failed: request ${formatCount(failed.number)}, trace ${cleanLine(failed.trace_id)}`
}

function nameSlow({ number, ms, trace_id: id }: Tracing['slowest'][number]): string {
  return `request ${formatCount(number)} (${formatMs(ms)}), trace ${cleanLine(id)}`
}
