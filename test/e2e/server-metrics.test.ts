import { Ajv } from 'ajv'
import { assert, expect, onTestFinished, test } from 'vitest'

import { type MockHandle, type MockOptions, startMock } from '../../src/mock/index.ts'
import { resultsSchema } from '../../src/results/results-schema.ts'
import type { Results, ServerDocument } from '../../src/results/results.ts'
import { runBench } from '../../src/run/bench.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'
import { send, until } from '../mock/client.ts'
import { parseExposition as parseStrictly } from '../mock/exposition.ts'
import { wasLimited } from './_limits.ts'

const isValid = new Ajv({ strict: true, allowUnionTypes: true }).compile(resultsSchema)
const limit = { timeout: 120_000 }
const tokens = 5
const prompt = { messages: [{ role: 'user', content: 'count to three' }] }

const document = {
  url: '/v1/chat/completions',
  body: { ...prompt, stream: true, max_tokens: tokens, stream_options: { include_usage: true } },
  stream_format: 'openai-chat',
  concurrency: 4,
  requests: 120,
  server_metrics: { interval: '100ms' },
  slo: ['success_rate >= 90%'],
}

const fast: MockOptions = { ttft: '20ms', itl: '2ms', queue: { running: 2, waiting: 10 } }

async function run(given: object): Promise<Results> {
  const spec = checkSpec({ ...document, ...given }, { env: {}, baseDir: '.' })
  const { results } = await runBench(spec)
  isValid(results)
  expect(isValid.errors).toBeNull()
  return results
}

async function start(options: MockOptions): Promise<MockHandle> {
  const mock = await startMock(options)
  onTestFinished(() => mock.stop())
  return mock
}

function serverOf(results: Results): ServerDocument {
  if (results.server === null) throw new Error('the run has no part of the server')
  return results.server
}

/** Self-checks of what the server counts: what a busy machine does to the stream is of no matter here. */
function idsOf({ diagnostics }: Results): string[] {
  return diagnostics
    .map(({ id }) => id)
    .filter((id) => /server|tokens/.test(id) && id !== 'tokens-held-back')
}

test.each(['vllm', 'qwen-vllm'] as const)(
  'client, usage and metrics count the same with %s [S4.25]',
  limit,
  async (profile) => {
    const results = await run({ mock: { ...fast, profile } })
    const server = serverOf(results)
    expect(idsOf(results)).toEqual([])
    expect(server).toMatchObject({ source: profile, failed_scrapes: 0, failure: null })
    // Up to the whole warm-up is counted with the measured requests; a late first look misses some.
    const { requests, prompt_tokens: read, output_tokens: written } = server
    const counted = requests!.server
    expect(requests).toMatchObject({ agrees: true })
    expect(counted).toBeGreaterThan(0)
    expect(counted).toBeLessThanOrEqual(124)
    expect(written).toMatchObject({ server: counted * tokens, agrees: true })
    expect(written!.events).toBe(requests!.client * tokens)
    expect(written!.usage).toBe(requests!.client * tokens)
    expect(read).toMatchObject({ agrees: true })
    expect(read!.server / counted).toBe(read!.usage! / requests!.client)
    expect(results.summary.output_tokens).toBe(120 * tokens)
  },
)

