import { expect, onTestFinished, test } from 'vitest'

import type { TruthRecord } from '../../src/mock/metrics/truth.ts'
import type { MockOptions } from '../../src/mock/options/mock-options.ts'
import { startServer } from '../../src/mock/serving/server.ts'
import { chat, readPayloads, send, until } from './client.ts'

const completions = '/v1/completions'
const streamed = { prompt: 'x'.repeat(400), stream: true, max_tokens: 6 }

async function start(options: MockOptions): Promise<string> {
  const server = await startServer({ profile: 'vllm', ...options })
  onTestFinished(() => server.close())
  return server.url
}

async function readTruth(url: string): Promise<TruthRecord[]> {
  return JSON.parse((await send(`${url}/__mock/truth`)).text)
}

const linear: MockOptions = {
  itl: 2,
  queue: { running: 3 },
  latency: { tier: 'linear', base: 5, per_token: 0.1, slowdown: 3 },
}
const step: MockOptions = {
  queue: { running: 3 },
  latency: { tier: 'step', base: 3, per_request: 1, per_token: 0.05, batch_tokens: 60 },
}

test('tells the tier and what it decided in the truth', async () => {
  const url = await start(linear)
  await send(`${url}${completions}`, { body: streamed })
  // 100 tokens; alone, so that nothing is stretched.
  expect((await readTruth(url))[0]!.plan).toEqual({
    tier: 'linear',
    ttft_ms: 15,
    itl_ms: [2, 2, 2, 2, 2],
    finish_reason: 'length',
  })
})

test('stretches gaps while others hold a slot', async () => {
  const url = await start({ ...linear, itl: 20 })
  const body = { ...streamed, max_tokens: 12 }
  await Promise.all([1, 2, 3].map(() => send(`${url}${completions}`, { body })))
  const gaps = (await readTruth(url)).flatMap(({ plan }) => plan!.itl_ms)
  // 20 ms for one, 40 for two, 60 for three.
  expect(gaps.every((gap) => [20, 40, 60].includes(gap))).toBe(true)
  expect(gaps).toContain(60)
})

test('sends a whole answer when its last content is due', async () => {
  for (const options of [linear, step]) {
    const url = await start(options)
    await send(`${url}/v1/chat/completions`, { body: { ...chat, max_tokens: 6 } })
    const [record] = await readTruth(url)
    expect(record!.plan!.itl_ms).toHaveLength(5)
    expect(record!.content_ms).toHaveLength(1)
    expect(record!.content_ms[0]).toBeGreaterThanOrEqual(findDue(record!, 5) - 1e-5)
  }
})

/** When content number 0, 1, … was due, however late it was sent. */
function findDue({ admitted_ms, plan }: TruthRecord, content: number): number {
  const gaps = [plan!.ttft_ms!, ...plan!.itl_ms].slice(0, content + 1)
  return gaps.reduce((sum, ms) => sum + ms, admitted_ms!)
}

const times = (count: number): undefined[] => Array.from({ length: count }, () => undefined)

test.each([
  ['linear', linear],
  ['step', step],
])('plays faults on %s too, and has the slot free behind them', async (_, options) => {
  const url = await start({
    ...options,
    queue: { running: 2 },
    faults: [
      { kind: 'reset-mid-stream', after_events: 2, when: { nth: [1] } },
      { kind: 'http-error', status: 500, when: { nth: [2] } },
      { kind: 'close-before-headers', when: { nth: [3] } },
      { kind: 'stall', after_events: 2, ms: 40, when: { nth: [4] } },
      { kind: 'coalesce', when: { nth: [5] } },
      { kind: 'late-close', ms: 30, when: { nth: [6] } },
    ],
  })
  await Promise.allSettled(times(7).map(() => send(`${url}${completions}`, { body: streamed })))
  const records = await readTruth(url)
  const byFault = new Map(records.map((record) => [record.fault, record]))
  expect(byFault.get('reset-mid-stream')!.content_ms).toHaveLength(2)
  expect(byFault.get('http-error')!.plan).toBeNull()
  const stalled = byFault.get('stall')!
  expect(stalled.content_ms).toHaveLength(6)
  expect(stalled.content_ms[2]! - findDue(stalled, 1)).toBeGreaterThan(35)
  expect(byFault.get('coalesce')!.content_ms).toHaveLength(6)
  expect(new Set(byFault.get('coalesce')!.content_ms).size).toBe(1)
  const late = byFault.get('late-close')!
  expect(late.end_ms! - findDue(late, 5)).toBeGreaterThan(25)
  expect(byFault.get(null)!.outcome).toBe('ok')
  const stats = JSON.parse((await send(`${url}/__mock/stats`)).text)
  expect(stats).toMatchObject({ running: 0, waiting: 0 })
})

