import { expect, test } from 'vitest'

import { renderJunit } from '../../src/report/junit.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { renderMatrix } from '../../src/report/matrix-table.ts'
import { renderOverview, renderScreen } from '../../src/report/screen.ts'
import { explainErrors, explainMatrix } from '../../src/report/sentence/matrix.ts'
import { listMatrices, type Matrix } from '../../src/results/matrix.ts'
import type { Results } from '../../src/results/results.ts'
import { swept } from './_matrix.ts'
import { runs } from './_runs.ts'

const plain = { color: false, unicode: true }

function matrixOf(runs: readonly Results[]): Matrix {
  const [matrix, ...others] = listMatrices(runs)
  if (matrix === undefined || others.length > 0) throw new Error('not one matrix')
  return matrix
}

test('runs that are cells make a matrix, in the order of its values whatever theirs', () => {
  const { spec, keys, cells, planned, verdict } = matrixOf(swept.missed.toReversed())
  expect(spec.name).toBe('chat')
  expect(keys).toEqual(['concurrency'])
  expect(planned).toBe(4)
  expect(cells.map(({ folder }) => folder)).toEqual([
    'concurrency=1',
    'concurrency=8',
    'concurrency=32',
    'concurrency=128',
  ])
  expect(verdict).toEqual({ status: 'FAIL', passed: false, exit_code: 1 })
})

test('a matrix passes when every cell was run and passes', () => {
  expect(matrixOf(swept.passing).verdict).toEqual({ status: 'PASS', passed: true, exit_code: 0 })
  expect(matrixOf(swept.cut).verdict).toMatchObject({ status: 'INCONCLUSIVE', passed: false })
  expect(matrixOf(swept.nothing).verdict).toMatchObject({ status: 'ERROR', exit_code: 4 })
})

test('other runs are no cells, and a matrix that is run twice is two', () => {
  expect(listMatrices([runs.pass, runs.fail])).toEqual([])
  expect(listMatrices([...swept.passing, runs.pass, ...swept.passing])).toHaveLength(2)
  expect(listMatrices([...swept.passing, ...swept.missed])).toHaveLength(2)
})

test('a terminal gets a row for each cell, in the order of its values', () => {
  expect(renderMatrix(matrixOf(swept.missed), plain).split('\n')).toEqual([
    ' FAIL  chat  3 of 4 cells PASS',
    '   concurrency  held  ttft p50  ttft p95  ttft p99  req/s  tok/s  success  latency p50  latency p95',
    ' ✓ 1             2/2     107ms     192ms     234ms   3.87    248    99.3%        663ms        1.19s',
    ' ✓ 8             2/2     178ms     320ms     391ms   18.6   1189    99.3%        1.10s        1.99s',
    ' ✓ 32            2/2     320ms     575ms     703ms   41.3   2642    99.3%        1.99s        3.58s',
    ' ✗ 128           0/1     675ms     1.21s     1.48s   78.2   5005    99.3%        4.20s        7.56s',
  ])
})

test('says how many cells are missing', () => {
  expect(renderMatrix(matrixOf(swept.cut), plain)).toContain('\n   1 of 3 cells were run')
})

test('a row for two keys has the value of each', () => {
  const [, header, row] = renderMatrix(matrixOf(swept.pairs), plain).split('\n')
  expect(header).toMatch(/^ +concurrency +requests +held/)
  expect(row).toMatch(/^ ✓ 1 +100 +2\/2/)
})

test('the overview of a terminal has a line for each other run, then a table for each matrix', () => {
  const text = renderOverview([runs.pass, ...swept.passing], plain)
  const lines = text.split('\n')
  expect(lines[0]).toMatch(/^ +spec +held/)
  expect(lines[1]).toMatch(/^ ✓ chat /)
  expect(lines.slice(2, 4)).toEqual(['', ' PASS  chat  3 of 3 cells PASS'])
  expect(renderOverview(swept.passing, plain)).toMatch(/^ PASS {2}chat {2}3 of 3 cells PASS/)
})

test('the screen says where the page of a matrix is, once', () => {
  const shown = swept.passing.map((results, index) => ({
    results,
    places: { path: `out/chat/cell-${index}` },
  }))
  const text = renderScreen(shown, { ...plain, folder: 'out' })
  expect(text.match(/page .*/g)).toEqual(['page out/chat/matrix.html'])
  expect(text).toContain('PASS  chat [concurrency=32]')
})

test('Markdown begins with the table of a matrix, and has every cell below it', () => {
  const text = renderMarkdown(swept.missed)
  expect(text).toMatch(
    /^\n### ❌ FAIL – chat: 3 of 4 cells PASS\n\n\| {2}\| concurrency \| held \|/,
  )
  expect(text).toContain('| ❌ FAIL | 128 | 0/1 | 675ms | 1.21s |')
  expect(text).toContain('### ❌ FAIL – chat \\[concurrency=128\\]')
  expect(text).toContain('✅ PASS – chat [concurrency=8]: 2/2 SLOs hold')
})

test('JUnit has a suite for each cell', () => {
  const xml = renderJunit(swept.missed, { mode: 'rich' })
  expect([...xml.matchAll(/<testsuite name="([^"]*)"/g)].map(([, name]) => name)).toEqual([
    'chat [concurrency=1]',
    'chat [concurrency=8]',
    'chat [concurrency=32]',
    'chat [concurrency=128]',
  ])
})

test('a sentence says at which values it fails, and what was not run', () => {
  expect(explainMatrix(matrixOf(swept.missed))).toBe('3 of 4 cells PASS; FAIL at concurrency=128.')
  expect(explainMatrix(matrixOf(swept.cut))).toBe('1 of 3 cells PASS; 2 were not run.')
  expect(explainMatrix(matrixOf(swept.nothing))).toBe('ERROR at concurrency=1 and concurrency=2.')
})

test('says how errors of several verdicts add up', () => {
  expect(explainErrors(matrixOf(swept.missed))).toBe(
    'Each cell is judged on its own, with a confidence of 95%. That all of them PASS is as certain as each: it takes every one. Chances of a FAIL by error add up: where every cell just holds, one of the 4 is a FAIL with a probability of at most 4 × 5% = 20%.',
  )
})
