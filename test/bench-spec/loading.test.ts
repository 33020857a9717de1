import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { SpecError, renderIssues } from '../../src/bench-spec/issue.ts'
import { checkSpec, loadSpec } from '../../src/bench-spec/loading.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'
import { prepare } from '../../src/bench-spec/template.ts'

const invalid = new URL('../../fixtures/specs/invalid/', import.meta.url)
const valid = new URL('../../fixtures/specs/valid/', import.meta.url)
const examples = new URL('../../examples/', import.meta.url)
const documents = readdirSync(invalid).filter((name) => !name.endsWith('.expected.txt'))

function load(name: string, env: Record<string, string> = {}): BenchSpec {
  return loadSpec(name, { env, cwd: valid.pathname })
}

function loadExample(name: string): BenchSpec {
  return loadSpec(name, { env: {}, cwd: examples.pathname })
}

function check(document: unknown): BenchSpec {
  return checkSpec(document, { env: {}, baseDir: valid.pathname })
}

function fail(action: () => unknown): SpecError {
  try {
    action()
  } catch (error) {
    if (error instanceof SpecError) return error
    throw error
  }
  throw new Error('no SpecError was thrown')
}

test.each(documents)('reports every problem of %s', async (name) => {
  const env = { EMPTY: '', SECRET_NUMBER: 'nine-thousand' }
  const error = fail(() => loadSpec(name, { env, cwd: invalid.pathname }))
  const expected = new URL(`${name}.expected.txt`, invalid).pathname
  await expect(`${renderIssues(error)}\n`).toMatchFileSnapshot(expected)
})

function failOnData(data_source: object, body = '{{content}}'): string {
  return fail(() => check({ url: 'http://127.0.0.1', data_source, body })).message
}

test('names the types of data source that there are [S1.20]', () => {
  const message = failOnData({ type: 'xlsx', file: '../../datasets/test_data.csv' })
  expect(message).toContain(
    'data_source.type: must be one of csv, jsonl, synthetic, conversations, trace, got "xlsx"',
  )
  expect(failOnData({ file: '../../datasets/test_data.csv' })).toContain('type')
})

test('names the columns that there are, and keeps the others from use [S1.22] [T10]', () => {
  const source = { type: 'csv', file: '../../datasets/test_data.csv' }
  expect(failOnData({ ...source, column: 'x' })).toBe(
    'data_source.column: the file has no column "x". It has content, topic, category.',
  )
  expect(failOnData({ ...source, column: 'content' }, '{{topic}} - {{content}}')).toBe(
    'body: {{topic}} is not available: data_source.column limits the columns to "content". Remove it to use all columns.',
  )
})

test.each([
  ['empty.csv', 'is empty'],
  ['header-only.csv', 'has a header but no rows'],
  ['duplicate-header.csv', 'two columns are named "content"'],
])('a source that is no table is an error: %s [T12]', (name, message) => {
  expect(failOnData({ type: 'csv', file: `../../datasets/${name}` })).toContain(message)
})

test('a placeholder that nothing fills is an error [T11]', () => {
  const error = fail(() => check({ url: 'http://127.0.0.1', body: { q: 'say {{foo}}' } }))
  expect(error.message).toBe(
    'body.q: {{foo}} has no source. Add a data_source with a column "foo".',
  )
})

test('a path is enough with a mock, and values of JSONL keep their type', () => {
  const spec = load('jsonl.bench.yaml')
  expect(spec.mock).toEqual({})
  expect(prepare(spec).map(({ url, body }) => [url, body])).toEqual([
    ['/v1/completions', '{"prompt":"count to three!","max_tokens":16,"options":{"think":true}}'],
    ['/v1/completions', '{"prompt":"name a colour!","max_tokens":8,"options":null}'],
  ])
})

test('no issue shows a secret of the file or of the environment [T18]', () => {
  for (const name of documents) {
    const env = { EMPTY: '', SECRET_NUMBER: 'nine-thousand' }
    const error = fail(() => loadSpec(name, { env, cwd: invalid.pathname }))
    expect(`${error.message} ${renderIssues(error)}`).not.toMatch(/never-shown|nine-thousand/)
  }
})

