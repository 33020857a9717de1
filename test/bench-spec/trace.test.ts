import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { expect, onTestFinished, test } from 'vitest'

import type { LoadedDataset } from '../../src/bench-spec/dataset.ts'
import { loadTrace, type TraceSource } from '../../src/bench-spec/trace-loading.ts'
import { makeMooncakeTrace } from './_trace.ts'

const fixtures = new URL('../../fixtures/datasets/', import.meta.url).pathname

type Rest = Omit<Partial<TraceSource>, 'type' | 'file'>

function load(file: string, rest: Rest = {}): LoadedDataset {
  return loadTrace({ type: 'trace', file, ...rest }, fixtures)
}

/** Of a file with this content. */
function loadText(text: string | Uint8Array, rest: Rest = {}): LoadedDataset {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-trace-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, 'trace'), text)
  return loadTrace({ type: 'trace', file: 'trace', ...rest }, folder)
}

function readIssues({ issues }: LoadedDataset): string[] {
  return issues.map(({ key, message }) => `${key}: ${message}`)
}

const line = (fields: object): string => `${JSON.stringify(fields)}\n`

/** A line of Mooncake's shape. */
function request(timestamp: number, rest: object = {}): string {
  return line({ timestamp, input_length: 600, output_length: 5, hash_ids: [1, 2], ...rest })
}

test('the trace of the fixtures in the shape of Mooncake is what its generator makes', () => {
  const text = readFileSync(join(fixtures, 'trace-mooncake.jsonl'), 'utf8')
  expect(text).toBe(makeMooncakeTrace(500, 7))
})

test('a row of a Mooncake trace has the lengths of its request, and its prompt the blocks', () => {
  const { dataset, issues, warnings } = load('trace-mooncake.jsonl')
  expect(issues).toEqual([])
  expect(warnings).toEqual([])
  expect(dataset?.columns).toEqual(['prompt', 'input_tokens', 'output_tokens'])
  expect(dataset?.rows).toHaveLength(500)
  const { trace, rows = [] } = dataset ?? {}
  expect(trace?.format).toBe('mooncake')
  expect(trace?.instants).toHaveLength(500)
  expect(rows[1]).toEqual({
    prompt: '{{prompt}}',
    input_tokens: trace?.prompts[1]?.tokens,
    output_tokens: expect.any(Number),
  })
  expect(trace?.prompts[1]?.blockTokens).toBe(512)
})

test('a BurstGPT trace counts in seconds, its other columns are tags, and what failed is left out', () => {
  const { dataset, warnings } = load('trace-burstgpt.csv')
  expect(dataset?.trace?.instants).toEqual([0, 113_000, 135_000, 180_000])
  expect(dataset?.trace?.cachedShare).toBeUndefined()
  expect(dataset?.columns).toEqual([
    'prompt',
    'input_tokens',
    'output_tokens',
    'Model',
    'Total tokens',
    'Log Type',
  ])
  expect(dataset?.rows[1]).toMatchObject({
    Model: 'GPT-4',
    'Log Type': 'API log',
    input_tokens: 417,
    output_tokens: 276,
  })
  expect(warnings).toEqual([
    'data_source.file: 1 of 5 requests of trace-burstgpt.csv have no answer, as failed ones have none, and so no length: they are left out.',
  ])
})

test('an Azure trace has dates with seven digits of a second', () => {
  const { dataset } = load('trace-azure.csv')
  const [, second = 0, third = 0, last = 0] = dataset?.trace?.instants ?? []
  expect(second).toBeCloseTo(4314.579, 3)
  expect(third).toBeCloseTo(4541.877, 3)
  expect(last).toBeCloseTo(4710.427, 3)
})

test('requests of an earlier run are sent in the order in which they were due, those measured alone', () => {
  const { dataset, warnings } = load('trace-requests.ndjson')
  expect(dataset?.trace?.format).toBe('requests')
  expect(dataset?.trace?.instants).toEqual([0, 250, 500])
  expect(dataset?.rows.map((row) => row['input_tokens'])).toEqual([80, 120, 200])
  expect(warnings).toHaveLength(1)
  // As they are written: each batch a member of its own.
  const lines = readFileSync(join(fixtures, 'trace-requests.ndjson'), 'utf8').split(/(?<=\n)/)
  const members = [lines.slice(0, 2), lines.slice(2)].map((part) => gzipSync(part.join('')))
  expect(loadText(Buffer.concat(members)).dataset?.rows).toEqual(dataset?.rows)
})

test('speed shortens the time between two requests', () => {
  const text = request(1000) + request(2000) + request(5000)
  expect(loadText(text).dataset?.trace).toMatchObject({ speed: 1, instants: [0, 1000, 4000] })
  const twice = { speed: 2, instants: [0, 500, 2000] }
  expect(loadText(text, { speed: '2x' }).dataset?.trace).toMatchObject(twice)
  expect(loadText(text, { speed: 2 }).dataset?.trace).toMatchObject(twice)
})

test('a window counts from the first request of the trace, and the first of it is due at once', () => {
  const text = [500, 1500, 2500, 3500, 4500].map((at) => request(at)).join('')
  const window = { from: '1s', to: '3s' }
  expect(loadText(text, { window }).dataset?.trace?.instants).toEqual([0, 1000])
  expect(loadText(text, { window: { from: 1.5 } }).dataset?.trace?.instants).toEqual([
    0, 1000, 2000,
  ])
  expect(loadText(text, { window, limit: 1 }).dataset?.rows).toHaveLength(1)
  expect(loadText(text, { limit: 3 }).dataset?.rows).toHaveLength(3)
  // What is not sent is not read.
  expect(loadText(`${text}nonsense`, { limit: 5 }).issues).toEqual([])
})