test(
  'the server saw less of each request than the client, and queued what did not fit [S4.25]',
  limit,
  async () => {
    const results = await run({ mock: { ...fast, profile: 'vllm' } })
    const { ttft_ms: ttft, latency_ms: latency, queue_ms: queue, ...server } = serverOf(results)
    // Where other work takes the cores away, the client sees what no server did.
    const limited = wasLimited(results)
    for (const time of [ttft, latency]) {
      expect(time!.percentiles).toBe('at-most')
      expect(time!.mean).toBeGreaterThan(20)
      expect(time!.mean).toBeLessThanOrEqual(time!.client!.mean)
      if (!limited) expect(time!.client!.p95).toBeLessThanOrEqual(time!.p95! * 1.5)
    }
    // 4 in flight, 2 run: each waits about as long as it runs.
    expect(queue!.mean).toBeGreaterThan(10)
    expect(queue!.client).toBeNull()
    const { finding } = server
    assert(finding.kind === 'breakdown')
    const { queue_ms: waited, prefill_ms: prefill, decode_ms: decode } = finding
    expect(waited! + prefill! + decode + finding.outside_ms).toBeCloseTo(finding.latency_ms, 3)
    expect(server.message).toMatch(/^Of \S+ mean latency [a-z ]+ takes \d+%(, [a-z ]+ \d+%){3}\.$/)
    expect(server.message).toContain('network and client')
    expect(server.covers!.from_ms).toBeGreaterThanOrEqual(0)
    expect(server.covers!.warmup).toBeLessThanOrEqual(4)
    const during = server.timeline.filter(
      ({ at_ms: at }) => at > 0 && at < server.covers!.to_ms - 50,
    )
    expect(during.some(({ running, waiting }) => running === 2 && waiting === 2)).toBe(true)
    expect(server.timeline.every(({ running }) => running! <= 2)).toBe(true)
  },
)

test('usage that is wrong is found out by the metrics', limit, async () => {
  const faults = [{ kind: 'wrong-usage' as const, surplus: 1 }]
  for (const profile of ['vllm', 'qwen-vllm'] as const) {
    const results = await run({ mock: { ...fast, profile, faults } })
    expect(idsOf(results)).toContain('tokens-disagree')
    const { output_tokens: written, requests } = serverOf(results)
    expect(written).toMatchObject({ server: requests!.server * tokens, agrees: false })
    // The mock spares the warm-up its faults.
    expect(written!.usage).toBe(requests!.client * tokens + 120)
    expect(results.verdict).toMatchObject({ status: 'PASS', exit_code: 0 })
  }
})

test('several choices of an answer are no requests of others', limit, async () => {
  const body = { ...document.body, n: 2 }
  const results = await run({ body, mock: { ...fast, profile: 'vllm' }, requests: 40 })
  expect(idsOf(results)).toEqual([])
  const { requests, finding, ...server } = serverOf(results)
  expect(requests).toMatchObject({ agrees: true })
  expect(requests!.server % 2).toBe(0)
  expect(server.output_tokens).toMatchObject({ server: requests!.server * tokens, agrees: true })
  expect(server.prompt_tokens).toMatchObject({ agrees: true })
  expect(finding).toMatchObject({ kind: 'several-choices', choices: requests!.client })
})

test('tool calls that the server holds back are told by when they were there', limit, async () => {
  const tool_calls = { hold: true }
  const mock = { profile: 'vllm', ttft: '10ms', itl: '10ms', tokens: 10, tool_calls }
  const { finding } = serverOf(
    await run({ mock, body: { ...document.body, max_tokens: 10 }, requests: 40 }),
  )
  assert(finding.kind === 'held-back')
  expect(finding.client_ms).toBeGreaterThan(100)
  expect(finding.client_ms - finding.server_ms).toBeGreaterThan(80)
})

test('requests of others on the same server are noticed', limit, async () => {
  const mock = await start({ profile: 'vllm', ttft: '20ms', itl: '2ms' })
  const url = `${mock.url}/v1/chat/completions`
  const leave = new AbortController()
  const crowd = (async () => {
    const body = { ...prompt, max_tokens: 1 }
    while (!leave.signal.aborted) await send(url, { body })
  })()
  const results = await run({ url })
  leave.abort()
  await crowd
  expect(idsOf(results)).toEqual(['server-shared'])
  expect(serverOf(results)).toMatchObject({
    requests: { agrees: false },
    finding: { kind: 'shared' },
  })
  expect(results.verdict.status).toBe('PASS')
})

