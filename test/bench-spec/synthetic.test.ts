import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, onTestFinished, test } from 'vitest'

import { SpecError } from '../../src/bench-spec/issue.ts'
import { checkSpec, checkSpecs, loadSpec } from '../../src/bench-spec/loading.ts'
import type { BenchSpec, Synthetic } from '../../src/bench-spec/spec.ts'
import { writeGaugeRow, writeRows } from '../../src/bench-spec/synthetic-rows.ts'
import { prepare } from '../../src/bench-spec/template.ts'
import { describeWorkload } from '../../src/results/workload.ts'

const body = { prompt: '{{prompt}}', max_tokens: '{{output_tokens}}' }

function check(source: object, document: object = {}): BenchSpec {
  return checkSpec(
    {
      url: 'http://127.0.0.1:1/v1',
      body,
      data_source: { type: 'synthetic', ...source },
      slo: ['ttft p50 <= 1s'],
      ...document,
    },
    { env: {}, baseDir: '/bench' },
  )
}

function rowsOf({ dataset }: BenchSpec) {
  return (dataset?.rows ?? []) as { prompt: string; input_tokens: number; group?: number }[]
}

function begin({ prompt }: { prompt: string }, words: number): string {
  return prompt.split(' ').slice(0, words).join(' ')
}

const wordsOf = (text: string): number => text.split(' ').length

describe('rows', () => {
  test('are as many as requests and warm-up, of which none repeats', () => {
    const spec = check(
      { input_tokens: 40, output_tokens: 16 },
      { requests: 300, warmup: 20, concurrency: 10 },
    )
    const prompts = rowsOf(spec).map(({ prompt }) => prompt)
    expect(prompts).toHaveLength(320)
    expect(new Set(prompts).size).toBe(320)
    expect(prompts.every((prompt) => wordsOf(prompt) === 40)).toBe(true)
    expect(spec.dataset).toMatchObject({
      source: 'synthetic',
      columns: ['prompt', 'input_tokens', 'output_tokens'],
    })
    expect(spec.warnings).toEqual([])
  })

  test('reach for rounds that may be added, and all of them are sent', () => {
    const spec = check(
      { input_tokens: 40, output_tokens: 16 },
      { requests: 100, warmup: 10, rounds: 5, gate: { max_extra_rounds: 2 } },
    )
    expect(rowsOf(spec)).toHaveLength(150)
    expect(prepare(spec)).toHaveLength(150)
  })

  test.each([
    ['the requests that SLOs need', {}, { warmup: 10 }, 110],
    ['the number that is asked for', { rows: 7 }, { requests: 300 }, 7],
    ['some thousands where time ends a closed loop', {}, { duration: '60s' }, 5000],
    [
      'the same where stages of a concurrency do',
      {},
      { stages: [{ duration: '9s', concurrency: 4 }] },
      5000,
    ],
    ['those due at a rate, and some more', {}, { rate: '10/s', duration: '40s', warmup: 5 }, 526],
  ])('are %s', (_, source, document, count) => {
    const spec = check({ input_tokens: 40, output_tokens: 8, ...source }, document)
    expect(rowsOf(spec)).toHaveLength(count)
  })

  test('are those of all stages of rates', () => {
    const stages = [
      { duration: '10s', rate: '10/s' },
      { duration: '10s', rate: '30/s' },
    ]
    expect(
      rowsOf(check({ input_tokens: 40, output_tokens: 8 }, { stages, warmup: 1 })),
    ).toHaveLength(400 + 120 + 2)
  })

  test('are fewer than requests, with a warning, where they would not fit into memory', () => {
    const spec = check({ input_tokens: 100_000, output_tokens: 8 }, { requests: 200, warmup: 0 })
    expect(rowsOf(spec)).toHaveLength(167)
    expect(spec.warnings).toEqual([
      'data_source: 200 prompts of 100000 tokens are more text than is kept in memory: there are 167, which repeat. Send fewer requests, or write rows to say so.',
    ])
  })

  test('are the same for the same seed, whatever their number, and others for another seed', () => {
    const source = { input_tokens: { dist: 'gamma', mean: 40, cv: 0.5 }, output_tokens: 16 }
    const rows = rowsOf(check(source, { requests: 50, seed: 3 }))
    expect(rowsOf(check(source, { requests: 90, seed: 3 })).slice(0, 50)).toEqual(rows.slice(0, 50))
    expect(rowsOf(check(source, { requests: 50, seed: 4 }))[0]).not.toEqual(rows[0])
  })

  test('have lengths as they are distributed', () => {
    const spec = check(
      {
        input_tokens: { dist: 'normal', mean: 200, stddev: 50, min: 100, max: 300 },
        output_tokens: { dist: 'uniform', min: 10, max: 20 },
        rows: 2000,
      },
      { requests: 10 },
    )
    const rows = spec.dataset?.rows ?? []
    const lengths = rows.map((row) => Number(row['input_tokens']))
    const outputs = rows.map((row) => Number(row['output_tokens']))
    expect(lengths.every(Number.isSafeInteger)).toBe(true)
    expect(lengths.reduce((sum, each) => sum + each, 0) / 2000).toBeCloseTo(200, -1)
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([100, 300])
    expect(new Set(outputs).size).toBe(11)
  })

  test('share a prefix within their group, and none with another group', () => {
    const spec = check(
      { input_tokens: 60, output_tokens: 4, shared_prefix: 40, groups: 3 },
      { requests: 30, warmup: 0 },
    )
    const rows = rowsOf(spec)
    for (const row of rows) {
      const others = rows.filter((other) => other !== row)
      const alike = others.filter((other) => begin(other, 40) === begin(row, 40))
      expect(alike).toHaveLength(9)
      expect(alike.every(({ group }) => group === row.group)).toBe(true)
      expect(others.filter((other) => begin(other, 44) === begin(row, 44))).toEqual([])
    }
    expect(rows.slice(0, 4).map(({ group }) => group)).toEqual([1, 2, 3, 1])
    expect(spec.dataset?.columns).toContain('group')
  })

  test('keep words of their own where they are shorter than the prefix', () => {
    const spec = check(
      {
        input_tokens: { dist: 'uniform', min: 10, max: 200 },
        shared_prefix: 100,
        output_tokens: 4,
      },
      { requests: 200, warmup: 0 },
    )
    const prompts = rowsOf(spec).map(({ prompt }) => prompt)
    expect(new Set(prompts).size).toBe(200)
  })

  test('are written once for the cells of a matrix, a cell having its first ones', () => {
    const [small, large] = checkSpecs(
      {
        url: 'http://127.0.0.1:1/v1',
        body,
        data_source: { type: 'synthetic', input_tokens: 40, output_tokens: 8 },
        requests: 100,
        matrix: { warmup: [10, 50] },
      },
      { env: {}, baseDir: '/bench' },
    )
    if (small === undefined || large === undefined) throw new Error('two cells')
    expect(rowsOf(small)).toHaveLength(110)
    expect(rowsOf(large)).toHaveLength(150)
    expect(rowsOf(large)[0]?.prompt).toBe(rowsOf(small)[0]?.prompt)
  })
})

