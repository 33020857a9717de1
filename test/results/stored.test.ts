import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { readStored } from '../../src/results/findings.ts'
import { listDifferences, takeFingerprint, hashWorkload } from '../../src/results/fingerprint.ts'
import type { Results } from '../../src/results/results.ts'
import { readRounds } from '../../src/results/stored.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'
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

test('names what differs between two runs', () => {
  const one = run()
  expect(listDifferences(takeFingerprint(one), takeFingerprint(one))).toEqual([])
  const other = run({
    environment: { ...one.environment, cpu: 'Other CPU', node: 'v24.9.1' },
    load: { ...one.load, concurrency: 20, requests: 500 },
  })
  expect(listDifferences(takeFingerprint(one), takeFingerprint(other))).toEqual([
    { fact: 'cpu', baseline: 'Example CPU', candidate: 'Other CPU' },
    { fact: 'concurrency', baseline: 10, candidate: 20 },
  ])
})

function hash(more: object, env = { KEY: 'sk-0123456789' }): string {
  const document = { url: 'http://a', body: { prompt: 'hi', key: '${KEY}' }, ...more }
  return hashWorkload(checkSpec(document, { env, baseDir: '/' }))
}

test('a workload is what is sent and how, wherever to, with whatever key', () => {
  const one = hash({})
  expect(one).toMatch(/^[0-9a-f]{64}$/)
  expect(hash({ url: 'http://b/x', requests: 7, slo: ['ttft p95 <= 1s'] })).toBe(one)
  expect(hash({}, { KEY: 'sk-9876543210' })).toBe(one)
  expect(hash({ concurrency: 3 })).not.toBe(one)
  expect(hash({ seed: 2 })).toBe(one)
  expect(hash({ body: { prompt: 'hello', key: '${KEY}' } })).not.toBe(one)
})

test('shuffled rows are another workload, and so is each order of them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'rows.csv')
  writeFileSync(file, 'q\na\nb\n')
  const shuffled = (shuffle: boolean, seed: number): string =>
    hash({ body: '{{q}}', data_source: { type: 'csv', file, shuffle }, seed })
  expect(shuffled(true, 1)).toBe(shuffled(true, 1))
  expect(shuffled(true, 1)).not.toBe(shuffled(true, 2))
  expect(shuffled(true, 1)).not.toBe(shuffled(false, 1))
  expect(shuffled(false, 1)).toBe(shuffled(false, 2))
})
