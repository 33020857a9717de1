import { expect, test } from 'vitest'

import { renderHtml } from '../../../src/report/html/page.ts'
import { listAxes } from '../../../src/report/html/radar.ts'
import { renderRatings } from '../../../src/report/html/ratings.ts'
import { run, runs, slo } from '../_runs.ts'

function gradesOf(tokens: number, mean: number, success: number): string[] {
  const { latency_ms: latency } = runs.pass.summary
  if (latency === null) throw new Error('a passing run has latencies')
  const text = renderRatings(
    run({
      summary: {
        output_tokens_per_second: tokens,
        latency_ms: { ...latency, mean },
        success_rate: success,
      },
    }),
    undefined,
  ).markup
  const rows = [...text.matchAll(/<tr><th scope="row">\w+<\/th>(.*?)<\/tr>/g)].slice(0, 4)
  return rows.map(([, cells = '']) => {
    const texts = [...cells.matchAll(/>([^<]*)<\/td>/g)].map(([, cell = '']) => cell)
    return texts[2] === '' ? (texts[0] ?? '') : (texts[2] ?? '')
  })
}

test.each([
  [4000, 500, 0.99, ['A+', 'A+', 'A+', '95 of 100']],
  [3000, 666, 0.98, ['A', 'A', 'A', '85 of 100']],
  [2000, 1000, 0.95, ['B', 'B', 'B', '75 of 100']],
  [1000, 2000, 0.9, ['C', 'C', 'C', '65 of 100']],
  [999, 2001, 0.89, ['D', 'D', 'D', '50 of 100']],
  [3999, 501, 0.9899, ['A', 'A', 'A', '85 of 100']],
  [4000, 667, 0.99, ['A+', 'B', 'A+', '88 of 100']],
  [4000, 2001, 0.95, ['A+', 'D', 'B', '73 of 100']],
])('%d tok/s, %d ms and %d are rated as %j [S0.26]', (tokens, mean, success, grades) => {
  expect(gradesOf(tokens, mean, success)).toEqual(grades)
})

test('they are folded and called advisory, and what is unknown is not rated [T25]', () => {
  const text = renderRatings(runs.pass, undefined).markup
  expect(text).toMatch(/^<details><summary>Advisory: /)
  expect(renderRatings(runs.noData, undefined).markup).not.toContain('<th scope="row">latency')
  // The lowest grades change no verdict, the highest none either.
  const slow = { output_tokens_per_second: 1, success_rate: 0.1 }
  expect(renderHtml(run({ summary: slow }))).toContain(`<title>${run().verdict.status}: `)
  const { latency_ms: latency } = runs.pass.summary
  const best = { output_tokens_per_second: 9000, latency_ms: { ...latency!, mean: 1 } }
  const { verdict } = runs.fail
  expect(renderHtml(run({ verdict, summary: best }))).toContain('<title>FAIL: ')
})

test('the radar measures each side by its first SLO, otherwise by a named target [S0.25]', () => {
  const half = slo({ metric: 'latency', text: 'latency p99 <= 5s', bound: 5000, observed: 10_000 })
  const axes = listAxes(run({ verdict: { slos: [half] } }), undefined)
  const reached = Object.fromEntries(axes.map((axis) => [axis.name, axis.reached]))
  expect(reached['response time']).toBe(0.5)
  expect(reached['throughput']).toBeCloseTo(742.97 / 4000)
  expect(reached['success']).toBeCloseTo(0.993333)
  expect(axes.map(({ target }) => target)).toContain('latency p99 <= 5s')
  expect(axes.every((axis) => axis.reached >= 0 && axis.reached <= 1)).toBe(true)
  const { markup } = renderRatings(runs.pass, undefined)
  expect(markup).toMatch(/<svg class="chart"[^]*<path/)
})