const synthetic: Synthetic = {
  seed: 1,
  input: { kind: 'constant', value: 1000 },
  sharedPrefix: 300,
  groups: 2,
}

test('a text is as long as its tokens by the rate, less what stands around it', () => {
  const [row] = writeRows(synthetic, 1, { tokensPerWord: 1.25, overhead: 50 })
  expect(wordsOf(String(row?.['prompt']))).toBe(760)
})

test('at another rate a text is longer and begins the same, in its prefix and behind it', () => {
  const [short] = writeRows(synthetic, 1, { tokensPerWord: 2, overhead: 0 })
  const [long] = writeRows(synthetic, 1, { tokensPerWord: 1, overhead: 0 })
  const [a, b] = [String(short?.['prompt']).split(' '), String(long?.['prompt']).split(' ')]
  expect(a.slice(0, 150)).toEqual(b.slice(0, 150))
  expect(a.slice(150)).toEqual(b.slice(300, 650))
})

test('a row to gauge by is like none of the load, and none of its words comes twice', () => {
  const row = writeGaugeRow(undefined, synthetic.seed, 500)
  const prompt = String(row['prompt'])
  expect(new Set(prompt.split(' ')).size).toBe(500)
  const rows = writeRows(synthetic, 20, { tokensPerWord: 1, overhead: 0 })
  expect(rows.every((each) => String(each['prompt']).slice(0, 30) !== prompt.slice(0, 30))).toBe(
    true,
  )
})

test('output_tokens is a number in the body, and group a tag', () => {
  const spec = check(
    { input_tokens: 40, output_tokens: 24, shared_prefix: 8, groups: 2 },
    { requests: 100, slo: ['ttft p95 {group=2} <= 1s'] },
  )
  expect(JSON.parse(prepare(spec)[0]?.body ?? '')).toMatchObject({ max_tokens: 24 })
  expect(() =>
    check(
      { input_tokens: 40, shared_prefix: 8, groups: 2 },
      { requests: 100, body: '{{prompt}}', slo: ['ttft p95 {group=3} <= 1s'] },
    ),
  ).toThrow('group=3')
})

