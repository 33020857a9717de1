import type { Records } from '../../engine/record.ts'
import { quantile } from '../../metrics/sample.ts'
import { binValues } from '../../report/html/bins.ts'
import { type ChartWords, englishCharts } from '../../report/html/chart-words.ts'
import { createPlot } from '../../report/html/chart.ts'
import { renderDiagnostics } from '../../report/html/diagnostics.ts'
import { renderHistogram } from '../../report/html/histogram.ts'
import { type Content, type Markup, markup } from '../../report/html/markup.ts'
import { denseShares, renderPercentiles } from '../../report/html/percentiles.ts'
import { listAxes, renderRadar } from '../../report/html/radar.ts'
import { renderGrades } from '../../report/html/ratings.ts'
import { scaleTimes } from '../../report/html/scale.ts'
import { collectSeries, computePercentile, type SeriesMetric } from '../../report/html/series.ts'
import { renderTable } from '../../report/html/table.ts'
import type { Locale } from '../../report/seed-words.ts'
import { formatCount, formatMs, formatValue } from '../../report/units.ts'
import type { Results } from '../../results/results.ts'
import type { RunDocument, StoredRun } from '../stored-run.ts'
import { chineseCharts } from './chart-words-zh.ts'
import { renderPage } from './layout.ts'
import { type PageWords, pageWords } from './words.ts'

/** The page of a benchmark that has ended, however it did: all of it is made of what was measured. */
export function renderResult({ document, results, records }: StoredRun, locale: Locale): string {
  const words = pageWords[locale]
  const charts = locale === 'zh' ? chineseCharts : englishCharts
  const { id, status, error, report_url: path } = document
  const title = `${words.statuses[status]}: ${document.parameters.model}`
  const why = error === null ? undefined : markup`<p class="why">${error.message}</p>`
  const content = markup`<section class="banner ${status}" aria-labelledby="title">
<p class="verdict">${words.statuses[status]}</p>
<h1 id="title">${words.result} <span class="soft">${document.parameters.model}</span></h1>
${why}
<div class="actions"><a class="button" href="/tps-test.html?lang=${locale}">← ${words.back}</a><a class="button" href="${path}/benchmark.json" download="${nameDownload(document)}">${words.download}</a><a class="button" href="${path}/report.html">${words.full}</a></div>
</section>
${renderCards(document, results, words)}
${renderSection('warnings', words.warnings, renderWarnings(results, words))}
${renderSection('percentiles', words.percentiles, renderTimes(results, words))}
${renderSection('charts', words.charts, renderCharts(results, records, { words, charts }))}
${renderSection('ratings', words.ratings, markup`<p class="note">${words.ratingsNote}</p>${renderGrades(results, charts)}`)}
${renderSection('parameters', words.parameters, renderParameters(document, results, words))}
<footer><p>${words.footer} ${id}</p></footer>`
  return renderPage({ locale, title: `${title} – slogate`, path, content })
}

function nameDownload({ finished_at: at }: RunDocument): string {
  return `benchmark-results-${at.replaceAll(':', '-')}.json`
}