test('loads the seven keys of a config.json unchanged [S1.7] [S1.9] [S1.10] [S1.11]', () => {
  const spec = loadExample('config.json')
  expect(spec.name).toBe('config')
  expect(spec.file).toBe(join(examples.pathname, 'config.json'))
  expect(spec.target).toEqual({
    url: 'https://api.example.com/v1/chat/completions',
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Authorization: 'Bearer sk-replace-this-key',
    },
    body: {
      model: 'small-chat',
      messages: [{ role: 'user', content: '用一段话介绍江南的梅雨' }],
      stream: true,
      max_tokens: 100,
    },
  })
  expect(spec.timeouts).toEqual({ total: 300_000, connect: 10_000 })
  expect(spec.load).toMatchObject({ concurrency: 10, requests: 200 })
})

test('loads a config with a CSV source, whose rows give one request each [S1.20] [S1.21] [S1.24] [S1.27]', () => {
  const spec = loadExample('config_csv_example.json')
  const contents = prepare(spec).map(({ body = '' }) => JSON.parse(body).messages[0].content)
  expect(contents).toHaveLength(5)
  expect(contents[0]).toBe('用一百字介绍二十四节气的由来')
  expect(new Set(contents).size).toBe(5)
})

test('loads a config with an SSE stream format [S3.1] [S3.2] [S3.4] [S3.6] [S3.8]', () => {
  expect(loadExample('config_dify_sse.json').stream).toEqual({
    dialect: 'sse',
    firstTokenEvent: 'workflow_started',
    completionEvent: 'workflow_finished',
    outputPath: 'data.outputs.result',
  })
})

test('leaves the events of an SSE stream open when a config names none [S3.3] [S3.5]', () => {
  const document = { url: 'http://127.0.0.1', stream_format: { type: 'sse' } }
  expect(check(document).stream).toEqual({ dialect: 'sse' })
  expect(check({ ...document, stream_format: 'sse' }).stream).toEqual({ dialect: 'sse' })
})

test('reads JSON with comments, tabs and a comma too many; keeps // within texts [S1.49]', () => {
  const spec = load('config_comments.json')
  expect(spec.target.url).toBe('http://localhost:8000/v1/stream')
  expect(spec.timeouts.total).toBe(600_000)
  expect(Object.keys(spec.target.headers)).toEqual(['Authorization', 'X-API-Key'])
})

test('gives every default to a config of a URL alone [S1.8] [S1.12] [S1.13] [S1.18]', () => {
  const { secrets, warnings, file, sha256, ...spec } = load('url_only.json')
  expect(spec).toEqual({
    name: 'url_only',
    target: {
      url: 'https://api.example.com/stream',
      method: 'POST',
      headers: {},
      body: { stream: true },
    },
    timeouts: { total: 300_000, connect: 10_000 },
    load: {
      kind: 'closed',
      concurrency: 10,
      requests: 100,
      chosen: { requests: 100, forMock: false, capped: false },
      warmup: 10,
      rounds: 5,
      seed: 1,
    },
    slos: [],
    gate: { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 },
    abort: { certain: false },
  })
  expect([secrets, warnings]).toEqual([[], ['slo: there is no SLO: this run can decide nothing.']])
  expect(file).toBe(join(valid.pathname, 'url_only.json'))
  const bytes = readFileSync(join(valid.pathname, 'url_only.json'))
  expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
})

test('refuses a name or an id that would break the lines it is printed on', () => {
  const slo = { assert: 'success_rate >= 99%', id: 'a\u001b[31m' }
  const error = fail(() => check({ url: 'http://127.0.0.1', name: 'a\nb', slo: [slo] }))
  expect(error.message).toContain('name: must be one line')
  expect(error.message).toContain('slo: an id must be one line')
})

test('sends no body with GET, nor where the body is null [S1.8]', () => {
  expect(check({ url: 'http://127.0.0.1', method: 'GET' }).target).not.toHaveProperty('body')
  expect(check({ url: 'http://127.0.0.1', body: null }).target).not.toHaveProperty('body')
})

test('loads a whole YAML spec', () => {
  const spec = load('chat.bench.yaml', { API_KEY: 'sk-from-outside' })
  expect(spec.name).toBe('chat')
  expect(spec.target.url).toBe('http://127.0.0.1:8000/v1/chat/completions')
  expect(spec.timeouts).toEqual({ total: 300_000, connect: 10_000, ttft: 30_000, idle: 1500 })
  expect(spec.load).toEqual({
    kind: 'closed',
    concurrency: 10,
    requests: 300,
    warmup: 10,
    rounds: 5,
    seed: 1,
  })
  expect(spec.mock).toEqual({ profile: 'vllm', ttft: '40ms', itl: '5ms' })
  expect(spec.slos.map(({ text, level }) => `${level} ${text}`)).toEqual([
    'error success_rate >= 99%',
    'error ttft p95 <= 800ms',
    'error latency p99 <= 5s',
    'warn chunk_gap p99 <= 60ms',
    'error goodput >= 95%',
  ])
  expect(spec.slos[1]?.position).toMatchObject({ line: 24, column: 5, length: 17 })
  expect(spec.goodput).toEqual([
    { metric: 'ttft', op: '<=', bound: 800 },
    { metric: 'latency', op: '<=', bound: 8000 },
  ])
  expect(spec.secrets).toEqual([
    { value: 'sk-from-outside', label: '${API_KEY}' },
    { value: 'Bearer sk-from-outside', label: '[authorization]' },
  ])
  expect(spec.warnings).toEqual([])
})