test(
  'answers to others that a window still holds are not read as those of this run [S4.25]',
  limit,
  async () => {
    // Others queue at a slow server: its latest 100 answers have times that none of this run's has.
    const mock = await start({ ttft: '30ms', itl: 0, queue: { running: 10, waiting: 50 } })
    const url = `${mock.url}/v1/chat/completions`
    const others = { ...prompt, max_tokens: 1 }
    await Promise.all(Array.from({ length: 60 }, () => send(url, { body: others })))
    const change = { method: 'PATCH', body: { ttft: '2ms' } }
    expect(await send(`${mock.url}/__mock/config`, change)).toMatchObject({ status: 200 })
    const results = await run({ url, requests: 40 })
    const server = serverOf(results)
    expect(server).toMatchObject({
      source: 'qwen-vllm',
      requests: { agrees: true },
      ttft_ms: null,
      latency_ms: null,
      finding: { kind: 'foreign-window' },
    })
    assert(server.finding.kind === 'foreign-window')
    expect(server.finding.window).toBe(100)
    // Up to the whole warm-up is counted with the measured requests.
    expect(server.finding.finished).toBeGreaterThanOrEqual(server.requests!.server)
    expect(server.finding.finished).toBeLessThanOrEqual(44)
    expect(server.message).not.toMatch(/%/)
  },
)

test('counters that begin anew are noticed', limit, async () => {
  const mock = await start({ profile: 'vllm', ttft: '20ms', itl: '2ms' })
  const running = run({ url: `${mock.url}/v1/chat/completions` })
  await until(
    async () => JSON.parse((await send(`${mock.url}/__mock/stats`)).text) as { served: number },
    ({ served }) => served > 60,
  )
  await fetch(`${mock.url}/__mock/reset`, { method: 'POST' })
  const results = await running
  expect(idsOf(results)).toEqual(['server-restarted'])
  expect(serverOf(results)).toMatchObject({
    requests: null,
    ttft_ms: null,
    covers: null,
    finding: { kind: 'restarted' },
  })
})

test('an interrupted run still tells of the server', limit, async () => {
  const stop = new AbortController()
  const spec = checkSpec(
    { ...document, requests: 100_000, mock: { ...fast, profile: 'vllm' } },
    { env: {}, baseDir: '.' },
  )
  const { results } = await runBench(spec, {
    signal: stop.signal,
    onRecords: (records) => {
      if (records.some(({ phase }) => phase === 'measured')) stop.abort('SIGINT')
    },
  })
  expect(results.end.kind).toBe('interrupted')
  expect(serverOf(results).requests).toMatchObject({ agrees: true })
  expect(serverOf(results).requests!.client).toBeGreaterThan(0)
})

test('metrics that cannot be read are a warning and change no verdict', limit, async () => {
  const results = await run({
    mock: { ...fast, profile: 'vllm' },
    server_metrics: '/nothing-here',
  })
  expect(results.diagnostics).toContainEqual({
    id: 'server-unread',
    level: 'warn',
    failure: '/nothing-here: status 404',
    message: "The server's metrics could not be read: /nothing-here: status 404.",
  })
  expect(serverOf(results)).toMatchObject({ source: null, scrapes: 0, timeline: [] })
  expect(results.verdict).toMatchObject({ status: 'PASS', exit_code: 0 })
  expect((await run({ mock: fast, server_metrics: false })).server).toBeNull()
})

test('reads of the mock what a strict parser reads', limit, async () => {
  const mock = await start({ profile: 'vllm', ttft: '5ms', itl: '1ms' })
  const results = await run({ url: `${mock.url}/v1/chat/completions` })
  const text = await fetch(`${mock.url}/metrics`).then((response) => response.text())
  const strict = parseStrictly(text)
  const total = (name: string): number =>
    [...strict.values()]
      .flatMap(({ series }) => [...series])
      .filter(([key]) => key.startsWith(`vllm:${name}{`))
      .reduce((sum, [, value]) => sum + value, 0)
  // What came before the first scrape, which a busy machine answers late, is the difference.
  const { requests, output_tokens: written } = serverOf(results)
  const before = total('request_success_total') - requests!.server
  expect(before).toBeGreaterThanOrEqual(0)
  expect(total('generation_tokens_total')).toBe(written!.server + before * tokens)
})
