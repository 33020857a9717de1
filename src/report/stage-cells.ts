import { cleanLine } from '../bench-spec/plain-text.ts'
import type { Results } from '../results/results.ts'
import { formatCount, formatMs, formatValue } from './units.ts'

/** Titles of the cells of a stage; the first column names it. */
export const stageTitles = [
  'stage',
  'load',
  'time',
  'n',
  'success',
  'ttft p50',
  'ttft p95',
  'latency p50',
  'latency p95',
  'req/s',
] as const

/** What each stage asked for and what its requests gave, in the order of `stageTitles`; none without stages. */
export function stageRows({ load, stages }: Results): string[][] {
  return stages.map(({ name, duration_ms: duration, ramp_ms: ramp, from, to, summary }) => {
    const { requests, success_rate: success, ttft_ms: ttft, latency_ms: latency } = summary
    const { requests_per_second: perSecond } = summary
    return [
      cleanLine(name),
      `${ramp === 0 ? '' : `${level(load, from)} → `}${level(load, to)}`,
      formatMs(duration),
      formatCount(requests.total),
      success === null ? '–' : formatValue(success, 'share'),
      time(ttft?.p50),
      time(ttft?.p95),
      time(latency?.p50),
      time(latency?.p95),
      perSecond === null ? '–' : formatValue(perSecond, '/s'),
    ]
  })
}

function time(ms: number | undefined): string {
  return ms === undefined ? '–' : formatMs(ms)
}

function level({ kind }: Results['load'], value: number): string {
  return kind === 'closed' ? `c=${formatCount(value)}` : formatValue(value, '/s')
}
