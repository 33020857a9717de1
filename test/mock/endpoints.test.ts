import { readFileSync } from 'node:fs'

import { afterEach, expect, test } from 'vitest'

import { dialectPaths, findDialect } from '../../src/mock/dialect/dialect-paths.ts'
import { monotonicClock } from '../../src/mock/latency/monotonic-clock.ts'
import { createTruth, type TruthRecord } from '../../src/mock/metrics/truth.ts'
import type { MockOptions } from '../../src/mock/options/mock-options.ts'
import { createControl } from '../../src/mock/serving/control.ts'
import { startServer } from '../../src/mock/serving/server.ts'
import { chat, readPayloads, send, until } from './client.ts'
import { parseExposition } from './exposition.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

async function start(options: MockOptions = {}): Promise<string> {
  const server = await startServer(options)
  stops.push(() => server.close())
  return server.url
}

async function read(url: string): Promise<any> {
  return JSON.parse((await send(url)).text)
}

async function scrape(url: string, labels = ''): Promise<(series: string) => number | undefined> {
  const families = parseExposition((await send(url)).text)
  const series = new Map([...families.values()].flatMap((family) => [...family.series]))
  return (name) => series.get(`${name}${labels}`)
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

const completions = '/v1/chat/completions'
const streamed = { ...chat, stream: true }
const quick: MockOptions = { ttft: 4, itl: 1, tokens: 3 }
const vllmLabels = '{model_name="mock-model",engine="0"}'

/** Holds requests until `leave`; answers when so many run and wait. */
async function hold(url: string, held: { running: number; waiting: number }) {
  const leaving = new AbortController()
  const all = Array.from({ length: held.running + held.waiting }, () =>
    send(`${url}${completions}`, { body: streamed, signal: leaving.signal }),
  )
  const gone = Promise.allSettled(all)
  const reached = (running: number, waiting: number): Promise<any> =>
    until(
      () => read(`${url}/__mock/stats`),
      (stats) => stats.running === running && stats.waiting === waiting,
    )
  await reached(held.running, held.waiting)
  return async (): Promise<void> => {
    leaving.abort()
    await gone
    await reached(0, 0)
  }
}

test('counts a real load as the truth does, streamed, whole and failed [S4.10–S4.15]', async () => {
  const url = await start(quick)
  const bodies = [streamed, chat, {}, streamed, chat, streamed, {}, chat]
  await Promise.all(bodies.map((body) => send(`${url}${completions}`, { body })))
  await send(`${url}/nowhere`)
  const truth: TruthRecord[] = await read(`${url}/__mock/truth`)
  const metrics = await read(`${url}/api/v1/metrics`)

  const ok = truth.filter(({ outcome }) => outcome === 'ok')
  const latencies = ok.map(({ end_ms, recv_ms }) => (end_ms! - recv_ms) / 1000)
  expect(ok).toHaveLength(6)
  expect(metrics.requests).toMatchObject({
    running: 0,
    waiting: 0,
    total: 8,
    successful: 6,
    failed: 2,
    success_rate_percent: 75,
  })
  expect(metrics.requests.peak_concurrent).toBeLessThanOrEqual(3)
  expect(metrics.errors).toEqual({ total: 2, by_type: { '1 validation error': 2 } })
  expect(metrics.tokens).toEqual({
    total_input: sum(ok.map(({ tokens }) => tokens.prompt)),
    total_output: 18,
    avg_per_request: 3,
  })
  expect(metrics.latency.max).toBe(Number(Math.max(...latencies).toFixed(4)))
  expect(metrics.latency.mean).toBe(Number((sum(latencies) / 6).toFixed(4)))
  expect(metrics.slo.throughput.total).toBe(Number((18 / sum(latencies)).toFixed(2)))
  expect(sum(Object.values(metrics.latency_histogram))).toBe(6)
  expect(metrics.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/)
  expect(metrics.uptime.seconds).toBeGreaterThanOrEqual(0)

  const series = await scrape(`${url}/metrics/prometheus`)
  expect(series('vllm_total_requests')).toBe(8)
  expect(series('vllm_ttft_p95')).toBe(metrics.slo.ttft.p95)
  expect(series('vllm_decoding_throughput_mean')).toBe(metrics.slo.throughput.decoding_mean)
  expect(await read(`${url}/metrics`)).toMatchObject({ total_requests: 8, slo: metrics.slo })
})

test('tells what runs and what waits while requests are held [S4.7, S4.10, S4.18]', async () => {
  const url = await start({ ttft: '10m' })
  const leave = await hold(url, { running: 3, waiting: 10 })
  await send(`${url}${completions}`, { body: streamed })
  const posted = await send(`${url}/api/v1/metrics`, { method: 'POST' })
  expect(JSON.parse(posted.text)).toMatchObject({
    status: 'critical',
    requests: { running: 3, waiting: 10, peak_concurrent: 3, total: 1, failed: 1 },
    errors: { by_type: { '服务繁忙，请稍后重试': 1 } },
    alerts: [
      { level: 'warning', metric: 'requests.waiting', value: 10, threshold: 5 },
      { level: 'critical', metric: 'requests.error_rate_percent', value: 100, threshold: 10 },
    ],
    alerts_count: 2,
  })
  expect(await read(`${url}/stats`)).toMatchObject({
    statistics: { queue_full_count: 1, current_queue_size: 10, peak_queue_size: 10 },
    available_slots: 0,
  })
  const series = await scrape(`${url}/metrics/prometheus`)
  expect(series('vllm_num_running_requests')).toBe(3)
  expect(series('vllm_num_waiting_requests')).toBe(10)
  await leave()
  expect(await read(`${url}/api/v1/metrics`)).toMatchObject({
    requests: { running: 0, waiting: 0, total: 14, failed: 14 },
    errors: { by_type: { '服务繁忙，请稍后重试': 1, client_aborted: 13 } },
  })
})

test('names errors by their words, whatever part of the server they come from [S4.17, S4.22]', async () => {
  const words = 'CUDA out of memory...'
  const url = await start({
    ...quick,
    faults: [
      { kind: 'http-error', message: words, when: { nth: [1] } },
      { kind: 'in-band-error', message: `RuntimeError: ${words}`, when: { nth: [2] } },
      { kind: 'http-error', body: 'html', when: { nth: [3] } },
    ],
  })
  const replies = []
  for (const body of [streamed, streamed, streamed, chat]) {
    replies.push(await send(`${url}${completions}`, { body }))
  }
  expect(replies[0]).toMatchObject({ status: 500, text: JSON.stringify({ error: words }) })
  const { errors } = await read(`${url}/api/v1/metrics`)
  expect(errors).toEqual({
    total: 3,
    by_type: { [words]: 1, RuntimeError: 1, 'fault:http-error': 1 },
  })
  const truth: TruthRecord[] = await read(`${url}/__mock/truth`)
  expect(truth.map(({ error }) => error)).toEqual([words, `RuntimeError: ${words}`, null, null])
})

test.each<[accept: string | undefined, query: string, text: boolean]>([
  [undefined, '', false],
  ['*/*', '', false],
  ['application/json', '', false],
  ['application/json, text/plain, */*', '', false],
  ['text/plain;q=0, application/json;q=0.1', '', false],
  ['text/html', '', false],
  ['text/plain;q=0', '', false],
  ['text/plain', '', true],
  ['text/plain;version=0.0.4;q=0.5,*/*;q=0.1', '', true],
  ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.3,*/*;q=0.1', '', true],
  ['application/json;q=0.2, text/plain;q=0.9', '', true],
  ['application/json', '?format=prometheus', true],
  [undefined, '?format=json', false],
])(
  'answers /metrics with Accept %s and query %j as text: %s [S4.19]',
  async (accept, query, text) => {
    const url = await start()
    const headers: Record<string, string> = accept === undefined ? {} : { accept }
    const reply = await send(`${url}/metrics${query}`, { headers })
    expect(reply.headers['content-type']).toBe(
      text ? 'text/plain; version=0.0.4; charset=utf-8' : 'application/json',
    )
    if (text) expect(parseExposition(reply.text).has('vllm_total_requests')).toBe(true)
    else expect(JSON.parse(reply.text)).toMatchObject({ total_requests: 0 })
  },
)

test('scrapes as vLLM: counters equal the truth after a real load', async () => {
  const url = await start({ profile: 'vllm', ttft: 12, itl: 2, tokens: { min: 1, max: 6 } })
  const limits = [1, 2, 3, 4, 5, 6]
  const replies = await Promise.all(
    [...limits, ...limits].map((max_tokens, index) =>
      send(`${url}${completions}`, {
        body: { ...streamed, max_tokens },
        headers: { 'x-mock-key': `fixed-${index}` },
      }),
    ),
  )
  const whole = await send(`${url}/v1/completions`, { body: { prompt: 'hi', max_tokens: 4 } })
  const truth: TruthRecord[] = await read(`${url}/__mock/truth`)
  const { headers } = await send(`${url}/metrics`)
  const series = await scrape(`${url}/metrics`, vllmLabels)

  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(series('vllm:prompt_tokens_total')).toBe(sum(truth.map(({ tokens }) => tokens.prompt)))
  const generated = sum(truth.map(({ tokens }) => tokens.completion))
  expect(series('vllm:generation_tokens_total')).toBe(generated)
  expect(series('vllm:time_to_first_token_seconds_count')).toBe(13)
  expect(series('vllm:inter_token_latency_seconds_count')).toBe(generated - 13)
  expect(series('vllm:e2e_request_latency_seconds_count')).toBe(13)
  expect(series('vllm:request_queue_time_seconds_count')).toBe(13)
  expect(series('vllm:e2e_request_latency_seconds_sum')).toBeCloseTo(
    sum(truth.map(({ end_ms, recv_ms }) => (end_ms! - recv_ms) / 1000)),
    9,
  )
  expect(series('vllm:request_queue_time_seconds_sum')).toBeCloseTo(
    sum(truth.map(({ admitted_ms, body_ms }) => (admitted_ms! - body_ms!) / 1000)),
    9,
  )

  const bucketed = await scrape(`${url}/metrics`)
  const upTo = (bound: string): number | undefined =>
    bucketed(
      `vllm:time_to_first_token_seconds_bucket{model_name="mock-model",engine="0",le="${bound}"}`,
    )
  expect([upTo('0.01'), upTo('2560.0'), upTo('+Inf')]).toEqual([0, 13, 13])

  const reasons = [
    ...replies.map(({ text }) => readPayloads(text).at(-1).choices[0].finish_reason),
    JSON.parse(whole.text).choices[0].finish_reason,
  ]
  const seen = (reason: string): number => reasons.filter((other) => other === reason).length
  expect(new Set(reasons)).toEqual(new Set(['stop', 'length']))
  const told = (reason: string): number | undefined =>
    bucketed(
      `vllm:request_success_total{model_name="mock-model",engine="0",finished_reason="${reason}"}`,
    )
  expect([told('stop'), told('length'), told('abort')]).toEqual([seen('stop'), seen('length'), 0])
})

test('tells prefill, decoding, the prefix cache and steps as vLLM does, and they add up', async () => {
  const url = await start({
    profile: 'vllm',
    latency: { tier: 'step', base: 2, batch_tokens: 32 },
    queue: { running: 4 },
    prefix_cache: { block_tokens: 4 },
  })
  const lengths = [10, 50, 50, 90, 10, 200]
  await Promise.all(
    lengths.map((length, index) => {
      const body = { prompt: 'x'.repeat(4 * length), stream: true, max_tokens: 3 + index }
      return send(`${url}/v1/completions`, { body })
    }),
  )
  const truth: TruthRecord[] = await read(`${url}/__mock/truth`)
  const series = await scrape(`${url}/metrics`, vllmLabels)
  const total = (name: string): number => series(`vllm:${name}_sum`)!
  const cached = sum(truth.map(({ tokens }) => tokens.cached))
  expect(cached).toBeGreaterThan(0)
  expect(total('request_prompt_tokens')).toBe(sum(lengths))
  expect(series('vllm:prefix_cache_queries_total')).toBe(sum(lengths))
  expect(series('vllm:prefix_cache_hits_total')).toBe(cached)
  expect(total('request_prefill_kv_computed_tokens')).toBe(sum(lengths) - cached)
  expect(total('request_generation_tokens')).toBe(3 + 4 + 5 + 6 + 7 + 8)
  // A step that finishes a prompt yields its first token.
  expect(total('iteration_tokens_total')).toBe(sum(lengths) - cached + 2 + 3 + 4 + 5 + 6 + 7)
  expect(series('vllm:num_preemptions_total')).toBe(0)

  const spent = total('request_prefill_time_seconds') + total('request_decode_time_seconds')
  expect(total('request_inference_time_seconds')).toBeCloseTo(spent, 9)
  const onWire = truth.map(({ last_content_ms, admitted_ms }) => last_content_ms! - admitted_ms!)
  expect(spent).toBeCloseTo(sum(onWire) / 1000, 9)
  const bucketed = await scrape(`${url}/metrics`)
  const upTo = (bound: string): number | undefined =>
    bucketed(`vllm:request_prompt_tokens_bucket{model_name="mock-model",engine="0",le="${bound}"}`)
  expect([upTo('5.0'), upTo('10.0'), upTo('50.0'), upTo('100.0'), upTo('20000.0')]).toEqual([
    0, 2, 4, 5, 6,
  ])
})

test('counts each choice of an answer as vLLM does: a request of its own with the whole prompt', async () => {
  const url = await start({ profile: 'vllm', ttft: 4, itl: 2 })
  await send(`${url}${completions}`, { body: { ...streamed, n: 3, max_tokens: 4 } })
  await send(`${url}/v1/completions`, {
    body: { prompt: ['x'.repeat(8), 'x'.repeat(40)], n: 2, stream: true, max_tokens: 4 },
  })
  const [chatted, completed]: TruthRecord[] = await read(`${url}/__mock/truth`)
  const own = chatted!.tokens.prompt
  expect(chatted!.choice_prompts).toEqual([own, own, own])
  expect(completed!.choice_prompts).toEqual([2, 2, 10, 10])
  expect(completed!.tokens).toMatchObject({ prompt: 12, completion: 16 })

  const series = await scrape(`${url}/metrics`, vllmLabels)
  const finished = await scrape(`${url}/metrics`)
  const label = '{model_name="mock-model",engine="0",finished_reason="length"}'
  expect(finished(`vllm:request_success_total${label}`)).toBe(7)
  expect(series('vllm:prompt_tokens_total')).toBe(3 * own + 24)
  expect(series('vllm:generation_tokens_total')).toBe(28)
  for (const name of ['time_to_first_token', 'e2e_request_latency', 'request_queue_time']) {
    expect(series(`vllm:${name}_seconds_count`)).toBe(7)
  }
  // Three gaps of at least 2 ms each, and none between choices.
  expect(series('vllm:inter_token_latency_seconds_count')).toBe(21)
  const spans = [chatted!, completed!].map(
    ({ before_first_content_ms: first, last_content_ms: last }) => last! - first!,
  )
  expect(series('vllm:inter_token_latency_seconds_sum')).toBeCloseTo(
    (3 * spans[0]! + 4 * spans[1]!) / 1000,
    9,
  )
})

test('tells of the tokens of a tool call that is held back when they were generated', async () => {
  const held = { tool_calls: { hold: true } }
  const url = await start({ profile: 'vllm', ttft: 10, itl: 5, tokens: 9, ...held })
  const { text } = await send(`${url}${completions}`, { body: streamed })
  const calls = readPayloads(text).flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])
  expect(calls).toHaveLength(1)
  expect(JSON.parse(calls[0].function.arguments)).toHaveProperty('city')
  const [record]: TruthRecord[] = await read(`${url}/__mock/truth`)
  expect(record).toMatchObject({ tokens: { completion: 9 }, plan: { ttft_ms: 10 } })
  const { content_ms: sends, admitted_ms: admitted, recv_ms: received } = record!
  expect(sends).toHaveLength(1)
  expect(sends[0]! - admitted!).toBeGreaterThanOrEqual(50)
  const series = await scrape(`${url}/metrics`, vllmLabels)
  expect(series('vllm:time_to_first_token_seconds_sum')).toBeCloseTo(
    (admitted! - received + 10) / 1000,
    9,
  )
  expect(series('vllm:inter_token_latency_seconds_count')).toBe(8)
  expect(series('vllm:request_decode_time_seconds_sum')).toBeCloseTo(0.04, 9)
})

test('tells of no steps where there are none', async () => {
  const url = await start({ ...quick, profile: 'vllm' })
  await send(`${url}${completions}`, { body: streamed })
  const series = await scrape(`${url}/metrics`, vllmLabels)
  expect(series('vllm:iteration_tokens_total_count')).toBeUndefined()
  expect(series('vllm:prefix_cache_hits_total')).toBe(0)
})

test('scrapes as vLLM while requests are held, after they left, and after a reset', async () => {
  const url = await start({
    profile: 'vllm',
    ttft: '10m',
    queue: { running: 2, waiting: 5 },
    models: ['m"1'],
  })
  const labels = '{model_name="m\\"1",engine="0"}'
  const leave = await hold(url, { running: 2, waiting: 3 })
  const held = await scrape(`${url}/metrics`, labels)
  expect(held('vllm:num_requests_running')).toBe(2)
  expect(held('vllm:num_requests_waiting')).toBe(3)
  expect(await read(`${url}/load`)).toEqual({ server_load: 5 })
  await leave()
  const aborted =
    'vllm:request_success_total{model_name="m\\"1",engine="0",finished_reason="abort"}'
  expect((await scrape(`${url}/metrics`))(aborted)).toBe(5)
  expect(await read(`${url}/load`)).toEqual({ server_load: 0 })
  await send(`${url}/__mock/reset`, { method: 'POST' })
  expect((await scrape(`${url}/metrics`))(aborted)).toBe(0)
})

test('cuts a prompt into the tokens that usage counts, and puts them together again', async () => {
  const url = await start({ ...quick, profile: 'vllm' })
  const prompt = '请分类：苹果发布新款iPhone\n类别：'
  const completion = await send(`${url}/v1/completions`, { body: { prompt } })
  const cut = JSON.parse((await send(`${url}/tokenize`, { body: { prompt } })).text)
  expect(cut).toEqual({
    count: JSON.parse(completion.text).usage.prompt_tokens,
    max_model_len: 32_768,
    tokens: expect.any(Array),
    token_strs: null,
  })
  expect(cut.tokens).toHaveLength(cut.count)
  const whole = await send(`${url}/detokenize`, { body: { tokens: cut.tokens } })
  expect(JSON.parse(whole.text)).toEqual({ prompt })
  const named = await send(`${url}/tokenize`, { body: { prompt, return_token_strs: true } })
  expect(JSON.parse(named.text).token_strs.join('')).toBe(prompt)
})

test.each([
  ['/tokenize', '{', 'body'],
  ['/tokenize', { messages: [] }, 'body.prompt'],
  ['/detokenize', {}, 'body.tokens'],
  ['/detokenize', { tokens: [97, -1] }, 'body.tokens'],
  ['/detokenize', { tokens: ['a'] }, 'body.tokens'],
])('refuses what %s cannot read: %j', async (path, body, param) => {
  const url = await start({ profile: 'vllm' })
  const reply = await send(`${url}${path}`, { body })
  expect(reply.status).toBe(400)
  expect(JSON.parse(reply.text).error).toMatchObject({ type: 'Bad Request', param, code: 400 })
})

test('refuses a body of more than 8 MB', async () => {
  const url = await start({ profile: 'vllm' })
  const body = JSON.stringify({ prompt: 'x'.repeat(8 * 1024 * 1024) })
  expect(await send(`${url}/tokenize`, { body })).toMatchObject({ status: 413 })
})

test('pings as it is healthy and names no version of vLLM', async () => {
  const url = await start({ profile: 'vllm' })
  expect(await send(`${url}/ping`)).toMatchObject({ status: 200, text: '' })
  expect(await send(`${url}/ping`, { method: 'POST' })).toMatchObject({ status: 200, text: '' })
  expect(await read(`${url}/version`)).toEqual({ version: '0.0.0+mock' })
  const starting = await start({ profile: 'vllm', start_delay: '10m' })
  expect((await send(`${starting}/ping`)).status).toBe(503)
})

const qwenPaths = ['/stats', '/api/v1/metrics', '/metrics/prometheus']
const vllmPaths = ['/ping', '/version', '/load', '/tokenize', '/detokenize']

function statuses(url: string, paths: string[]): Promise<number[]> {
  return Promise.all(paths.map(async (path) => (await send(`${url}${path}`)).status))
}

test('has the paths of its profile alone [S4.1]', async () => {
  const qwen = await start()
  const vllm = await start({ profile: 'vllm' })
  expect(await statuses(qwen, [...qwenPaths, '/metrics'])).toEqual([200, 200, 200, 200])
  expect(await statuses(qwen, vllmPaths)).toEqual([404, 404, 404, 404, 404])
  expect(await statuses(vllm, vllmPaths)).toEqual([200, 200, 200, 405, 405])
  expect(await statuses(vllm, qwenPaths)).toEqual([404, 404, 404])
})

test.each<[MockOptions['profile'], string, string, string]>([
  ['qwen-vllm', '/stats', 'POST', 'GET'],
  ['qwen-vllm', '/api/v1/metrics', 'PUT', 'GET, POST'],
  ['qwen-vllm', '/metrics', 'POST', 'GET'],
  ['qwen-vllm', '/metrics/prometheus', 'DELETE', 'GET'],
  ['vllm', '/metrics', 'POST', 'GET'],
  ['vllm', '/ping', 'PUT', 'GET, POST'],
  ['vllm', '/version', 'POST', 'GET'],
  ['vllm', '/load', 'POST', 'GET'],
  ['vllm', '/tokenize', 'GET', 'POST'],
  ['vllm', '/detokenize', 'GET', 'POST'],
])('%s answers 405 to the wrong method of %s: %s [S4.1]', async (profile, path, method, allow) => {
  const url = await start({ profile: profile! })
  const reply = await send(`${url}${path}`, { method })
  expect([reply.status, reply.headers['allow']]).toEqual([405, allow])
})

test('looking at the metrics changes none of them', async () => {
  const url = await start(quick)
  for (const path of [...qwenPaths, '/metrics']) await send(`${url}${path}`)
  expect(await read(`${url}/__mock/truth`)).toEqual([])
  expect((await read(`${url}/api/v1/metrics`)).requests).toMatchObject({ total: 0, failed: 0 })
})

const profileNames = ['qwen-vllm', 'vllm', 'openai'] as const

test.each(profileNames)('the page lists the endpoints and the formats of %s', (profile) => {
  const { endpoints } = createControl(
    { profile },
    { truth: createTruth(), clock: monotonicClock, folder: '.' },
  ).current()
  const page = readFileSync(new URL('../../docs/mock.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => /^\| `(?:GET|POST)/.test(line))
  const listed = rows
    .filter(
      (row) => !/ \| `(?:qwen-vllm|vllm)` \| /.test(row) || row.includes(`| \`${profile}\` |`),
    )
    .map((row) => row.split('|')[1]!)
    .flatMap((cell) => [...cell.matchAll(/`((?:GET|POST)[^/]*)(\/[^`]*)`/g)])
    .map(([, methods = '', path = '']) => `${path} ${methods.trim()}`)
  for (const [path, { methods }] of endpoints) {
    expect(listed).toContain(`${path} ${methods.join(' ')}`)
  }
  const gemini = listed.filter((entry) => entry.startsWith('/v1beta/'))
  expect(gemini).toHaveLength(2)
  for (const path of [...dialectPaths, ...gemini.map((entry) => entry.split(' ')[0]!)]) {
    const dialect = findDialect(path.replace('{model}', 'm'))
    expect(listed).toContain(`${path} ${dialect?.methods.join(' ')}`)
  }
  const known = new Set([...endpoints.keys(), ...dialectPaths])
  const paths = listed.map((entry) => entry.split(' ')[0]!)
  expect(paths.filter((path) => !known.has(path) && !path.startsWith('/v1beta/'))).toEqual([])
})
