import type { SummaryDocument } from '../results/results-document.ts'
import { formatCount, formatMs, formatValue } from './units.ts'

/** Titles of the figures of a part of a run. */
export const summaryTitles = [
  'n',
  'success',
  'ttft p50',
  'ttft p95',
  'latency p50',
  'latency p95',
  'req/s',
] as const

/** What the requests of a part gave, in the order of `summaryTitles`. */
export function summaryCells(summary: SummaryDocument): string[] {
  const { requests, success_rate: success, ttft_ms: ttft, latency_ms: latency } = summary
  const { requests_per_second: perSecond } = summary
  return [
    formatCount(requests.total),
    success === null ? '–' : formatValue(success, 'share'),
    time(ttft?.p50),
    time(ttft?.p95),
    time(latency?.p50),
    time(latency?.p95),
    perSecond === null ? '–' : formatValue(perSecond, '/s'),
  ]
}

function time(ms: number | undefined): string {
  return ms === undefined ? '–' : formatMs(ms)
}
