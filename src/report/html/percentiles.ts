import { formatCount, formatMs } from '../units.ts'
import { type ChartWords, englishCharts } from './chart-words.ts'
import { createPlot, fixed, renderAxes, renderChart, renderFigure } from './chart.ts'
import { drawLine, type Point } from './line.ts'
import { type Markup, markup } from './markup.ts'
import { scalePercentiles, scaleTimes, type Tick } from './scale.ts'
import type { Bound } from './series.ts'

const plot = createPlot(360, 220)

/** What a percentile plot is drawn of: all values, or the figures of a summary. */
export interface Percentiles {
  metric: string
  /** Requests or gaps that count. */
  count: number
  min: number
  median: number
  max: number
  /** Shares, ascending, below 1, at which a value is known. */
  shares: readonly number[]
  /** ms; `undefined` where the percentile falls on a failed request. */
  valueAt(p: number): number | undefined
  bounds: readonly Bound[]
}

/** Value at each percentile; each further nine takes the same room. */
export function renderPercentiles(given: Percentiles, words: ChartWords = englishCharts): Markup {
  const { metric, count, shares, bounds, valueAt } = given
  const most = shares.at(-1) ?? 0.5
  const times = scaleTimes(given, [plot.bottom, plot.top], {
    bounds: bounds.map(({ value }) => value),
  })
  const places = scalePercentiles(most, [plot.left + 6, plot.right - 6])
  const named = places.ticks.map(({ value }) => value)
  const known = [...new Set([...named, ...shares])]
    .sort((a, b) => a - b)
    .map((p) => ({ p, value: p === 0 ? given.min : valueAt(p) }))
    .filter((each): each is { p: number; value: number } => each.value !== undefined)
  const points = known.map(({ p, value }): Point => [places.place(p), times.place(value)])
  const dots = known
    .filter(({ p }) => named.includes(p))
    .map(({ p, value }) => {
      const rough = count * (1 - p) < 1 - 1e-9
      const told = `p${Number((p * 100).toFixed(2))}: ${formatMs(value)}${rough ? words.tooFew : ''}`
      return markup`<circle class="${rough ? 'dot rough' : 'dot'}" cx="${fixed(places.place(p))}" cy="${fixed(times.place(value))}" r="3"><title>${told}</title></circle>`
    })
  const failing = known.length < new Set([...named, ...shares]).size
  const end = fixed(points.at(-1)?.[0] ?? plot.left)
  const lost = failing
    ? markup`<rect class="missed" x="${end}" y="${plot.top}" width="${fixed(plot.right - end)}" height="${plot.bottom - plot.top}"/>`
    : undefined
  const goals = bounds
    .filter(({ p, value }) => p !== undefined && value >= times.low && value <= times.high)
    .map(({ p = 0, value, text }) => {
      const [x, y] = [fixed(places.place(p)), fixed(times.place(value))]
      const side = x > (plot.left + plot.right) / 2 ? 'end' : 'start'
      return markup`<path class="bound" d="M${plot.left} ${y}H${x}"/><path class="goal" d="M${x} ${y - 5}l5 5l-5 5l-5 -5z"/><text class="bound ${side}" x="${side === 'end' ? x - 8 : x + 8}" y="${y - 6}">${text}</text>`
    })
  const description = known
    .filter(({ p }) => named.includes(p))
    .map(
      ({ p, value }) =>
        `${p === 0 ? 'min' : `p${Number((p * 100).toFixed(2))}`} ${formatMs(value)}`,
    )
    .join(', ')
  const chart = renderChart(
    { id: `${metric}-percentiles`, title: words.percentilesOf(metric), description },
    plot,
    [
      lost,
      renderAxes(plot, { ...places, ticks: spread(places.ticks, places.place) }, times),
      markup`<path class="line" d="${drawLine(points)}"/>`,
      dots,
      goals,
    ],
  )
  return renderFigure(
    `${words.percentilesCaption(formatCount(count))}${failing ? words.failedAreShaded : ''}${times.kind === 'log' ? words.logarithmic : ''}`,
    chart,
  )
}

/** The percentiles that are named most, then the others, as far as there is room for their text. */
function spread(ticks: readonly Tick[], place: (p: number) => number): Tick[] {
  const order = [0.5, 0.99, 0.9, 0.999, 0.9999, 0.95, 0, 0.75]
  const kept: Tick[] = []
  for (const p of order) {
    const tick = ticks.find(({ value }) => value === p)
    const room = kept.every(({ value }) => Math.abs(place(value) - place(p)) >= 28)
    if (tick !== undefined && room) kept.push(tick)
  }
  return kept
}

/** Shares at which a percentile plot of `count` values is drawn: dense, up to 1 − 1/count. */
export function denseShares(count: number): number[] {
  const nines = Math.log10(Math.max(10, count))
  const steps = 60
  return Array.from({ length: steps }, (_, step) => 1 - 10 ** ((-nines * (step + 1)) / steps))
}
