import { formatCount, formatMs } from '../units.ts'
import type { Bin } from './bins.ts'
import { type ChartWords, englishCharts } from './chart-words.ts'
import { createPlot, fixed, renderAxes, renderBound, renderChart, renderFigure } from './chart.ts'
import { type Markup, markup } from './markup.ts'
import { type Scale, scaleCounts } from './scale.ts'
import type { Series } from './series.ts'

const plot = createPlot(360, 220)

/** How many values lie in each bin, the bounds as upright lines. `times`: the axis of the bins. */
export function renderHistogram(
  series: Series,
  bins: readonly Bin[],
  times: Scale,
  words: ChartWords = englishCharts,
): Markup {
  const { metric, sample, failed, bounds } = series
  const most = bins.reduce((max, { count }) => Math.max(max, count), 0)
  const counts = scaleCounts(most, [plot.bottom, plot.top])
  const bars = bins
    .filter(({ count }) => count > 0)
    .map(({ from, to, count }) => {
      const [left, right] = [times.place(from), times.place(to)]
      const top = Math.min(counts.place(count), plot.bottom - 1)
      const told = words.bar(formatMs(from), formatMs(to), formatCount(count))
      return markup`<rect class="bar" x="${fixed(left + 0.5)}" y="${fixed(top)}" width="${fixed(Math.max(1, right - left - 1))}" height="${fixed(plot.bottom - top)}"><title>${told}</title></rect>`
    })
  const values = words.values(sample.length)
  const peak = bins.find(({ count }) => count === most)
  const description =
    words.spread(values, formatMs(sample[0]), formatMs(sample.at(-1) ?? 0)) +
    (peak === undefined
      ? '.'
      : words.peak(formatCount(most), formatMs(peak.from), formatMs(peak.to)))
  const chart = renderChart(
    { id: `${metric}-histogram`, title: words.histogramOf(metric), description },
    plot,
    [
      renderAxes(plot, times, counts),
      bars,
      bounds.map(({ value, text }, row) => renderBound(plot, times, value, text, row)),
    ],
  )
  const without = failed === 0 ? '' : words.failedHaveNone(failed)
  const axis = times.kind === 'log' ? words.logarithmic : ''
  return renderFigure(`${words.histogramCaption(values, bins.length)}${without}${axis}`, chart)
}
