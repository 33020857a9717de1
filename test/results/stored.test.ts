import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { readStored } from '../../src/results/findings.ts'
import {
  compareFingerprints,
  type Differences,
  type Fingerprint,
  takeFingerprint,
} from '../../src/results/fingerprint.ts'
import type { Results, WorkloadDocument } from '../../src/results/results.ts'
import { readRounds } from '../../src/results/stored.ts'
import { describeWorkload } from '../../src/results/workload.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'
import type { Difference } from '../../src/verdict/reason.ts'
import { createFolder } from '../cli/_folder.ts'
import { run } from '../report/_runs.ts'

function store(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'results.json')
  writeFileSync(file, text)
  return file
}

const times = { mean: 1, p50: 1, p75: 2, p90: 3, p95: 4, p99: 'infinite' as const }
const rounds: Results['rounds'] = [
  {
    round: 0,
    completed: 59,
    failed: 1,
    good: null,
    requests_per_second: 12,
    output_tokens_per_second: null,
    ttft_ms: times,
    ttfo_ms: null,
    latency_ms: { ...times, mean: null },
    tpot_ms: null,
    chunk_gap_ms: null,
    stall_ms: null,
  },
]

test('results are read back as they were written', () => {
  const results = run({ rounds })
  expect(readStored(store(JSON.stringify(results)))).toEqual({ results })
  expect(readRounds(results)).toEqual([
    {
      round: 0,
      completed: 59,
      failed: 1,
      requestsPerSecond: 12,
      times: {
        ttft: { ...times, p99: Infinity },
        ttfo: {},
        latency: { p50: 1, p75: 2, p90: 3, p95: 4, p99: Infinity },
        tpot: {},
        chunk_gap: {},
        stall: {},
      },
    },
  ])
})

test.each([
  ['{ "schema_version": 2', "Expected ',' or '}'"],
  ['{}', 'the key "schema_version" is required. Run the baseline again.'],
  ['null', 'must be an object, got nothing'],
  [JSON.stringify({ ...run(), schema_version: 3 }), 'schema_version: must be 2, got 3'],
  [JSON.stringify({ ...run(), rounds: undefined }), 'the key "rounds" is required'],
  [
    JSON.stringify({ ...run(), rounds: [{ ...rounds[0], completed: '59' }] }),
    'rounds[0].completed: must be a whole number of at least 0, got "59"',
  ],
])('a file that is no baseline is one clear error before the run: %#', (text, message) => {
  const file = store(text)
  const document = {
    url: 'http://127.0.0.1:1',
    baseline: { file },
    slo: ['ttft p95 <= baseline + 10%'],
  }
  expect(() => checkSpec(document, { env: {}, baseDir: '/' })).toThrow(`baseline.file: ${file} `)
  expect(() => checkSpec(document, { env: {}, baseDir: '/' })).toThrow(message)
})

test('a file that is not there is one as well', () => {
  expect(readStored('/nowhere/results.json')).toEqual({
    problem: 'does not exist. Make it by a run of the baseline.',
  })
})

test('names what differs between two runs, what keeps them from being compared and what does not', () => {
  const one = run()
  const nothing = { differences: [], contrasts: [] }
  expect(compareFingerprints(takeFingerprint(one), takeFingerprint(one))).toEqual(nothing)
  const other = run({
    environment: { ...one.environment, cpu: 'Other CPU', node: 'v24.9.1' },
    load: { ...one.load, kind: 'closed', concurrency: 20, requests: 500 },
    target: { ...one.target, url: 'https://b.example.com', hermetic: false },
  })
  const real = run({ target: { ...one.target, url: 'https://a.example.com', hermetic: false } })
  expect(compareFingerprints(takeFingerprint(real), takeFingerprint(other))).toEqual({
    differences: [
      { fact: 'cpu', baseline: 'Example CPU', candidate: 'Other CPU' },
      { fact: 'concurrency', baseline: 10, candidate: 20 },
    ],
    contrasts: [
      { fact: 'url', baseline: 'https://a.example.com', candidate: 'https://b.example.com' },
      { fact: 'requests', baseline: 300, candidate: 500 },
    ],
  })
})

const body = {
  model: 'a',
  messages: [{ role: 'user', content: 'a word' }],
  max_tokens: 4,
  temperature: 0.7,
  key: '${KEY}',
}

function describe(more: object, env = { KEY: 'sk-0123456789' }): WorkloadDocument[] {
  return describeWorkload(checkSpec({ url: 'http://a', body, ...more }, { env, baseDir: '/' }))
}

function compare(more: object): Differences {
  const own = takeFingerprint(run())
  const [a, b] = [{}, more].map((each) => ({ ...own, workload: describe(each) }))
  return compareFingerprints(a ?? own, b ?? own)
}

