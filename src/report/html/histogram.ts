import { formatCount, formatMs } from '../units.ts'
import type { Bin } from './bins.ts'
import { createPlot, fixed, renderAxes, renderBound, renderChart, renderFigure } from './chart.ts'
import { type Markup, markup } from './markup.ts'
import { type Scale, scaleCounts } from './scale.ts'
import type { Series } from './series.ts'

const plot = createPlot(360, 220)

/** How many values lie in each bin, the bounds as upright lines. `times`: the axis of the bins. */
export function renderHistogram(series: Series, bins: readonly Bin[], times: Scale): Markup {
  const { metric, sample, failed, bounds } = series
  const most = bins.reduce((max, { count }) => Math.max(max, count), 0)
  const counts = scaleCounts(most, [plot.bottom, plot.top])
  const bars = bins
    .filter(({ count }) => count > 0)
    .map(({ from, to, count }) => {
      const [left, right] = [times.place(from), times.place(to)]
      const top = Math.min(counts.place(count), plot.bottom - 1)
      const words = `${formatMs(from)} to ${formatMs(to)}: ${formatCount(count)}`
      return markup`<rect class="bar" x="${fixed(left + 0.5)}" y="${fixed(top)}" width="${fixed(Math.max(1, right - left - 1))}" height="${fixed(plot.bottom - top)}"><title>${words}</title></rect>`
    })
  const peak = bins.find(({ count }) => count === most)
  const description =
    `${countValues(sample.length)} from ${formatMs(sample[0])} to ${formatMs(sample.at(-1) ?? 0)}` +
    (peak === undefined
      ? '.'
      : `, most of them (${formatCount(most)}) between ${formatMs(peak.from)} and ${formatMs(peak.to)}.`)
  const chart = renderChart(
    { id: `${metric}-histogram`, title: `Histogram of ${metric}`, description },
    plot,
    [
      renderAxes(plot, times, counts),
      bars,
      bounds.map(({ value, text }, row) => renderBound(plot, times, value, text, row)),
    ],
  )
  const without =
    failed === 0
      ? ''
      : `; ${formatCount(failed)} failed ${failed === 1 ? 'request has' : 'requests have'} none`
  const axis = times.kind === 'log' ? '; logarithmic axis' : ''
  return renderFigure(
    `Histogram: ${countValues(sample.length)} in ${bins.length} bins${without}${axis}`,
    chart,
  )
}

function countValues(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'value' : 'values'}`
}
