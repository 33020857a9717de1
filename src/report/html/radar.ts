import type { Records } from '../../engine/record.ts'
import { measureConcurrency } from '../../metrics/concurrency.ts'
import type { Results, SloDocument } from '../../results/results.ts'
import { formatValue } from '../units.ts'
import { type ChartWords, englishCharts } from './chart-words.ts'
import { fixed, renderChart, renderFigure } from './chart.ts'
import { drawRadial } from './line.ts'
import { type Markup, markup } from './markup.ts'
import { renderTable } from './table.ts'

/** One direction of the radar. */
export interface RadarAxis {
  name: string
  /** How near to the target, 0–1; 1 also beyond it. */
  reached: number
  target: string
}

const size = { width: 360, height: 260 }
const radius = 90

/**
 * Five sides of a run. The target of one is the first SLO on it where the spec has one, otherwise a
 * fixed value; what is not known is left out.
 */
export function listAxes(
  { summary, verdict, load }: Results,
  records: Records | undefined,
  words: ChartWords = englishCharts,
): RadarAxis[] {
  const { output_tokens_per_second: tokens, latency_ms: latency, success_rate: success } = summary
  const held = records && shareHeld(load, records)
  const axis = (
    name: string,
    metric: string,
    reached: number | undefined,
    target: string,
  ): RadarAxis[] => {
    const slo = verdict.slos.find((each) => each.metric === metric && each.observed !== null)
    if (slo !== undefined) return [{ name, reached: limit(reach(slo)), target: slo.text }]
    return reached === undefined ? [] : [{ name, reached: limit(reached), target }]
  }
  return [
    ...axis(
      words.sides.throughput,
      'output_tokens_per_second',
      tokens === null ? undefined : tokens / 4000,
      formatValue(4000, 'tok/s'),
    ),
    ...axis(
      words.sides.responseTime,
      'latency',
      latency === null ? undefined : 500 / latency.mean,
      words.latencyMean,
    ),
    ...axis(words.sides.success, 'success_rate', success ?? undefined, '100%'),
    ...axis(words.sides.concurrency, '', held, words.heldAsAsked),
    ...axis(
      words.sides.stability,
      '',
      latency === null ? undefined : (2 * latency.p50) / latency.p95,
      words.tailToMedian,
    ),
  ]
}

/** `undefined` in an open loop, of which no number in flight is asked. */
function shareHeld(load: Results['load'], records: Records): number | undefined {
  if (load.kind === 'open') return undefined
  const held = measureConcurrency(records, load.concurrency)
  return held && held.mean / load.concurrency
}

function reach({ observed, bound, op }: SloDocument): number {
  if (observed === 'infinite' || observed === null || bound === null) return 0
  return op.startsWith('<') ? bound / observed : observed / bound
}

function limit(reached: number): number {
  return Math.min(1, Math.max(0, reached))
}

/** `undefined` where too little is known for an area. */
export function renderRadar(
  axes: readonly RadarAxis[],
  words: ChartWords = englishCharts,
): Markup | undefined {
  if (axes.length < 3) return undefined
  const [cx, cy] = [size.width / 2, size.height / 2 + 6]
  const rings = [0.25, 0.5, 0.75, 1].map(
    (share) => markup`<path class="grid" d="${drawRadial(axes.map(() => radius * share))}"/>`,
  )
  const labels = axes.map(({ name, reached }, index) => {
    const angle = (2 * Math.PI * index) / axes.length
    const [x, y] = [Math.sin(angle) * (radius + 12), -Math.cos(angle) * (radius + 12)]
    const side = Math.abs(x) < 8 ? 'middle' : x > 0 ? 'start' : 'end'
    return markup`<path class="grid" d="M0 0L${fixed(Math.sin(angle) * radius)} ${fixed(-Math.cos(angle) * radius)}"/><text class="tick ${side}" x="${fixed(x)}" y="${fixed(y + 4)}">${name} ${Math.round(reached * 100)}</text>`
  })
  const description = axes
    .map(({ name, reached }) => `${name} ${Math.round(reached * 100)}`)
    .join(', ')
  const chart = renderChart({ id: 'radar', title: words.radarTitle, description }, size, [
    markup`<g transform="translate(${cx} ${cy})">${rings}${labels}<path class="area" d="${drawRadial(axes.map(({ reached }) => radius * reached))}"/></g>`,
  ])
  const table = renderTable({
    caption: words.radarTable,
    head: ['', words.reached, words.target],
    rows: axes.map(({ name, reached, target }) => [name, Math.round(reached * 100), target]),
    lastTexts: 1,
  })
  return markup`<div class="charts">${renderFigure(words.radarCaption, chart)}</div>${table}`
}
