import type { BenchDocument } from './bench-document.ts'
import type { Report } from './issue.ts'
import { keepKnown } from './known.ts'
import type { ServerMetrics } from './spec.ts'
import { hasPlaceholder } from './template.ts'
import { readDuration } from './workload.ts'

/** ms; more often would be a load of its own. */
const shortestInterval = 100

/** Where the server's own metrics are, and how often they are read; `undefined`: never. */
export function readServerMetrics(
  { server_metrics: given }: Partial<BenchDocument>,
  report: Report,
): ServerMetrics | undefined {
  if (given === undefined || given === false) return undefined
  if (typeof given !== 'object') {
    const url = given === true ? undefined : given
    checkMetricsUrl(url, ['server_metrics'], report)
    return keepKnown<ServerMetrics>({ url, interval: 1000 })
  }
  const { url, interval } = given
  checkMetricsUrl(url, ['server_metrics', 'url'], report)
  const path = ['server_metrics', 'interval']
  const ms = readDuration(path, interval, report) ?? 1000
  if (ms < shortestInterval) report(path, `must be ${shortestInterval}ms or more, got ${interval}.`)
  return keepKnown<ServerMetrics>({ url, interval: ms })
}

function checkMetricsUrl(url: string | undefined, path: readonly string[], report: Report): void {
  if (url === undefined) return
  if (hasPlaceholder(url)) {
    return report(path, 'is read once for all rows and cannot hold {{column}}. Write it out.')
  }
  if (url.startsWith('/') && !url.startsWith('//')) return
  if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return
  report(path, `must be a path or an http or https URL, got "${url}". Write for example /metrics.`)
}