function renderSection(id: string, title: string, content: Content): Markup {
  return markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`
}

function renderCards({ metrics }: RunDocument, { summary }: Results, words: PageWords): Markup {
  const { completed, failed } = summary.requests
  const latency = summary.latency_ms
  const { cards } = words
  const tokens = words.tokenSource[summary.token_basis]
  const figures: [name: string, value: string, note: string][] = [
    [cards.total, formatCount(metrics.total_requests), words.counts(completed, failed)],
    [
      cards.success,
      summary.success_rate === null ? '–' : formatValue(summary.success_rate, 'share'),
      '',
    ],
    [cards.rps, showRate(metrics.requests_per_second, '/s'), ''],
    [cards.tps, showRate(metrics.tokens_per_second, 'tok/s'), tokens],
    [cards.tokens, metrics.total_tokens === null ? '–' : formatCount(metrics.total_tokens), tokens],
    [
      cards.response,
      latency === null ? '–' : formatMs(latency.mean),
      latency === null ? '' : words.minMax(formatMs(latency.min), formatMs(latency.max)),
    ],
  ]
  const items = figures.map(
    ([name, value, note]) =>
      markup`<div><dt>${name}</dt><dd><span class="figure">${value}</span><span class="soft">${note}</span></dd></div>`,
  )
  return markup`<dl class="cards">${items}</dl>`
}

function showRate(value: number | null, unit: '/s' | 'tok/s'): string {
  return value === null ? '–' : formatValue(value, unit)
}

/** The sentences are in English in every language. */
function renderWarnings(results: Results, words: PageWords): Markup {
  if (results.diagnostics.length === 0) return markup`<p>${words.noWarnings}</p>`
  return markup`<div lang="en">${renderDiagnostics(results)}</div>`
}

function renderTimes({ summary }: Results, words: PageWords): Markup {
  const { latency_ms: latency, ttft_ms: ttft } = summary
  const names = ['p50', 'p75', 'p90', 'p95', 'p99'] as const
  return renderTable({
    caption: words.percentiles,
    head: [words.percentile, words.responseTime, words.ttft],
    rows: names.map((name) => [name, showTime(latency?.[name]), showTime(ttft?.[name])]),
  })
}

function showTime(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : formatMs(value)
}

function renderCharts(
  results: Results,
  records: Records | undefined,
  { words, charts }: { words: PageWords; charts: ChartWords },
): Markup {
  const titles = { latency: words.responseTime, ttft: words.ttft }
  const drawn = (['latency', 'ttft'] as const).map((metric) => {
    const drawing = drawSeries(results, records, metric, charts)
    return drawing && markup`<h3>${metric} <small>${titles[metric]}</small></h3>${drawing}`
  })
  if (drawn.every((each) => each === undefined)) return markup`<p>${words.noRecords}</p>`
  return markup`${drawn}${renderRadar(listAxes(results, records, charts), charts)}`
}

function drawSeries(
  results: Results,
  records: Records | undefined,
  metric: SeriesMetric,
  words: ChartWords,
): Markup | undefined {
  const series = records && collectSeries(results, records, metric)
  if (series === undefined) return undefined
  const { sample, failed } = series
  const { left, right } = createPlot(360, 220)
  const spread = { min: sample[0], median: quantile(sample, 0.5), max: sample.at(-1) ?? 0 }
  const times = scaleTimes(spread, [left, right], { bounds: [] })
  const count = sample.length + failed
  const valueAt = (p: number): number | undefined => computePercentile(series, p)
  const line = { metric, count, ...spread, shares: denseShares(count), valueAt, bounds: [] }
  return markup`<div class="charts">${renderHistogram(series, binValues(sample, times), times, words)}${renderPercentiles(line, words)}</div>`
}

function renderParameters(
  { parameters, started_at: startedAt, status }: RunDocument,
  { summary }: Results,
  words: PageWords,
): Markup {
  const rows: [string, string][] = [
    [words.apiUrl, parameters.api_url],
    [words.model, parameters.model],
    [words.parallel, formatCount(parameters.parallel)],
    [words.number, formatCount(parameters.number)],
    [words.minTokens, formatCount(parameters['min-tokens'])],
    [words.maxTokens, formatCount(parameters['max-tokens'])],
    [words.datasets, parameters.datasets],
    [words.started, startedAt],
    [words.took, summary.wall_ms === null ? '–' : formatMs(summary.wall_ms)],
    [words.status, words.statuses[status]],
  ]
  const items = rows.map(
    ([name, value]) => markup`<div><dt>${name}</dt><dd><bdi>${value}</bdi></dd></div>`,
  )
  return markup`<dl class="facts">${items}</dl>`
}
