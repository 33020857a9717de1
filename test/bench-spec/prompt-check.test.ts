import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { SpecError } from '../../src/bench-spec/issue.ts'
import { loadSpec } from '../../src/bench-spec/loading.ts'

/** What is said of a spec with these rows; '' of one that is sound. */
function complain(lines: readonly string[], rows: readonly string[] = []): string {
  const cwd = mkdtempSync(join(tmpdir(), 'prompts-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  writeFileSync(join(cwd, 'a.bench.yaml'), ['url: http://127.0.0.1:1/v1', ...lines].join('\n'))
  writeFileSync(join(cwd, 'rows.jsonl'), rows.map((row) => `{"q": ${row}}`).join('\n'))
  try {
    loadSpec('a.bench.yaml', { env: {}, cwd })
    return ''
  } catch (error) {
    if (error instanceof SpecError) return error.message
    throw error
  }
}

const body = 'body: { prompt: "{{q}}" }'
const numbered = (count: number) => Array.from({ length: count }, (_, row) => `"${row}"`)

function source(more: string): string {
  return `data_source: { type: jsonl, file: rows.jsonl, ${more} }`
}

test.each([['bust'], ['{ shared: 8 }']])('cache: %s needs a prompt to stand before', (cache) => {
  expect(complain([`cache: ${cache}`])).toBe(
    'a.bench.yaml:2:8: cache: puts a text before each prompt, and none is found in the body. It is looked for in system, messages, contents, prompt, query, input and inputs of a body that is JSON. Write it there, or remove cache.',
  )
  expect(complain([`cache: ${cache}`, 'body: { prompt: hi }'])).toBe('')
  expect(complain([`cache: ${cache}`, 'method: GET'])).toContain('none is found')
})

test('the row without a prompt is named, and so is the baseline', () => {
  const lines = ['cache: bust', body, source('shuffle: true')]
  expect(complain(lines, ['"a"', '[1, 2]'])).toContain(
    'none is found in the body with row 2 of rows.jsonl.',
  )
  const other = 'baseline: { url: http://127.0.0.1:2, body: { text: hi } }'
  expect(complain(['cache: bust', 'body: { prompt: hi }', other])).toContain(
    'none is found in the body of the baseline.',
  )
})

test('repeats of rows that are allowed need no prompt, nor does cache: allowed', () => {
  expect(complain(['cache: allowed'])).toBe('')
  expect(complain([body, source('repeats: allowed')], numbered(1))).toBe('')
})

test('with repeats: forbidden a run that lacks rows is told how many there are and are needed', () => {
  const lines = [body, source('repeats: forbidden'), 'requests: 20', 'warmup: 5']
  expect(complain(lines, numbered(24))).toBe(
    'a.bench.yaml:3:56: data_source.repeats: forbids to send a prompt twice: rows.jsonl has 24 rows, and 25 are needed (20 requests and 5 of warm-up). Add rows, ask for fewer requests, or allow repeats.',
  )
  expect(complain(lines, numbered(25))).toBe('')
})

test('rows with the same prompt count once, and are named where there are enough others', () => {
  const lines = [body, source('repeats: forbidden'), 'requests: 20', 'warmup: 5']
  const rows = numbered(25)
  expect(complain(lines, [...rows.slice(0, 24), '"3"'])).toContain(
    'rows.jsonl has 25 rows, 24 of them with a prompt of their own, and 25 are needed',
  )
  expect(complain(lines, ['"0"', '"0"', ...rows.slice(1)])).toContain(
    'forbids to send a prompt twice, and rows 1 and 2 of rows.jsonl have the same one.',
  )
  // Neither of them is sent.
  const spare = [...rows.slice(0, 20), '"x"', '"x"', ...rows.slice(20)]
  expect(complain(lines, spare)).toBe('')
})

test('repeats: forbidden with a number of requests that nobody knows is refused', () => {
  const lines = [body, source('repeats: forbidden')]
  expect(complain([...lines, 'duration: 10s'], numbered(3))).toContain(
    'data_source.repeats: forbidden needs a number of requests that is known before the run',
  )
  expect(
    complain([...lines, 'requests: 1', 'warmup: 0', 'gate: { max_extra_rounds: 1 }'], numbered(3)),
  ).toContain('forbidden cannot be had together with gate.max_extra_rounds')
})

test.each([['always'], ['{ shared: 0 }'], ['{ share: 5 }'], ['true']])(
  'cache: %s is refused',
  (cache) => {
    expect(complain([`cache: ${cache}`, 'body: { prompt: hi }'])).toMatch(/^a\.bench\.yaml:2:/)
  },
)