test('the same id is the same block, and the cached share that follows is that of an endless cache', () => {
  const text = [
    request(0, { input_length: 1024, hash_ids: [9e15, 5] }),
    // Begins as the one before.
    request(1, { input_length: 1100, hash_ids: [9e15, 5, 8] }),
    // A known block behind an unknown beginning is not found.
    request(2, { input_length: 1024, hash_ids: [7, 5] }),
    // Wholly known, and its last block is not full.
    request(3, { input_length: 1100, hash_ids: [9e15, 5, 8] }),
  ].join('')
  const { trace } = loadText(text).dataset ?? {}
  expect(trace?.prompts.map(({ blocks }) => blocks)).toEqual([
    [0, 1],
    [0, 1, 2],
    [3, 1],
    [0, 1, 2],
  ])
  expect(trace?.cachedShare).toBeCloseTo((1024 + 1100) / (1024 + 1100 + 1024 + 1100))
})

test('a prompt may have fewer blocks than its length, and a trace blocks of another size', () => {
  expect(loadText(request(0, { hash_ids: [1] })).issues).toEqual([])
  const small = request(0, { input_length: 40, hash_ids: [1, 2, 3] })
  expect(loadText(small, { block_tokens: 16 }).issues).toEqual([])
  expect(readIssues(loadText(small))).toEqual([
    'file: trace:1: hash_ids has 3 blocks, and input_length 40 has room for 1 of 512 tokens. Say how many tokens a block has, for example data_source: { block_tokens: 16 }.',
  ])
})

test.each([
  [
    'out of order',
    request(0) + request(3000) + request(2000),
    'trace:3: timestamp is 1s before that of line 2, and a trace is in the order of time (2000 ms after 3000 ms). Sort its lines by timestamp.',
  ],
  [
    'of an unknown shape',
    line({ time: 1, tokens: 2 }),
    'trace:1: is no trace of a known shape: it has the keys time, tokens. Known are mooncake (timestamp, input_length, output_length, hash_ids), burstgpt (Timestamp, Request tokens, Response tokens), azure (TIMESTAMP, ContextTokens, GeneratedTokens), requests (marks_ms.scheduled, prompt_tokens, completion_tokens).',
  ],
  [
    'of unknown columns',
    'a,b\n1,2\n',
    'trace:1: is no trace of a known shape: it has the columns a, b. Known are',
  ],
  [
    'with a length that cannot be',
    request(0) + request(1, { input_length: -3 }),
    'trace:2: input_length must be a whole number of tokens from 1 to 10000000, got -3. Correct or remove the line.',
  ],
  [
    'without a length',
    request(0) + request(1, { output_length: undefined }),
    'trace:2: output_length must be a whole number of tokens from 0 to 10000000, got nothing. Correct or remove the line.',
  ],
  [
    'with blocks that are none',
    request(0, { hash_ids: [1, 'a'] }),
    'trace:1: hash_ids must be a list of whole numbers, got "a". Correct or remove the line.',
  ],
  [
    'with a date that is none',
    'TIMESTAMP,ContextTokens,GeneratedTokens\nyesterday,3,4\n',
    'trace:2: TIMESTAMP must be a date and time, as 2023-11-16 18:15:46.6805900, got "yesterday". Correct or remove the line.',
  ],
  [
    'with a row of too few cells',
    'TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46,3\n',
    'trace:2: has 2 cells, and the header 3. Correct or remove the line.',
  ],
  [
    'cut short',
    `${request(0)}{"timestamp":`,
    'trace:2: is no JSON object. Write one for each line.',
  ],
  ['of nothing', '\n', 'trace is empty. A trace has a line for each request.'],
  [
    'of failed requests alone',
    request(0, { output_length: 0 }),
    'trace has no request that was answered, and nothing to replay.',
  ],
])('a trace %s is refused by its file, line and key', (_, text, message) => {
  const [issue, ...more] = readIssues(loadText(text))
  expect(more).toEqual([])
  expect(issue).toContain(`file: ${message}`)
})

test('a format that is asked for is one that the file must have', () => {
  expect(readIssues(loadText(request(0), { format: 'requests' }))[0]).toMatch(
    /^file: trace:1: has no marks_ms.scheduled, which a trace of format requests needs: it has the keys timestamp, input_length, output_length, hash_ids\./,
  )
})

test('an empty window is refused with the requests next to it', () => {
  const text = request(0) + request(5000)
  expect(readIssues(loadText(text, { window: { from: '1s', to: '2s' } }))).toEqual([
    'window: holds no request: the last before it is at 0s, the next behind it at 5s, from the first of the trace on. Choose another.',
  ])
  expect(readIssues(loadText(text, { window: { from: '9s' } }))).toEqual([
    'window: holds no request: the last before it is at 5s, from the first of the trace on. Choose another.',
  ])
  expect(readIssues(loadText(text, { window: { from: '2s', to: '1s' } }))).toEqual([
    'window: holds no time: from must be before to, got 2s and 1s.',
  ])
})

test('a file that is not there, or no whole one, is refused', () => {
  expect(readIssues(load('nowhere.jsonl'))).toEqual([
    "file: nowhere.jsonl does not exist. Its path is relative to the spec's directory.",
  ])
  const bytes = gzipSync(request(0))
  bytes[bytes.length - 6] = (bytes[bytes.length - 6] ?? 0) ^ 1
  expect(readIssues(loadText(bytes))).toEqual([
    'file: trace is not a whole gzip file. Compress it again.',
  ])
})
