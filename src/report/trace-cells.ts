import type { Results } from '../results/results.ts'
import { formatMs, formatValue } from './units.ts'

/**
 * How near a run came to its trace: `arrival error p50 0.83ms, p99 8.03ms, max 11.6ms`,
 * `speed 1.99x of 2x`, `cached 51.8% of 52.6%`, as asked; none without a trace.
 */
export function traceCells(results: Results): string[] {
  const error = results.summary.dispatch_delay_ms
  const speed = speedCell(results)
  if (speed === undefined) return []
  const asked = impliedCell(results)
  const got = results.summary.prompts.cached_share
  return [
    ...(error === null
      ? []
      : [
          `arrival error p50 ${formatMs(error.p50)}, p99 ${formatMs(error.p99)}, max ${formatMs(error.max)}`,
        ]),
    speed,
    ...(asked === undefined
      ? []
      : [`cached ${got === null ? 'not told' : formatValue(got, 'share')} of ${asked}`]),
  ]
}

/** `speed 1.99x of 2x`: as its requests were sent, from the first to the last, and as asked; `undefined` without a trace. */
export function speedCell({ load, summary }: Results): string | undefined {
  if (load.kind === 'closed' || load.trace === null) return undefined
  const { speed } = load.trace
  const rate = summary.sent_rate
  if (rate === null) return `speed ${speed}x asked`
  const sent = (speed * rate.sent_per_second) / rate.due_per_second
  return `speed ${Number(sent.toPrecision(3))}x of ${speed}x`
}

/**
 * `52.6%`: of the tokens of all prompts, what a cache finds that keeps everything; `undefined` where
 * the trace does not tell.
 */
export function impliedCell({ load }: Results): string | undefined {
  const share = load.kind === 'closed' ? null : (load.trace?.cached_share ?? null)
  return share === null ? undefined : formatValue(share, 'share')
}
