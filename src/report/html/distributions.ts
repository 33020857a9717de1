import type { Records } from '../../engine/record.ts'
import { dropValues, quantile } from '../../metrics/sample.ts'
import type { Results } from '../../results/results.ts'
import { allTimes, percentileNames, percentileRows, roughNote } from '../cells.ts'
import { formatCount, formatMs } from '../units.ts'
import { type Bin, binValues } from './bins.ts'
import { createPlot } from './chart.ts'
import { renderEcdf } from './ecdf.ts'
import { renderHistogram } from './histogram.ts'
import { type Markup, markup } from './markup.ts'
import { denseShares, renderPercentiles } from './percentiles.ts'
import { scaleTimes } from './scale.ts'
import {
  collectSeries,
  listBounds,
  computePercentile,
  type Series,
  type SeriesMetric,
  seriesMetrics,
} from './series.ts'
import { renderTable } from './table.ts'

const meanings: Readonly<Record<SeriesMetric, string>> = {
  ttft: 'from dispatch to the first token',
  chunk_gap: 'between two token events of a request',
  latency: 'from dispatch to the last token, or the end of a whole answer',
}

/** Percentile table of all metrics, then the distributions of three of them. */
export function renderDistributions(results: Results, records: Records | undefined): Markup {
  const rows = percentileRows(results, allTimes(results))
  if (rows.length === 0) return markup`<p>No request completed, so there are no times to show.</p>`
  const table = renderTable({
    caption: 'Percentiles of completed requests, nearest rank',
    head: ['metric', ...percentileNames, 'n'],
    rows: rows.map(({ metric, values, n }) => [metric, ...values, n]),
    note: roughNote(rows),
  })
  const charts = seriesMetrics.map((metric) =>
    records === undefined ? sketch(results, metric) : draw(collectSeries(results, records, metric)),
  )
  return markup`${table}${charts}`
}

function draw(series: Series | undefined): Markup | undefined {
  if (series === undefined) return undefined
  const { metric, sample, failed, bounds } = series
  const { left, right } = createPlot(360, 220)
  const spread = { min: sample[0], median: quantile(sample, 0.5), max: sample.at(-1) ?? 0 }
  const values = bounds.map(({ value }) => value)
  const times = scaleTimes(spread, [left, right], { bounds: values })
  const bins = binValues(sample, times)
  const count = sample.length + failed
  const charts = [
    renderHistogram(series, bins, times),
    renderEcdf(series, times),
    renderPercentiles({
      metric,
      count,
      ...spread,
      shares: denseShares(count),
      valueAt: (p) => computePercentile(series, p),
      bounds,
    }),
  ]
  const tables = tabulate(series, bins)
  dropValues(sample)
  return frame(metric, [markup`<div class="charts">${charts}</div>`, tables])
}

/** What can be drawn without the records. */
function sketch(results: Results, metric: SeriesMetric): Markup | undefined {
  const figures = results.summary[`${metric}_ms`]
  if (figures === null) return undefined
  const { count, min, p50, p75, p90, p95, p99, max } = figures
  const known = new Map([
    [0.5, p50],
    [0.75, p75],
    [0.9, p90],
    [0.95, p95],
    [0.99, p99],
  ])
  const chart = renderPercentiles({
    metric,
    count,
    min,
    median: p50,
    max,
    shares: [...known.keys()],
    valueAt: (p) => known.get(p),
    bounds: listBounds(results, metric),
  })
  return frame(metric, [markup`<div class="charts">${chart}</div>`])
}

function frame(metric: SeriesMetric, content: readonly Markup[]): Markup {
  return markup`<section class="metric" aria-labelledby="${metric}"><h3 id="${metric}">${metric} <small>${meanings[metric]}</small></h3>${content}</section>`
}

function tabulate({ metric, sample, failed }: Series, bins: readonly Bin[]): Markup {
  const all = sample.length + failed
  let sum = 0
  const rows = bins.map(({ from, to, count }) => {
    sum += count
    return [formatMs(from), formatMs(to), formatCount(count), `${((sum / all) * 100).toFixed(1)}%`]
  })
  const table = renderTable({
    caption: `Histogram and cumulative share of ${metric}`,
    head: ['from', 'below', 'values', 'share up to here'],
    rows,
  })
  return markup`<details><summary>The drawings of ${metric} as a table</summary>${table}</details>`
}