test('loads the map form of SLOs, merged keys, a duration, and a stream format of its own', () => {
  const spec = load('map.bench.yaml')
  expect(spec.name).toBe('by metric')
  expect(spec.load).toEqual({
    kind: 'closed',
    concurrency: 4,
    duration: 120_000,
    warmup: 0,
    rounds: 5,
    seed: 1,
  })
  expect(spec.stream).toEqual({ dialect: 'raw', contentType: 'text/plain' })
  expect(spec.gate).toEqual({
    policy: 'release',
    confidence: 0.9,
    failures: 'exclude',
    maxExtraRounds: 0,
  })
  expect(spec.slos.map(({ text }) => text)).toEqual([
    'ttft p50 <= 400ms',
    'ttft p99.9 < 1.5s',
    'ttft mean <= 500ms',
    'latency p50 <= 2s',
    'success_rate >= 99.9%',
    'error_rate <= 1%',
    'requests_per_second >= 20/s',
  ])
})

test('finds a dataset beside the spec, wherever the process runs [S1.21]', () => {
  const directory = mkdtempSync(join(tmpdir(), 'spec-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  writeFileSync(join(directory, 'rows.csv'), 'q\none\n')
  const spec = {
    url: 'http://127.0.0.1',
    data_source: { type: 'csv', file: 'rows.csv' },
    body: '{{q}}',
  }
  writeFileSync(join(directory, 'a.json'), JSON.stringify(spec))
  expect(loadSpec(join(directory, 'a.json'), { env: {} }).dataset?.rows).toEqual([{ q: 'one' }])
  const absolute = { ...spec, data_source: { type: 'csv', file: join(directory, 'rows.csv') } }
  expect(check(absolute).dataset?.rows).toEqual([{ q: 'one' }])
})

test('shows a file relative to cwd, or as it was passed', () => {
  const path = new URL('url-path.yaml', invalid).pathname
  expect(fail(() => loadSpec(path, { env: {} })).file).toBe(path)
  expect(fail(() => loadSpec(path, { env: {}, cwd: invalid.pathname })).file).toBe('url-path.yaml')
})

test('says so when there is no file, or when it is not UTF-8 [S2.3]', () => {
  const missing = fail(() => loadSpec('none.yaml', { env: {}, cwd: valid.pathname }))
  expect(missing.message).toBe('none.yaml: there is no such file.')
  const gbk = new URL('../../fixtures/datasets/gbk.csv', import.meta.url).pathname
  expect(fail(() => loadSpec(gbk, { env: {} })).message).toBe(
    `${gbk}: byte 23 is not utf-8. Save the file as utf-8.`,
  )
})

test('a spec that is a program is left to vitest', () => {
  expect(() => loadSpec('bench/typed.bench.ts', { env: {} })).toThrow(
    'bench/typed.bench.ts: is a program, not YAML or JSON. Run it by vitest: npx vitest bench --run bench/typed.bench.ts',
  )
})

test('an object is checked as a file is, without positions [S1.19] [T14]', () => {
  const error = fail(() =>
    check({ url: 'http://127.0.0.1', concurency: 3, slo: ['ttft p95 <= 1'] }),
  )
  expect(error.message).toBe(
    [
      'concurency: unknown key. Did you mean "concurrency"?',
      'slo[0]: "1" has no unit; ttft takes us, ms, s. Write for example 800ms.',
    ].join('\n'),
  )
  expect(renderIssues(error)).toBe(error.message.replace('\n', '\n\n'))
  expect(check({ url: 'http://127.0.0.1', warmup: undefined }).load.warmup).toBe(10)
})

test('warns of secrets in plain text, not of references to the environment [T18]', () => {
  const url = 'https://ai.example.com/chat?access_token=24.abcdef'
  const headers = { Authorization: 'Bearer sk-live-1', 'X-API-Key': '${KEY}', 'X-Max-Tokens': '64' }
  const spec = checkSpec(
    { url, headers, slo: ['ttft p95 <= 1s'] },
    {
      env: { KEY: 'from-outside' },
      baseDir: '/',
    },
  )
  expect(spec.warnings).toEqual([
    'headers.Authorization: holds a secret in plain text. Write ${AUTHORIZATION} and set it in the environment.',
    'url: holds a secret in plain text. Write ${URL} and set it in the environment.',
  ])
  expect(spec.secrets.map(({ value }) => value).toSorted()).toEqual([
    '24.abcdef',
    'Bearer sk-live-1',
    'from-outside',
    'sk-live-1',
  ])
})

test('secrets that rows bring are known too [T18]', () => {
  const spec = check({
    url: 'http://127.0.0.1/{{topic}}?token={{content}}-x',
    data_source: { type: 'csv', file: '../../datasets/quoted.csv' },
  })
  expect(spec.secrets.map(({ value }) => value)).toEqual([
    encodeURIComponent('say "hi", then\nstop') + '-x',
    'say "hi", then\nstop-x',
    'plain-x',
  ])
})

test('warns of a source that no placeholder uses, and of a concurrency that is never reached', () => {
  const data_source = { type: 'csv', file: '../../datasets/test_data.csv' }
  const slo = ['ttft p95 <= 1s']
  const spec = check({ url: 'http://127.0.0.1', data_source, requests: 4, slo })
  expect(spec.warnings).toEqual([
    'data_source: no {{column}} is used, so every request is the same. Write for example {{content}} in the body.',
    'concurrency: 4 requests never reach a concurrency of 10.',
  ])
})

test('more requests than rows are no reason to warn [S1.26]', () => {
  expect(loadExample('config_csv_example.json').warnings.join()).not.toContain('data_source')
})

test('every key of a valid fixture is known to editors', () => {
  const schema = JSON.parse(
    readFileSync(new URL('../../schema/bench.schema.json', import.meta.url), 'utf8'),
  )
  const keys = Object.keys(JSON.parse(readFileSync(new URL('config.json', examples), 'utf8')))
  expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(keys))
})

test('reads what may end a run early, and what may lengthen it', () => {
  const url = 'http://127.0.0.1/stream'
  const { abort, gate } = check({ url, abort: 'certain', max_error_rate: '2.5%', requests: 10 })
  expect(abort).toEqual({ certain: true, maxErrorRate: 0.025 })
  expect(gate.maxExtraRounds).toBe(0)
  expect(check({ url, gate: { max_extra_rounds: 3 } }).gate.maxExtraRounds).toBe(3)
  expect(check({ url, abort: 'never', duration: '5s' }).abort).toEqual({ certain: false })
})

test.each<[object, string]>([
  [{ abort: 'certain', duration: '5s' }, 'abort: certain needs a number of requests'],
  [{ abort: true }, 'abort: must be'],
  [{ max_error_rate: 0.5 }, 'max_error_rate: must be a percentage between 0% and 100%, got 0.5'],
  [{ max_error_rate: '0%' }, 'max_error_rate: must be'],
  [{ max_error_rate: '100%' }, 'max_error_rate: must be'],
  [{ max_error_rate: '5' }, 'max_error_rate: must be'],
  [{ gate: { max_extra_rounds: -1 } }, 'gate.max_extra_rounds: must be'],
])('refuses %j', (document, message) => {
  const error = fail(() => check({ url: 'http://127.0.0.1/stream', ...document }))
  expect(error.message).toContain(message)
})

test('a value that is too long to be shown is cut when secrets are out of it', () => {
  const KEY = `sk-${'0123456789abcdef'.repeat(20)}`
  const document = { url: 'http://127.0.0.1', timeout: `at ${KEY}`, concurrency: '${KEY}', slo: [] }
  const error = fail(() => checkSpec(document, { env: { KEY }, baseDir: '/' }))
  expect(error.message).toContain('got "at ${KEY}"')
  expect(error.message).toContain('got "${KEY}"')
  expect(error.message).not.toContain('sk-0')
})

test('of thousands of unknown keys some are shown, and nothing else is looked for', () => {
  const keys = Array.from({ length: 5000 }, (_, index) => [`k${index}`, 1])
  const document = { url: 'http://127.0.0.1/stream', slo: ['tfft'], ...Object.fromEntries(keys) }
  const error = fail(() => check(document))
  expect(error.issues).toHaveLength(51)
  expect(error.message).toContain('k0: unknown key.')
  expect(error.message).toMatch(/\nand 4950 more\. Mend these first\.$/)
})
