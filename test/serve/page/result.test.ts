import { expect, test } from 'vitest'

import { toMetrics, toPercentiles } from '../../../src/serve/answer.ts'
import { renderForm } from '../../../src/serve/page/form.ts'
import { renderResult } from '../../../src/serve/page/result.ts'
import type { StoredRun } from '../../../src/serve/stored-run.ts'
import { find, simulate } from '../../report/html/_findings.ts'

const model = '<img src=x onerror=alert(1)>'

function store(more: Partial<StoredRun['document']> = {}, failing = 0): StoredRun {
  const { results, records } = find(simulate(200, failing === 0 ? {} : { failing }))
  return {
    results,
    records: records ?? [],
    document: {
      id: '20261129T010608479-a940c620',
      status: 'success',
      report_url: '/reports/20261129T010608479-a940c620',
      started_at: '2026-01-15T10:30:00.000Z',
      finished_at: '2026-01-15T10:30:27.000Z',
      parameters: {
        api_url: 'http://127.0.0.1:8000/v1',
        parallel: 3,
        model,
        'min-tokens': 50,
        'max-tokens': 100,
        datasets: 'openqa',
        number: 200,
      },
      metrics: toMetrics(results, { model, dataset: 'openqa' }),
      percentiles: toPercentiles(results),
      error: null,
      ...more,
    },
  }
}

/** The text of a page, tags left out. */
function read(html: string): string {
  return html.replace(/<(script|style)[^]*?<\/\1>/g, '').replace(/<[^>]*>/g, '|')
}

test.each(['zh', 'en'] as const)(
  'shows the six figures and every parameter of the test, in %s [S0.21] [S0.22]',
  (locale) => {
    const run = store()
    const html = renderResult(run, locale)
    const text = read(html)
    for (const value of ['http://127.0.0.1:8000/v1', 'openqa', '50', '100', '200']) {
      expect(text).toContain(`|${value}|`)
    }
    expect(html.match(/<span class="figure">/g)).toHaveLength(6)
    const { latency_ms: latency } = run.results.summary
    expect(latency?.p95).toBeGreaterThan(0)
    for (const name of ['p50', 'p75', 'p90', 'p95', 'p99']) expect(text).toContain(`|${name}|`)
  },
)

test('draws the histogram and the percentile line of the records, and nothing without them [T8]', () => {
  const run = store()
  const html = renderResult(run, 'en')
  const [, chart = ''] = /Histogram of latency<\/title>([^]*?)<\/svg>/.exec(html) ?? []
  const bars = [...chart.matchAll(/<title>[^<]*: (\d+)<\/title>/g)]
  const completed = run.results.summary.requests.completed
  expect(bars.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(completed)
  expect(html).toContain('Percentiles of latency')
  expect(html).toContain('Radar of five sides')
  const { records: _, ...without } = run
  const bare = renderResult(without, 'en')
  expect(bare).not.toContain('Histogram of')
  expect(bare).toContain('there is nothing to draw')
})

test('says how a run ended that was no success, and why', () => {
  const error = {
    message: 'All 200 requests failed: HTTP 500 <b>',
    type: 'upstream_error',
  } as const
  const failed = read(renderResult(store({ status: 'failed', error }), 'zh'))
  expect(failed).toContain('|失败|')
  expect(failed).toContain('All 200 requests failed: HTTP 500 &lt;b&gt;')
  expect(read(renderResult(store({ status: 'cancelled' }), 'en'))).toContain('|Cancelled|')
})

test('what others named is text, in the page and in the form', () => {
  const pages = [
    renderResult(store(), 'en'),
    renderForm({ locale: 'zh', datasets: [model], limits: { requests: 9, concurrency: 9 } }),
  ]
  for (const page of pages) {
    expect(page).toContain('&lt;img src=x')
    expect(page).not.toContain('<img')
  }
})

test('leads back, to the whole report and to the JSON under its name [S0.27] [S0.28]', () => {
  const html = renderResult(store(), 'zh')
  expect(html).toContain('href="/tps-test.html?lang=zh"')
  expect(html).toContain('/report.html"')
  expect(html).toContain('download="benchmark-results-2026-01-15T10-30-27.000Z.json"')
})

test('the form asks for the tokens of the output, and names the ports of known servers [T15] [S0.17]', () => {
  const limits = { requests: 100, concurrency: 10 }
  const zh = read(renderForm({ locale: 'zh', datasets: ['openqa'], limits }))
  expect(zh).toContain('|最少输出 token 数|')
  expect(zh).toContain('|最多输出 token 数|')
  expect(zh).toContain('|开始测试|')
  for (const port of ['vLLM (8000)', 'SGLang (30000)', 'Ollama (11434)']) expect(zh).toContain(port)
})