test('a workload is what is sent and how, wherever to, without a prompt or a key in it', () => {
  const one = describe({})
  expect(describe({ url: 'http://b/x', requests: 7, slo: ['ttft p95 <= 1s'], seed: 2 })).toEqual(
    one,
  )
  expect(describe({}, { KEY: 'sk-9876543210' })).toEqual(one)
  expect(one).toContainEqual({ kind: 'value', name: 'body.model', value: 'a' })
  expect(one.map(({ name }) => name)).toContain('body.messages')
  expect(JSON.stringify(one)).not.toMatch(/a word|sk-|KEY/)
})

test.each<[string, object, Difference]>([
  ['the model', { model: 'b' }, { fact: 'model', baseline: 'a', candidate: 'b' }],
  ['how it draws', { temperature: 0 }, { fact: 'temperature', baseline: '0.7', candidate: '0' }],
  ['what else it draws by', { seed: 1 }, { fact: 'seed', baseline: 'not given', candidate: '1' }],
])('two runs are compared when they differ in nothing but %s [S1.46]', (_, more, difference) => {
  expect(compare({ body: { ...body, ...more } })).toEqual({
    differences: [],
    contrasts: [difference],
  })
})

test.each<[string, object, Difference]>([
  [
    'tokens',
    { body: { ...body, max_tokens: 8 } },
    { fact: 'max_tokens', baseline: '4', candidate: '8' },
  ],
  [
    'prompts of another size',
    { body: { ...body, messages: ['longer than the other, which is short'] } },
    { fact: 'messages', baseline: '36 characters', candidate: '41 characters' },
  ],
  [
    'other prompts',
    { body: { ...body, messages: [{ role: 'user', content: 'a term' }] } },
    { fact: 'messages', baseline: '36 characters', candidate: 'other 36 characters' },
  ],
  [
    'an unknown member',
    { body: { ...body, tools: [1] } },
    { fact: 'tools', baseline: 'not given', candidate: '3 characters' },
  ],
  ['the method', { method: 'PUT' }, { fact: 'method', baseline: 'POST', candidate: 'PUT' }],
  [
    'the connections',
    { keep_alive: false },
    { fact: 'connections', baseline: 'kept', candidate: 'one per request' },
  ],
  [
    'the reading',
    { stream_format: { type: 'sse', output_path: 'x.y' } },
    { fact: 'stream_format.output_path', baseline: 'not given', candidate: 'x.y' },
  ],
])('two runs are not compared when they differ in %s', (_, more, difference) => {
  expect(compare(more)).toEqual({ differences: [difference], contrasts: [] })
})

function limit(given: object): WorkloadDocument[] {
  return describe({ body: given }).filter(({ name }) => name.startsWith('body'))
}

test('a limit of tokens is one, whatever a server calls it and wherever it stands', () => {
  const one = limit({ max_tokens: 8 })
  expect(one).toEqual([{ kind: 'value', name: 'body.max_tokens', value: '8' }])
  expect(limit({ max_completion_tokens: 8 })).toEqual(one)
  expect(limit({ options: { num_predict: 8 } })).toEqual(one)
  expect(limit({ generationConfig: { maxOutputTokens: 8 } })).toEqual(one)
  expect(limit({ max_tokens: 8, max_completion_tokens: 9 })).toHaveLength(2)
})

test('other rows are another workload, and so is each order of them; their file is not', () => {
  const files = { 'rows.csv': 'q\na\nb\n', 'same.csv': 'q\na\nb\n', 'other.csv': 'q\nc\nd\n' }
  const baseDir = createFolder(files)
  const rows = (file: string, shuffle = false, seed = 1): Fingerprint => {
    const source = { type: 'csv', file, shuffle }
    const document = { url: 'http://a', body: '{{q}}', data_source: source, seed }
    const spec = checkSpec(document, { env: {}, baseDir })
    return { ...takeFingerprint(run()), workload: describeWorkload(spec), source: file }
  }
  const one = rows('rows.csv')
  const named = { fact: 'data_source', baseline: 'rows.csv' }
  expect(compareFingerprints(one, rows('rows.csv', false, 2)).differences).toEqual([])
  expect(compareFingerprints(one, rows('same.csv'))).toEqual({
    differences: [],
    contrasts: [{ ...named, candidate: 'same.csv' }],
  })
  expect(compareFingerprints(one, rows('other.csv'))).toEqual({
    differences: [{ fact: 'rows', baseline: '2 rows', candidate: 'other 2 rows' }],
    contrasts: [{ ...named, candidate: 'other.csv' }],
  })
  expect(compareFingerprints(rows('rows.csv', true, 1), rows('rows.csv', true, 2))).toEqual({
    differences: [
      { fact: 'order', baseline: 'shuffled by seed 1', candidate: 'shuffled by seed 2' },
    ],
    contrasts: [],
  })
  expect(compareFingerprints(one, rows('rows.csv', true)).differences).toHaveLength(1)
})
