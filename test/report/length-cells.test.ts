import { expect, test } from 'vitest'

import { renderHtml } from '../../src/report/html/page.ts'
import { lengthCells } from '../../src/report/length-cells.ts'
import { renderMarkdown } from '../../src/report/markdown.ts'
import { renderTerminal } from '../../src/report/terminal.ts'
import type { Results } from '../../src/results/results.ts'
import { runs } from './_runs.ts'

type Synthetic = NonNullable<NonNullable<Results['dataset']>['synthetic']>

const fit = { requests: 300, told: 300, asked: 512, got: 515.4, error_p50: 0.007, error_p95: 0.024 }

function withSynthetic(given: Partial<Synthetic> = {}): Results {
  const synthetic: Synthetic = {
    shared_prefix: 128,
    groups: 4,
    gauge: 'told',
    tokens_per_word: 1.3,
    overhead: 12,
    input: fit,
    output: { ...fit, told: 200, asked: 128, got: 64, error_p50: 0.5, error_p95: 0.75 },
    ...given,
  }
  const dataset = { source: 'synthetic', rows: 310, columns: ['prompt'], synthetic }
  return { ...runs.pass, dataset }
}

const lines = [
  'prompts 512 tokens asked, 515 got (off by 0.7% p50, 2.4% p95)',
  'answers 128 tokens asked, 64 got (off by 50.0% p50, 75.0% p95, as 200 of 300 told)',
]

test('what was asked stands beside what was got, in every report', () => {
  const results = withSynthetic()
  expect(lengthCells(results)).toEqual(lines)
  const terminal = renderTerminal(results, { color: false, unicode: true })
  const page = renderHtml(results)
  for (const line of lines) {
    expect(terminal).toContain(line)
    expect(renderMarkdown([results])).toContain(line)
    expect(page).toContain(line)
  }
})

test('what nobody told is not there, and that a word was taken for a token is', () => {
  const input = { ...fit, told: 0, got: null, error_p50: null, error_p95: null }
  expect(lengthCells(withSynthetic({ gauge: 'assumed', input, output: null }))).toEqual([
    'prompts 512 tokens asked, none told, each word taken for one',
  ])
})

test('nothing is said of rows of a file, nor where no request completed', () => {
  expect(lengthCells(runs.pass)).toEqual([])
  const input = { ...fit, requests: 0, told: 0, got: null, error_p50: null, error_p95: null }
  expect(lengthCells(withSynthetic({ input }))).toEqual([])
})
