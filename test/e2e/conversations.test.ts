import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { expect, onTestFinished, test } from 'vitest'

import { type MockHandle, startMock, type TruthRecord } from '../../src/mock/index.ts'
import type { Results } from '../../src/results/results.ts'
import { createProject, repository } from './_project.ts'

const data = join(repository, 'fixtures/datasets')

/** In a process of its own, which does not wait for this one. */
async function start(options: object): Promise<MockHandle> {
  const mock = await startMock({ profile: 'vllm', ttft: '2ms', itl: '0.5ms', ...options })
  onTestFinished(() => mock.stop())
  return mock
}

function spec(file: string, ...lines: string[]): string {
  return [
    'url: /v1/chat/completions',
    'body: { messages: "{{messages}}", max_tokens: 8, stream: true, stream_options: { include_usage: true } }',
    `data_source: { type: conversations, file: ${join(data, file)} }`,
    ...lines,
    '',
  ].join('\n')
}

function mean(records: readonly TruthRecord[], count: (record: TruthRecord) => number): number {
  return records.reduce((sum, record) => sum + count(record), 0) / records.length
}

/** Each record whose prompt does not begin with the whole of an earlier one and the answer to that. */
function findStrangers(truth: readonly TruthRecord[]): TruthRecord[] {
  const told = new Set(truth.map(({ said, text }) => [...said, text].join(' ')))
  return truth.filter(({ said }) => said.length > 0 && !told.has(said.join(' ')))
}

test('50 conversations of 4 turns: each prompt has the answers before in it, and each turn its SLO in every report', async () => {
  const mock = await start({ ttft: '40ms', itl: '4ms', prefix_cache: { block_tokens: 4 } })
  const project = createProject({
    'talks.bench.yaml': spec(
      'conversations.jsonl',
      'sessions: 50',
      'concurrency: 8',
      'slo:',
      '  - ttft p90 {turn=1} <= 5s',
      '  - ttft p90 {turn=2..} <= 5s',
      '  - requests_per_second {turn=4} >= 1000000/s',
    ),
  })
  const run = await project.slogate([
    'run',
    '-c',
    'talks.bench.yaml',
    '--url',
    mock.url,
    '--out',
    'out',
    '--processes',
    '2',
  ])
  expect(run.text).toContain('1 of 3 SLOs of level error missed')
  expect(run.code).toBe(1)

  const truth = await mock.truth()
  const turns = [0, 1, 2, 3].map((turn) => truth.filter(({ said }) => said.length === turn))
  // Eight of the first turns were the warm-up.
  expect(turns.map(({ length }) => length)).toEqual([58, 50, 50, 50])
  expect(findStrangers(truth)).toEqual([])
  const cached = turns.map((records) => mean(records, ({ tokens }) => tokens.cached))
  expect(cached.toSorted((a, b) => a - b)).toEqual(cached)
  expect(cached[3]).toBeGreaterThan(cached[1] ?? 0)

  expect(run.stdout).toMatch(/✗ requests_per_second \{turn=4\}.* 50 /)
  expect(run.stdout).toMatch(/[✓?] ttft p90 \{turn=1\} <= 5s .* 50 /)
  expect(run.stdout).toMatch(/[✓?] ttft p90 \{turn=2\.\.\} <= 5s .* 150 /)
  expect(run.stdout).toContain('n=200  50 conversations')
  const junit = project.read('out/talks/junit.xml')
  expect(junit).toContain('<property name="sessions_completed" value="50"/>')
  expect(junit).toMatch(/line="9"[^>]*name="[^"]*requests_per_second \{turn=4\}/)
  expect(project.read('out/talks/summary.md')).toContain('turn=4')
  expect(project.read('out/talks/report.html')).toContain('turn=4')
  const results = JSON.parse(project.read('out/talks/results.json')) as Results
  expect(results.summary.sessions).toEqual({
    asked: 50,
    completed: 50,
    broken: 0,
    unfinished: 0,
    turns_not_sent: 0,
    not_sent: [],
    results_not_needed: 0,
  })
  const lines = gunzipSync(readFileSync(join(project.folder, 'out/talks/requests.ndjson.gz')))
    .toString()
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as { phase: string; number: number; session: number; turn: number },
    )
  const measured = lines.filter(({ phase }) => phase === 'measured')
  expect(measured.every(({ number, session, turn }) => number === 4 * (session - 1) + turn)).toBe(
    true,
  )
})

