import type { Results, ServerDocument } from '../../results/results.ts'
import { type BreakdownDocument, explainServerFinding } from '../sentence/server-finding.ts'
import { cacheCells, serverCountRows, serverTimeRows } from '../server-cells.ts'
import { formatCount, formatMs } from '../units.ts'
import { createPlot, fixed, renderAxes, renderChart, renderFigure } from './chart.ts'
import { drawSteps, type Point } from './line.ts'
import { type Markup, markup } from './markup.ts'
import { scaleCounts, scaleTimes, scaleValues } from './scale.ts'
import { renderScrolling, renderTable } from './table.ts'

/** What the server tells of itself beside what the client saw; `undefined` where it was not asked. */
export function renderServer({ server }: Results): Markup | undefined {
  if (server === null) return undefined
  const { finding } = server
  const parts = finding.kind === 'breakdown' ? renderBreakdown(finding) : undefined
  return markup`<p><bdi>${explainServerFinding(finding)}</bdi></p>${parts}${renderTimes(server)}${renderCounts(server)}${renderCache(server)}${renderQueue(server)}<p class="note">Read from <bdi>${server.url}</bdi>: ${formatCount(server.scrapes)} scrapes${server.failed_scrapes === 0 ? undefined : markup`, ${formatCount(server.failed_scrapes)} failed`}.</p>`
}

function renderTimes(server: ServerDocument): Markup | undefined {
  const rows = serverTimeRows(server)
  if (rows.length === 0) return undefined
  return renderTable({
    caption: 'Times of the server beside those of the client',
    head: ['', 'server mean', 'server p95', 'client mean', 'client p95', 'n'],
    rows: rows.map((row) => [row.metric, row.mean, row.p95, row.clientMean, row.clientP95, row.n]),
  })
}

function renderCounts(server: ServerDocument): Markup | undefined {
  const rows = serverCountRows(server)
  if (rows.length === 0) return undefined
  return renderTable({
    caption: 'Counts of the server beside those of the client',
    head: ['', 'server', 'client', 'token events'],
    rows: rows.map((row) => [row.count, row.server, row.client, row.events]),
  })
}

function renderCache(server: ServerDocument): Markup | undefined {
  const [cell] = cacheCells(server)
  return cell === undefined ? undefined : markup`<p class="note">By its own count: ${cell}.</p>`
}

const bar = { width: 960, height: 64 }

/** The mean latency of the client as one bar: queue, prefill, decode, and what lies outside. */
function renderBreakdown(breakdown: BreakdownDocument): Markup {
  const { latency_ms: latency, queue_ms: queue, prefill_ms: prefill } = breakdown
  const { first_token_ms: firstToken, decode_ms: decode, outside_ms: outside } = breakdown
  const named: [name: string, ms: number, look: string][] =
    queue !== null && prefill !== null
      ? [
          ['queue', queue, 'stalled'],
          ['prefill', prefill, 'wait'],
        ]
      : [['queue and prefill', firstToken, 'wait']]
  const all = [...named, ['decode', decode, 'decode'], ['outside', outside, 'outside']] as const
  const place = scaleValues(0, latency, [0, bar.width])
  let from = 0
  const drawn = all.map(([name, ms, look]) => {
    const left = place(from)
    from += ms
    const width = place(from) - left
    const text =
      width > 90
        ? markup`<text class="tick start" x="${fixed(left)}" y="50">${name} ${formatMs(ms)}</text>`
        : undefined
    return markup`<rect class="${look}" x="${fixed(left)}" y="8" width="${fixed(width)}" height="26"/>${text}`
  })
  const words = all.map(([name, ms]) => `${name} ${formatMs(ms)}`).join(', ')
  const chart = renderChart(
    { id: 'server-breakdown', title: 'Where the mean latency goes', description: words },
    bar,
    drawn,
  )
  return renderFigure(
    `The mean latency of the client, ${formatMs(latency)}: ${words}. Outside: network, gateway, client.`,
    renderScrolling('Where the mean latency goes', markup`<div class="wide">${chart}</div>`),
  )
}

/** Requests that the server computed and that waited in it, over time. */
function renderQueue({ timeline }: ServerDocument): Markup | undefined {
  const [first, last] = [timeline[0], timeline.at(-1)]
  if (first === undefined || last === undefined || timeline.length < 2) return undefined
  const plot = createPlot(960, 170, 52)
  const span = last.at_ms - first.at_ms
  const x = scaleTimes({ min: 0, median: span, max: span }, [plot.left, plot.right], { zero: true })
  const counts = timeline.flatMap(({ running, waiting }) => [running ?? 0, waiting ?? 0])
  const most = counts.reduce((a, b) => Math.max(a, b))
  const y = scaleCounts(most, [plot.bottom, plot.top])
  const lines = (['running', 'waiting'] as const).map((key) => {
    const points = timeline.flatMap((point): Point[] => {
      const value = point[key]
      return value === null ? [] : [[x.place(point.at_ms - first.at_ms), y.place(value)]]
    })
    return markup`<path class="line ${key}" d="${drawSteps(points)}"/>`
  })
  const peak = (key: 'running' | 'waiting'): number =>
    timeline.reduce((max, point) => Math.max(max, point[key] ?? 0), 0)
  const words = `At most ${formatCount(peak('running'))} were running, at most ${formatCount(peak('waiting'))} waiting.`
  const chart = renderChart(
    { id: 'server-queue', title: 'Requests within the server over time', description: words },
    plot,
    [renderAxes(plot, x, y), lines],
  )
  return renderFigure(
    markup`Requests within the server, from the first scrape on: ${renderKey('running')}, ${renderKey('waiting')}. ${words}`,
    renderScrolling('Requests within the server', markup`<div class="wide">${chart}</div>`),
  )
}

function renderKey(name: string): Markup {
  return markup`<span class="key"><svg viewBox="0 0 16 12" aria-hidden="true"><path class="line ${name}" d="M0 6H16"/></svg>${name}</span>`
}
