import { expect, test } from 'vitest'

import { renderMatrixPage } from '../../../src/report/html/matrix-page.ts'
import { listMatrices } from '../../../src/results/matrix.ts'
import { swept } from '../_matrix.ts'

function render(name: keyof typeof swept): string {
  const [matrix] = listMatrices(swept[name])
  if (matrix === undefined) throw new Error('there is no matrix')
  return renderMatrixPage(matrix)
}

/** The texts below the drawings. */
function captions(html: string): string[] {
  return [...html.matchAll(/<figcaption>(.*?)<\/figcaption>/g)].map(([, text]) => text ?? '')
}

test('draws each latency with a line for each statistic, then what went through', () => {
  const html = render('missed')
  expect(captions(html)).toEqual([
    'ttft over concurrency; statistics of SLOs with their limits; the axis below is logarithmic',
    'latency over concurrency; the axis below is logarithmic',
    'Completed requests per second over concurrency; the axis below is logarithmic',
    'Output tokens per second over concurrency; the axis below is logarithmic',
  ])
  expect(html).toContain(
    'p50: 107ms at 1, 178ms at 8, 320ms at 32, 675ms at 128; p95: 192ms at 1, 320ms at 8, 576ms at 32, 1.21s at 128; p99: ',
  )
})

test('draws the bound of an SLO across, limits upright, and a miss as a cross', () => {
  const html = render('missed')
  expect(html).toMatch(
    /<path class="bound" d="M52 [\d.]+H398"\/><text class="bound start"[^>]*>p95 &lt;= 800ms</,
  )
  expect(html.match(/class="limits thin"/g)).toHaveLength(4)
  expect(html).toMatch(
    /<title>concurrency=128, p95: 1\.21s, FAIL<\/title>.*?<path class="mark failed"/,
  )
  expect(html.match(/class="mark failed"/g)).toHaveLength(1)
})

test('of two keys the one with fewer values is told by lines', () => {
  const html = render('pairs')
  expect(captions(html)[0]).toBe('ttft p95 over concurrency; the axis below is logarithmic')
  expect(html).toContain('requests=100: 192ms at 1, 384ms at 8, 576ms at 32; requests=400: ')
})

test('values that are no numbers stand one after the other', () => {
  const html = render('words')
  expect(captions(html)[0]).not.toContain('logarithmic')
  const places = [...html.matchAll(/<circle class="dot" cx="([\d.]+)"/g)].map(([, x]) => Number(x))
  expect(new Set(places).size).toBe(3)
  expect(html).toContain('>poisson</text>')
})

test('each row leads to the page of its cell, and has what was decided', () => {
  const html = render('missed')
  expect(html).toContain('<a href="./concurrency=128/report.html">128</a>')
  expect(html.match(/<tbody>/g)).toHaveLength(2)
  expect(html).toContain('<code>ttft p95 &lt;= 800ms</code>')
})

test('says what was not run, and where nothing was measured', () => {
  expect(render('cut')).toContain('1 of 3 cells PASS; 2 were not run.')
  expect(render('nothing')).toContain('Nothing was measured that could be drawn.')
})

test('nothing of what a target or a spec says becomes markup', () => {
  const html = render('hostile')
  expect(html).not.toMatch(/<script|<img|onerror=alert\(1\)>/)
  expect(html).toContain('&lt;script')
})