test('a turn that failed ends its conversation, and the turns that were not sent are told everywhere', async () => {
  const mock = await startMock({
    faults: [{ kind: 'http-error', status: 500, when: { every: 5 } }],
  })
  const project = createProject({
    'broken.bench.yaml': spec(
      'conversations.jsonl',
      'sessions: 12',
      'concurrency: 2',
      'warmup: 0',
      'slo: [success_rate >= 10%]',
    ),
  })
  const run = await project.slogate([
    'run',
    '-c',
    'broken.bench.yaml',
    '--url',
    mock.url,
    '--out',
    'out',
  ])
  const { summary } = JSON.parse(project.read('out/broken/results.json')) as Results
  const { sessions, requests } = summary
  if (sessions === null) throw new Error('there are conversations')
  expect(sessions.completed + sessions.broken).toBe(12)
  expect(sessions.broken).toBe(requests.failed)
  expect(requests.total + sessions.turns_not_sent).toBe(48)
  expect(run.text).toContain(`${sessions.broken} of 12 conversations broke off`)
  expect(project.read('out/broken/junit.xml')).toContain(
    `<property name="turns_not_sent" value="${sessions.turns_not_sent}"/>`,
  )
})

test('what a tool gives is sent for the calls of an answer, and the next turn has all of it', async () => {
  const mock = await start({ tool_calls: { count: 2, after: 0 } })
  const project = createProject({
    'tools.bench.yaml': spec(
      'conversations.jsonl',
      'sessions: 4',
      'concurrency: 2',
      'warmup: 0',
      'rounds: 2',
      'conversation: { tool_result: "{\\"sky\\": \\"clear\\"}", think_time: 1ms }',
      'slo: [{ assert: "success_rate {step=1} >= 50%" }]',
    ),
  })
  const run = await project.slogate([
    'run',
    '-c',
    'tools.bench.yaml',
    '--url',
    mock.url,
    '--out',
    'out',
    '--debug-events',
    '3',
  ])
  expect(run.code).toBe(0)
  const { summary } = JSON.parse(project.read('out/tools/results.json')) as Results
  expect(summary.requests).toMatchObject({ total: 32, completed: 32 })
  expect(summary.sessions).toMatchObject({ completed: 4, results_not_needed: 0 })
  const truth = await mock.truth()
  // Calls first, words behind the results.
  expect(truth.filter(({ tokens }) => tokens.completion > 0)).toHaveLength(32)
  expect(Math.max(...truth.map(({ said }) => said.length))).toBe(7)
  expect(findStrangers(truth)).toEqual([])
})

test.each([
  [
    'anthropic',
    '/v1/messages',
    '{ system: "{{system}}", messages: "{{messages}}", max_tokens: 8, stream: true }',
  ],
  [
    'gemini',
    '/v1beta/models/m:streamGenerateContent?alt=sse',
    '{ contents: "{{contents}}", systemInstruction: { parts: [{ text: "{{system}}" }] }, generationConfig: { maxOutputTokens: 8 } }',
  ],
  ['ollama', '/api/chat', '{ model: m, messages: "{{messages}}", options: { num_predict: 8 } }'],
])('%s takes conversations in its own words', async (format, url, body) => {
  const mock = await start({})
  const row = { system: 'Be brief.', turns: ['a', 'b', 'c'].map((user) => ({ user })) }
  const project = createProject({
    'talks.jsonl': JSON.stringify(row),
    'talks.bench.yaml': [
      `url: ${url}`,
      `body: ${body}`,
      `stream_format: ${format}`,
      'data_source: { type: conversations, file: talks.jsonl }',
      'sessions: 4',
      'concurrency: 2',
      'warmup: 0',
      'slo: [success_rate >= 50%]',
      '',
    ].join('\n'),
  })
  const run = await project.slogate(['run', '-c', 'talks.bench.yaml', '--url', mock.url])
  expect(run.text).toContain('4 conversations')
  const truth = await mock.truth()
  const told = [0, 1, 2].map((turn) => truth.filter(({ said }) => said.length === turn).length)
  expect(told).toEqual([4, 4, 4])
  expect(findStrangers(truth)).toEqual([])
})
