import { listLazily } from '../../metrics/sequence.ts'
import { formatCount, formatMs } from '../units.ts'
import { createPlot, fixed, renderAxes, renderBound, renderChart, renderFigure } from './chart.ts'
import { drawSteps, type Point, thin } from './line.ts'
import { type Markup, markup } from './markup.ts'
import { type Scale, scaleShares } from './scale.ts'
import { computePercentile, type Series } from './series.ts'

const plot = createPlot(360, 220)

/**
 * Which share of the values lies at or below each time. Failed requests count and never arrive, so
 * that the line ends below 100 % where there are some. Each SLO asks the line to pass on the left of
 * or above the crossing of its bound and its percentile.
 */
export function renderEcdf(series: Series, times: Scale): Markup {
  const { metric, sample, failed, bounds } = series
  const all = sample.length + failed
  const shares = scaleShares([plot.bottom, plot.top])
  const points = listLazily(sample.length, (index): Point => [
    times.place(sample[index] ?? 0),
    shares.place((index + 1) / all),
  ])
  const steps: Point[] = [
    [plot.left, plot.bottom],
    ...thin(points),
    [plot.right, shares.place(sample.length / all)],
  ]
  const crossings = bounds
    .filter(({ value, p }) => p !== undefined && value >= times.low && value <= times.high)
    .map(({ value, p = 0 }) => {
      const [x, y] = [fixed(times.place(value)), fixed(shares.place(p))]
      return markup`<path class="bound" d="M${plot.left} ${y}H${x}"/><circle class="goal" cx="${x}" cy="${y}" r="3.5"/>`
    })
  const told = [0.5, 0.95].map((p) => {
    const value = computePercentile(series, p)
    return `${p * 100}% ${value === undefined ? 'are not reached' : `lie at or below ${formatMs(value)}`}`
  })
  const chart = renderChart(
    {
      id: `${metric}-ecdf`,
      title: `Cumulative distribution of ${metric}`,
      description: `${told.join(', ')}.`,
    },
    plot,
    [
      renderAxes(plot, times, shares),
      markup`<path class="line" d="${drawSteps(steps)}"/>`,
      bounds.map(({ value, text }, row) => renderBound(plot, times, value, text, row)),
      crossings,
    ],
  )
  const rest =
    failed === 0 ? '' : `; the ${formatCount(failed)} failed of ${formatCount(all)} never arrive`
  return renderFigure(`Share at or below a time${rest}`, chart)
}