test('what is asked for and not sent is warned of', () => {
  const source = { input_tokens: 40, output_tokens: 24 }
  expect(check(source, { requests: 100, body: { n: '{{input_tokens}}' } }).warnings).toEqual([
    'data_source: no {{prompt}} is used, so what is written is not sent.',
    'data_source.output_tokens: no {{output_tokens}} is used. Write max_tokens: "{{output_tokens}}" in the body.',
  ])
})

test('a workload is told by what is asked for, not by what a rate makes of it', () => {
  const spec = check({ input_tokens: 40, output_tokens: 8 }, { requests: 100 })
  const { dataset } = spec
  if (dataset === undefined) throw new Error('a dataset')
  const rows = writeRows(synthetic, 110, { tokensPerWord: 2, overhead: 7 })
  const rewritten = { ...spec, dataset: { ...dataset, rows } }
  expect(describeWorkload(rewritten)).toEqual(describeWorkload(spec))
  const other = check({ input_tokens: 41, output_tokens: 8 }, { requests: 100 })
  expect(describeWorkload(other)).not.toEqual(describeWorkload(spec))
})

/** Messages of a spec whose third line is the given one, with lines and columns. */
function fail(line: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-synthetic-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const lines = ['url: http://127.0.0.1:1', 'body: "{{prompt}} {{output_tokens}}"', line, '']
  writeFileSync(join(folder, 'a.yaml'), lines.join('\n'))
  try {
    loadSpec('a.yaml', { env: {}, cwd: folder })
  } catch (error) {
    if (error instanceof SpecError) return error.message
    throw error
  }
  throw new Error('no SpecError was thrown')
}

test.each([
  [
    '{ type: synthetic, output_tokens: 8 }',
    'a.yaml:3:1: data_source: the key "input_tokens" is required. For example input_tokens: 512.',
  ],
  [
    '{ type: synthetic, input_tokens: 0, output_tokens: 8 }',
    'a.yaml:3:47: data_source.input_tokens: must be a whole number of at least 1, got 0.',
  ],
  [
    '{ type: synthetic, input_tokens: { dist: normal, mean: 40 }, output_tokens: 8 }',
    'a.yaml:3:33: data_source.input_tokens: needs either cv or stddev. Write for example cv: 0.5.',
  ],
  [
    '{ type: synthetic, input_tokens: 8, output_tokens: { dist: uniform, min: 9, max: 3 } }',
    'a.yaml:3:95: data_source.output_tokens.max: must be at least min, got 3 below 9. Swap them.',
  ],
  [
    '{ type: synthetic, input_tokens: 8, output_tokens: { dist: constant, mean: 0.1 } }',
    'a.yaml:3:65: data_source.output_tokens: must be 1 to 1048576 tokens in the mean, got 0.',
  ],
  [
    '{ type: synthetic, input_tokens: 64, output_tokens: 8, shared_prefix: 64 }',
    'a.yaml:3:84: data_source.shared_prefix: must be below input_tokens, which it is part of, got 64 of 64.',
  ],
  [
    '{ type: synthetic, input_tokens: 64, output_tokens: 8, groups: 4 }',
    'a.yaml:3:69: data_source.groups: share a prefix each, and none is asked for. Add shared_prefix, or remove groups.',
  ],
  [
    '{ type: synthetic, input_tokens: 1000, output_tokens: 8, rows: 40000 }',
    'a.yaml:3:77: data_source.rows: must be at most 16777 of 1000 tokens, which is all that is kept in memory, got 40000.',
  ],
  [
    '{ type: synthetic, input_tokens: 64, output_tokens: 8, column: prompt }',
    'a.yaml:3:69: data_source.column: goes with type csv or jsonl, not with synthetic. Remove it.',
  ],
  [
    '{ type: csv, input_tokens: 64 }',
    [
      'a.yaml:3:1: data_source: the key "file" is required. For example file: "prompts.csv".',
      'a.yaml:3:27: data_source.input_tokens: goes with type synthetic, not with csv. Remove it.',
    ].join('\n'),
  ],
  [
    '{ type: synthetic, input_tokens: 64 }',
    'a.yaml:2:19: body: {{output_tokens}} has no source. Add output_tokens, for example 128, to the data_source.',
  ],
])('%s cannot be, and one sentence says where and why', (source, message) => {
  expect(fail(`data_source: ${source}`)).toBe(message)
})

test('a matrix over a data source is refused', () => {
  expect(fail('matrix: { data_source: [1] }')).toContain(
    'a.yaml:3:11: matrix.data_source: unknown key.',
  )
})
