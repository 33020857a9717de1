import { expect, test } from 'vitest'

import { SpecError } from '../../src/bench-spec/issue.ts'
import { checkSpec } from '../../src/bench-spec/loading.ts'
import { planRun } from '../../src/bench-spec/run-plan.ts'
import type { BenchSpec, OpenLoad } from '../../src/bench-spec/spec.ts'

const fixtures = new URL('../../fixtures/datasets/', import.meta.url).pathname

const source = { type: 'trace', file: 'trace-mooncake.jsonl' }

const base = {
  url: '/v1/chat/completions',
  mock: true,
  body: {
    messages: [{ role: 'user', content: '{{prompt}}' }],
    max_tokens: '{{output_tokens}}',
    stream: true,
  },
  data_source: source,
  slo: ['scheduled_ttft p95 <= 1s'],
}

function check(document: object, overrides: object = {}): BenchSpec {
  return checkSpec({ ...base, ...document }, { env: {}, baseDir: fixtures, overrides })
}

function readLoad(document: object = {}): OpenLoad {
  const { load } = check(document)
  if (load.kind !== 'open') throw new Error('expected an open loop')
  return load
}

function refuse(document: object, overrides?: object): string[] {
  try {
    check(document, overrides)
  } catch (error) {
    if (error instanceof SpecError) return error.message.split('\n')
    throw error
  }
  return []
}

test('a trace is an open loop of its own requests, in rounds and without a warm-up', () => {
  const load = readLoad()
  expect(load).toMatchObject({
    kind: 'open',
    arrival: { kind: 'trace', format: 'mooncake', speed: 1 },
    maxConcurrency: 1024,
    requests: 500,
    warmup: 0,
    rounds: 5,
  })
  expect(load.duration).toBeUndefined()
  const { arrival } = load
  const last = arrival.kind === 'trace' ? (arrival.instants.at(-1) ?? 0) : 0
  expect(load.rate).toBeCloseTo((1000 * 499) / last)
  expect(readLoad({ data_source: { ...source, speed: '2x' } }).rate).toBeCloseTo(2 * load.rate)
  expect(check({}).warnings).toEqual([])
})

test('a limit of requests in flight, rounds, a warm-up and processes are as the spec says', () => {
  const load = { processes: 2 }
  expect(readLoad({ max_concurrency: 9, rounds: 2, warmup: 3, load })).toMatchObject({
    maxConcurrency: 9,
    rounds: 2,
    warmup: 3,
    processes: 2,
  })
})

test('requests that come all at once are a load too', () => {
  const alone = { ...source, limit: 1 }
  expect(readLoad({ data_source: alone })).toMatchObject({ rate: 1, requests: 1, rounds: 1 })
})

test.each([
  ['rate', '5/s', 'data_source: { speed: 2x } sends it faster.'],
  ['arrival', 'constant', 'its requests come as they came.'],
  ['concurrency', 4, 'max_concurrency bounds how many are in flight.'],
  [
    'stages',
    [{ duration: '1s', rate: '2/s' }],
    'data_source: { window: { from: 60s, to: 120s } } replays a part of it.',
  ],
  ['requests', 5, 'data_source: { limit: 300 } replays its first ones.'],
  ['total_requests', 5, 'data_source: { limit: 300 } replays its first ones.'],
  ['duration', '5s', 'data_source: { window: { to: 60s } } replays its first part.'],
])('%s beside a trace is one error, which says what to write instead', (key, value, advice) => {
  expect(refuse({ [key]: value })).toEqual([
    `${key}: cannot be had together with a trace, which says when what is sent. Remove it: ${advice}`,
  ])
})

test('what a flag asks for is refused by its name', () => {
  expect(refuse({}, { requests: 20 })).toEqual([
    '--requests: cannot be had together with a trace, which says when what is sent. Remove it: data_source: { limit: 300 } replays its first ones.',
  ])
})