test('keeps the slot of an answer that never ends until its client leaves', async () => {
  const url = await start({
    ...step,
    queue: { running: 1 },
    faults: [{ kind: 'stall', after_events: 1, when: { nth: [1] } }],
  })
  const leaving = new AbortController()
  const gone = send(`${url}${completions}`, { body: streamed, signal: leaving.signal })
  gone.catch(() => {})
  await until(
    () => readTruth(url),
    ([record]) => record?.content_ms.length === 1,
  )
  const next = send(`${url}${completions}`, { body: streamed })
  await until(
    async () => JSON.parse((await send(`${url}/__mock/stats`)).text),
    ({ waiting }) => waiting === 1,
  )
  leaving.abort()
  expect((await next).status).toBe(200)
  const [stalled, served] = await readTruth(url)
  expect(stalled!.outcome).toBe('fault:stall')
  expect(served!.admitted_ms).toBe(stalled!.end_ms)
})

test('prefills only what no earlier prompt began with, and says so', async () => {
  const url = await start({ ...linear, prefix_cache: { block_tokens: 8 } })
  const system = { role: 'system', content: '你是一个财经新闻分类助手。请只回答类别。' }
  const ask = async (content: string, more: object = {}): Promise<any> => {
    const messages = [system, { role: 'user', content }]
    const { text } = await send(`${url}/v1/chat/completions`, {
      body: { messages, max_tokens: 2, ...more },
    })
    return 'stream' in more ? readPayloads(text).at(-1).usage : JSON.parse(text).usage
  }
  const first = await ask('央行宣布降息')
  expect(first.prompt_tokens_details).toBeUndefined()
  const second = await ask('股市上涨')
  // 20 characters are two whole blocks of 8 and a part of the third.
  expect(second.prompt_tokens_details).toEqual({ cached_tokens: 16 })
  const third = await ask('股市上涨', { stream: true, stream_options: {} })
  expect(third.prompt_tokens_details).toEqual({ cached_tokens: 24 })

  const records = await readTruth(url)
  expect(records.map(({ tokens }) => tokens.cached)).toEqual([0, 16, 24])
  for (const { plan, tokens } of records) {
    expect(plan!.ttft_ms).toBeCloseTo(5 + 0.1 * (tokens.prompt - tokens.cached), 6)
  }
  await send(`${url}/__mock/reset`, { method: 'POST' })
  expect((await ask('股市上涨')).prompt_tokens_details).toBeUndefined()
})

test.each<[string, MockOptions, number]>([
  ['fixed', { ttft: 4, itl: 1 }, 4],
  ['linear', linear, 15],
  ['step', step, 11],
])('is slow at first after a cold start: %s', async (_, options, ttft) => {
  const cold_start = { requests: 2, delay: '30ms' }
  const url = await start({ ...options, cold_start, latency_factor: 0.5 })
  const run = async (): Promise<number[]> => {
    for (let index = 0; index < 3; index++) await send(`${url}${completions}`, { body: streamed })
    return (await readTruth(url)).map(({ plan }) => plan!.ttft_ms!)
  }
  const expected = [30, 30, 0].map((delay) => expect.closeTo((ttft + delay) / 2, 5))
  expect(await run()).toEqual(expected)
  await send(`${url}/__mock/reset`, { method: 'POST' })
  expect(await run()).toEqual(expected)
})

test('refuses a request that asks for another tier than the server has', async () => {
  const url = await start({ latency_factor: 0.02, allow_overrides: true })
  const ask = (scenario: string): Promise<{ status: number; text: string }> =>
    send(`${url}${completions}`, { body: streamed, headers: { 'x-mock-scenario': scenario } })
  expect((await ask('multi-token-chunks')).status).toBe(200)
  const refused = await ask('knee-32')
  expect(refused.status).toBe(400)
  expect(refused.text).toContain('knee-32 needs a server with its own latency')
})

test('behaves like the documented server in the scenario rtx3080', async () => {
  const url = await start({ scenario: 'rtx3080', profile: 'qwen-vllm', latency_factor: 0.02 })
  const body = { ...chat, stream: true, max_tokens: 14 }
  for (let index = 0; index < 30; index++) await send(`${url}/v1/chat/completions`, { body })
  const plans = (await readTruth(url)).map(({ plan }) => plan!)
  const mean = plans.reduce((sum, { ttft_ms }) => sum + ttft_ms!, 0) / plans.length / 0.02
  // 30 draws with a spread of a third: 3 standard errors are 18 %.
  expect(Math.abs(mean / 698 - 1)).toBeLessThan(0.18)
  expect((0.02 * 1000) / plans[0]!.itl_ms[0]!).toBeCloseTo(3.4, 2)
})