test('what is for rows is not for a trace', () => {
  expect(refuse({ data_source: { ...source, shuffle: true } })).toEqual([
    'data_source.shuffle: goes with type csv or jsonl or conversations or synthetic, not with trace. Remove it.',
  ])
  expect(refuse({ data_source: { ...source, column: 'prompt', encoding: 'gbk' } })).toEqual([
    'data_source.column: goes with type csv or jsonl, not with trace. Remove it.',
    'data_source.encoding: goes with type csv or jsonl or conversations, not with trace. Remove it.',
  ])
})

test('what is for a trace is not for rows', () => {
  const rows = { type: 'csv', file: 'topics.csv', speed: '2x', limit: 3 }
  const body = { prompt: '{{topic}}' }
  expect(refuse({ body, data_source: rows, slo: ['ttft p95 <= 1s'] })).toEqual([
    'data_source.speed: goes with type trace, not with csv. Remove it.',
    'data_source.limit: goes with type trace, not with csv. Remove it.',
  ])
})

test('a trace does not alternate with a baseline, and has no extra rounds', () => {
  const baseline = { mock: { ttft: '9ms' } }
  expect(refuse({ baseline })[0]).toBe(
    'data_source.type: cannot be replayed with a baseline whose rounds alternate, each of which waits for the one before. Compare with the results of an earlier run (baseline: { file: … }).',
  )
  expect(refuse({ gate: { max_extra_rounds: 2 } })).toEqual([
    'gate.max_extra_rounds: are not possible with a trace, which has its end. Replay more of it.',
  ])
})

test('a speed that no client and no timer keeps up with is refused', () => {
  expect(refuse({ data_source: { ...source, speed: 10_000 } })[0]).toMatch(
    /^data_source\.speed: makes \d+ requests per second on average, and at most 100000 are sent\. Lower it\.$/,
  )
  expect(refuse({ data_source: { ...source, speed: '0.000001x' } })[0]).toMatch(
    /^data_source\.speed: makes a run of \d+ days, and at most 24 are possible\. Raise it, or choose a window\.$/,
  )
  expect(refuse({ data_source: { ...source, speed: 'fast' } })).toHaveLength(1)
})

test('a file that cannot be replayed is the only thing that is said', () => {
  expect(
    refuse({ data_source: { type: 'trace', file: 'topics.csv' }, max_concurrency: 4 }),
  ).toEqual([
    expect.stringMatching(/^data_source\.file: topics\.csv:1: is no trace of a known shape: /),
  ])
})

test('a prompt of a trace stands in the body, and what a spec leaves out of it is pointed out', () => {
  expect(refuse({ url: '/v1/{{prompt}}' })).toEqual([
    'url: {{prompt}} of a trace is a long text, for the body alone. Write it there.',
  ])
  const body = { messages: [{ role: 'user', content: 'hi' }], stream: true }
  expect(check({ body }).warnings).toEqual([
    'data_source: no {{column}} is used, so every request is the same. Write for example {{prompt}} in the body.',
    'data_source: {{prompt}} is not used, so that the prompts are not those of the trace. Write for example {{prompt}} in a message of the body.',
    'data_source: {{output_tokens}} is not used, so that the lengths of answers are not those of the trace. Write for example max_tokens: "{{output_tokens}}" in the body.',
  ])
})

test('the plan counts the tokens of the trace', () => {
  const { trace } = check({}).dataset ?? {}
  const [target] = planRun(check({})).targets
  const sum = trace?.prompts.reduce((total, { tokens }) => total + tokens, 0) ?? 0
  expect(target?.promptTokens).toBeCloseTo(sum / 500, 0)
})

test('the other columns of a trace are tags', () => {
  const data_source = { type: 'trace', file: 'trace-burstgpt.csv' }
  const slo = [
    'ttft p95 {Log Type=API log} <= 1s',
    'ttft p95 {Model=ChatGPT, input_tokens=..900} <= 1s',
  ]
  expect(check({ data_source, slo }).slos).toHaveLength(2)
  expect(refuse({ data_source, slo: ['ttft p95 {Model=Claude} <= 1s'] })[0]).toContain(
    'no row of trace-burstgpt.csv has Model=Claude. There are ChatGPT, GPT-4.',
  )
})
