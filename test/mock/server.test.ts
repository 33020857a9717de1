import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'

import { afterEach, expect, test } from 'vitest'

import { chatDialect } from '../../src/mock/dialect/chat.ts'
import type { TruthRecord } from '../../src/mock/metrics/truth.ts'
import type { MockOptions } from '../../src/mock/options/mock-options.ts'
import { parseOptions } from '../../src/mock/options/options.ts'
import { createPlanner } from '../../src/mock/serving/planner.ts'
import { startServer } from '../../src/mock/serving/server.ts'
import { chat, readPayloads, send, until } from './client.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

async function start(options: MockOptions = {}): Promise<string> {
  const server = await startServer(options)
  stops.push(() => server.close())
  return server.url
}

async function readTruth(url: string): Promise<TruthRecord[]> {
  return JSON.parse((await send(`${url}/__mock/truth`)).text)
}

async function readStats(url: string): Promise<Record<string, number>> {
  return JSON.parse((await send(`${url}/__mock/stats`)).text)
}

const streamed = { ...chat, stream: true, stream_options: {} }
const completions = '/v1/chat/completions'
const quick: MockOptions = { ttft: 4, itl: 2, tokens: 3 }
const forever: MockOptions = { ttft: '10m' }

test('puts exactly the planned bytes on the wire, whatever came before [S4.26]', async () => {
  const options: MockOptions = { ...quick, tokens: 90, itl: 0.2, seed: 7, text: 'tricky' }
  const url = await start(options)
  const headers = { 'x-mock-key': '000042' }
  await send(`${url}${completions}`, { body: streamed })
  const { text, headers: got } = await send(`${url}${completions}`, { body: streamed, headers })

  const ask = chatDialect.readAsk(JSON.stringify(streamed), {
    pathname: completions,
    query: new URLSearchParams(),
  })
  const identity = { key: '000042', turn: 1, ref: 'mock-000042', created: 1_767_225_600 }
  const { events } = createPlanner(parseOptions(options)).plan(ask, identity)
  expect(text).toBe(Buffer.concat(events.map(({ bytes }) => bytes)).toString('utf8'))
  expect(got['content-type']).toMatch(/^text\/event-stream/)
  expect(readPayloads(text).at(-1).usage.completion_tokens).toBe(90)
})

test('never sends a token before its planned time and records every send', async () => {
  const url = await start({ ...quick, ttft: 12.5, itl: 3.3, tokens: 8, profile: 'vllm' })
  await Promise.all(
    Array.from({ length: 8 }, () => send(`${url}${completions}`, { body: streamed })),
  )
  const records = await readTruth(url)
  expect(records).toHaveLength(8)
  for (const record of records) {
    const { plan, content_ms, admitted_ms } = record
    expect(plan).toEqual({
      tier: 'fixed',
      ttft_ms: 12.5,
      itl_ms: Array.from({ length: 7 }, () => 3.3),
      finish_reason: 'stop',
    })
    expect(content_ms).toHaveLength(8)
    for (const [index, at] of content_ms.entries()) {
      // One part in a billion for the rounding of sums of floats.
      expect(at - admitted_ms!).toBeGreaterThanOrEqual(12.5 + index * 3.3 - 1e-6)
    }
    const order = [
      record.recv_ms,
      record.body_ms!,
      record.admitted_ms!,
      record.headers_ms!,
      record.before_first_content_ms!,
      record.last_content_ms!,
      record.done_ms!,
      record.end_ms!,
    ]
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(record.before_first_content_ms).toBe(content_ms[0])
    expect(record).toMatchObject({ status: 200, outcome: 'ok', dialect: 'openai-chat' })
    expect(record.tokens.completion).toBe(8)
  }
})

test('counts the bytes of the body it sent', async () => {
  const url = await start(quick)
  const { text } = await send(`${url}/v1/chat-messages`, { body: { query: '分类' } })
  const [record] = await readTruth(url)
  expect(record).toMatchObject({ dialect: 'dify', bytes: Buffer.byteLength(text) })
})

test('answers the 14th concurrent request with the 503 of the seed, at once [S4.21]', async () => {
  const url = await start(forever)
  const leaving = new AbortController()
  const sending = { body: streamed, signal: leaving.signal }
  const held = Array.from({ length: 13 }, () => send(`${url}${completions}`, sending))
  const gone = Promise.allSettled(held)
  await until(
    () => readStats(url),
    ({ running, waiting }) => running === 3 && waiting === 10,
  )
  const reply = await send(`${url}${completions}`, { body: streamed })
  expect(reply.status).toBe(503)
  expect(JSON.parse(reply.text)).toEqual({
    error: '服务繁忙，请稍后重试',
    queue_size: 10,
    max_queue_size: 10,
  })

  leaving.abort()
  await gone
  await until(
    () => readStats(url),
    ({ running, waiting }) => running === 0 && waiting === 0,
  )
  const records = await readTruth(url)
  expect(records.map(({ outcome }) => outcome)).toEqual([
    ...Array.from({ length: 13 }, () => 'client_aborted'),
    'rejected',
  ])
  expect(records[13]).toMatchObject({ outcome: 'rejected', in_flight: 14, admitted_ms: null })
})

test('gives the slot of a client that left to the one that waits longest', async () => {
  const url = await start({ ...forever, queue: { running: 1, waiting: 5 } })
  const enter = (body: unknown, key: string, signal: AbortSignal): Promise<unknown> =>
    send(`${url}${completions}`, { body, headers: { 'x-mock-key': key }, signal }).catch(() => {})
  const stages = [new AbortController(), new AbortController(), new AbortController()]
  for (const [index, { signal }] of stages.entries()) {
    void enter(streamed, String(index), signal)
    await until(
      () => readTruth(url),
      (records) => records.length === index + 1 && records[index]!.body_ms !== null,
    )
  }
  stages[1]!.abort()
  await until(
    () => readStats(url),
    ({ waiting }) => waiting === 1,
  )
  stages[0]!.abort()
  const records = await until(
    () => readTruth(url),
    ([first]) => first!.outcome === 'client_aborted',
  )
  expect(records.map(({ admitted_ms }) => admitted_ms !== null)).toEqual([true, false, true])
  stages[2]!.abort()
})

test('serves a closed loop of 13 without a rejection: a slot is free before its client knows [S4.21]', async () => {
  const url = await start({ ...quick, ttft: 10, itl: 0.5, tokens: 2 })
  const agent = new Agent({ keepAlive: true })
  let left = 78
  const statuses: number[] = []
  const work = async (): Promise<void> => {
    while (left-- > 0) {
      statuses.push((await send(`${url}${completions}`, { body: streamed, agent })).status)
    }
  }
  await Promise.all(Array.from({ length: 13 }, work))
  agent.destroy()

  expect(new Set(statuses)).toEqual(new Set([200]))
  const records = await readTruth(url)
  expect(records).toHaveLength(78)
  expect(Math.max(...records.map(({ in_flight }) => in_flight))).toBe(13)
  expect(await readStats(url)).toMatchObject({ running: 0, waiting: 0, peak: 13, served: 78 })
  const connections = Map.groupBy(records, ({ conn }) => conn)
  for (const onOne of connections.values()) {
    expect(onOne.map(({ conn_req }) => conn_req)).toEqual(onOne.map((_, index) => index + 1))
  }
})

test('gives exactly the grid to measured requests, whatever warm-up and refusals do', async () => {
  const grid = { p50: 2, p90: 3, max: 4 }
  const url = await start({
    ttft: { exact_quantiles: grid, n: 20 },
    itl: 0,
    tokens: 1,
    queue: { running: 20, waiting: 0 },
  })
  for (let index = 0; index < 20; index++) {
    const body = chat
    if (index % 3 === 0) {
      await send(`${url}${completions}`, { body, headers: { 'x-slogate-phase': 'warmup' } })
      await send(`${url}${completions}`, { body: {}, headers: { 'x-slogate-phase': 'measured' } })
    }
    await send(`${url}${completions}`, { body, headers: { 'x-slogate-phase': 'measured' } })
  }
  const records = await readTruth(url)
  const served = records.filter(({ outcome }) => outcome === 'ok')
  const ttfts = served
    .filter(({ phase }) => phase === 'measured')
    .map(({ plan }) => plan!.ttft_ms!)
    .toSorted((a, b) => a - b)
  expect(ttfts).toHaveLength(20)
  expect([ttfts[0], ttfts[9], ttfts[17], ttfts[19]]).toEqual([1, 2, 3, 4])
  expect(served.filter(({ phase }) => phase === 'warmup')).toHaveLength(7)
})

test('streams plain text and takes GET for it', async () => {
  const url = await start({ ...quick, tokens: 90 })
  const headers = { 'x-mock-key': 'same' }
  const got = await send(`${url}/stream/raw`, { headers })
  const posted = await send(`${url}/stream/raw`, { body: 'any prompt', headers })
  expect(got.text).toContain('👩\u200d💻')
  expect(posted.text).toBe(got.text)
  expect(got.headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'transfer-encoding': 'chunked',
  })
  expect((await readTruth(url))[0]).toMatchObject({ done_ms: null, tokens: { completion: 90 } })
})

test.each<[MockOptions['profile'], unknown]>([
  ['qwen-vllm', { error: 'Not Found' }],
  ['vllm', { error: { message: 'Not Found', type: 'Not Found', param: null, code: 404 } }],
])('answers 404 in the shape of %s [S4.1]', async (profile, body) => {
  const url = await start({ ...(profile && { profile }) })
  const reply = await send(`${url}/v1/nothing`, { body: {} })
  expect(reply.status).toBe(404)
  expect(JSON.parse(reply.text)).toEqual(body)
  expect(await readTruth(url)).toMatchObject([
    { path: '/v1/nothing', dialect: null, outcome: 'http_error', status: 404 },
  ])
})

test('answers 404 to a target that is no URL', async () => {
  const { hostname, port } = new URL(await start())
  const target = { hostname, port, path: '//' }
  const outgoing = request(target).end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  expect(response.resume().statusCode).toBe(404)
})

test('answers 405 with the methods that are allowed [S4.1]', async () => {
  const url = await start()
  const wrong: [string, string, string][] = [
    [completions, 'GET', 'POST'],
    ['/v1/models', 'POST', 'GET'],
    ['/stream/raw', 'PUT', 'GET, POST'],
    ['/__mock/reset', 'GET', 'POST'],
  ]
  for (const [path, method, allow] of wrong) {
    const reply = await send(`${url}${path}`, { method })
    expect([reply.status, reply.headers['allow']]).toEqual([405, allow])
  }
})

test('answers 400 to a body that is no JSON or has no messages, in both shapes [S4.2]', async () => {
  const url = await start()
  expect(await send(`${url}${completions}`, { body: '{' })).toMatchObject({ status: 400 })
  expect(JSON.parse((await send(`${url}${completions}`, { body: {} })).text)).toEqual({
    error: expect.stringContaining('messages'),
  })
  const vllm = await start({ profile: 'vllm' })
  expect(JSON.parse((await send(`${vllm}${completions}`, { body: {} })).text)).toEqual({
    error: {
      message: expect.stringContaining('messages'),
      type: 'Bad Request',
      param: 'body.messages',
      code: 400,
    },
  })
})

test('answers 413 to more than 8 MB and goes on with the connection', async () => {
  const url = await start(quick)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const body = 'x'.repeat(8 * 1024 * 1024 + 1)
  expect((await send(`${url}${completions}`, { body, agent })).status).toBe(413)
  expect((await send(`${url}${completions}`, { body: chat, agent })).status).toBe(200)
  agent.destroy()
  expect((await readTruth(url)).map(({ conn, conn_req }) => [conn, conn_req])).toEqual([
    [1, 1],
    [1, 2],
  ])
})

test('demands the API key on /v1 alone when one is set', async () => {
  const url = await start({ ...quick, api_key: 'k-1' })
  const refused = await send(`${url}${completions}`, { body: chat })
  expect([refused.status, refused.text]).toEqual([401, '{"error":"Unauthorized"}'])
  expect((await send(`${url}/v1/models`)).status).toBe(401)
  const headers = { authorization: 'Bearer k-1' }
  expect((await send(`${url}${completions}`, { body: chat, headers })).status).toBe(200)
  expect((await send(`${url}/health`)).status).toBe(200)
})

test('is dead after its requests, until it is reset', async () => {
  const url = await start({ ...quick, profile: 'vllm', dies_after: 2 })
  const ask = async (): Promise<number> =>
    (await send(`${url}${completions}`, { body: streamed })).status
  expect([await ask(), await ask()]).toEqual([200, 200])
  expect((await send(`${url}/health`)).status).toBe(503)
  expect(await ask()).toBe(500)
  await send(`${url}/__mock/reset`, { method: 'POST' })
  expect([(await send(`${url}/health`)).status, await ask()]).toEqual([200, 200])
})

test('reads no body before its time', async () => {
  const url = await start({ ...quick, read_delay: 60 })
  await send(`${url}${completions}`, { body: { ...chat, filler: 'x'.repeat(5e6) } })
  const [record] = await readTruth(url)
  expect(record!.body_ms! - record!.recv_ms).toBeGreaterThanOrEqual(59)
})

test('runs out of memory in the words of the seed [S4.22]', async () => {
  const message = 'CUDA out of memory...'
  const url = await start({ faults: [{ kind: 'http-error', message }] })
  const reply = await send(`${url}${completions}`, { body: chat })
  expect([reply.status, JSON.parse(reply.text)]).toEqual([500, { error: message }])
})

test('refuses in the words of each format', async () => {
  const url = await start({ profile: 'vllm', faults: [{ kind: 'http-error', status: 429 }] })
  const text = 'The mock was told to fail'
  const tries: [string, object, object][] = [
    ['/v1/messages', { ...chat, max_tokens: 3 }, { error: { type: 'rate_limit_error' } }],
    ['/api/chat', { ...chat, model: 'm' }, { error: text }],
    ['/generate', { inputs: 'hi' }, { error: text, error_type: 'overloaded' }],
    ['/v1/chat-messages', { query: 'hi' }, { code: 'too_many_requests', status: 429 }],
    ['/v1/responses', { input: 'hi' }, { error: { code: 429, type: 'Too Many Requests' } }],
    [
      '/v1beta/models/m:generateContent',
      { contents: [{}] },
      { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } },
    ],
  ]
  for (const [path, body, shape] of tries) {
    expect(JSON.parse((await send(`${url}${path}`, { body })).text)).toMatchObject(shape)
  }
})

test('sends 429 when the queue of the openai profile is full', async () => {
  const url = await start({ ...forever, profile: 'openai', queue: { running: 1, waiting: 0 } })
  const leaving = new AbortController()
  const held = send(`${url}${completions}`, { body: chat, signal: leaving.signal })
  await until(
    () => readStats(url),
    ({ running }) => running === 1,
  )
  const reply = await send(`${url}${completions}`, { body: chat })
  expect([reply.status, reply.headers['retry-after']]).toEqual([429, '1'])
  expect(JSON.parse(reply.text).error).toMatchObject({
    type: 'requests',
    code: 'rate_limit_exceeded',
  })
  leaving.abort()
  await held.catch(() => {})
})

test('takes the API key where each format has it', async () => {
  const url = await start({ ...quick, api_key: 'k-1' })
  const messages = { ...chat, max_tokens: 3 }
  const gemini = '/v1beta/models/m:generateContent'
  const contents = { contents: [{ parts: [{ text: 'hi' }] }] }
  const tries: [string, object, Record<string, string>, number][] = [
    ['/v1/messages', messages, { 'x-api-key': 'k-1' }, 200],
    ['/v1/messages', messages, { authorization: 'Bearer k-1' }, 200],
    ['/v1/messages', messages, { 'x-api-key': 'k-2' }, 401],
    ['/v1/responses', { input: 'hi' }, { 'x-api-key': 'k-1' }, 401],
    [gemini, contents, { 'x-goog-api-key': 'k-1' }, 200],
    [`${gemini}?key=k-1`, contents, {}, 200],
    [`${gemini}?key=k-2`, contents, {}, 401],
    ['/api/chat', { ...chat, model: 'm' }, {}, 200],
  ]
  for (const [path, body, headers, status] of tries) {
    const reply = await send(`${url}${path}`, { body, headers })
    expect([path, headers, reply.status]).toEqual([path, headers, status])
  }
})

test('reports its health with the limits in force [S4.6] [T23]', async () => {
  const url = await start()
  expect(JSON.parse((await send(`${url}/health`)).text)).toEqual({
    status: 'ok',
    gpu: { allocated_gb: 6.92, reserved_gb: 7.02, free_gb: 2.72 },
    limits: { max_concurrent_requests: 3, max_queue_size: 10, rate_limit: '无限制' },
  })
  const small = await start({ ...forever, queue: { running: 1, waiting: 0 } })
  expect(JSON.parse((await send(`${small}/health`)).text)).toMatchObject({
    limits: { max_concurrent_requests: 1, max_queue_size: 0 },
  })
  const leaving = new AbortController()
  const held = send(`${small}${completions}`, { body: chat, signal: leaving.signal })
  const gone = Promise.allSettled([held])
  await until(
    () => readStats(small),
    ({ running }) => running === 1,
  )
  const refused = await send(`${small}${completions}`, { body: chat })
  expect([refused.status, JSON.parse(refused.text)]).toEqual([
    503,
    { error: '服务繁忙，请稍后重试', queue_size: 0, max_queue_size: 0 },
  ])
  leaving.abort()
  await gone
  const vllm = await start({ profile: 'vllm' })
  expect(await send(`${vllm}/health`)).toMatchObject({ status: 200, text: '' })
})

test('is unhealthy and refuses requests until start_delay has passed', async () => {
  const url = await start({ start_delay: '10m' })
  expect((await send(`${url}/health`)).status).toBe(503)
  expect((await send(`${url}${completions}`, { body: chat })).status).toBe(503)
  const soon = await start({ ...quick, start_delay: 30 })
  await until(
    () => send(`${soon}/health`),
    ({ status }) => status === 200,
  )
  expect((await send(`${soon}${completions}`, { body: chat })).status).toBe(200)
})

test('lists its models [S4.5]', async () => {
  const url = await start()
  expect(JSON.parse((await send(`${url}/v1/models`)).text)).toEqual({
    object: 'list',
    data: [{ id: 'qwen-news-classifier', object: 'model', created: 0, owned_by: 'user' }],
  })
  const vllm = await start({ profile: 'vllm', models: ['a', 'b'] })
  const { data } = JSON.parse((await send(`${vllm}/v1/models`)).text)
  expect(data).toMatchObject([
    { id: 'a', root: 'a', owned_by: 'vllm' },
    { id: 'b', root: 'b' },
  ])
})

test('leaves no record of probes and control, and gives the truth as lines too', async () => {
  const url = await start(quick)
  for (const path of ['/health', '/v1/models', '/__mock/stats', '/__mock/truth']) {
    await send(`${url}${path}`)
  }
  await send(`${url}${completions}`, { body: chat })
  await send(`${url}${completions}`, { body: streamed })
  const { text } = await send(`${url}/__mock/truth?format=jsonl`)
  const lines = text.trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toEqual(await readTruth(url))
  expect(lines).toHaveLength(2)
})

test('starts over after a reset: ordinals, ids, counters and exact quantiles', async () => {
  const url = await start({
    ttft: { exact_quantiles: { p50: 2, max: 5 }, n: 10 },
    itl: 0,
    tokens: 1,
  })
  const run = async (): Promise<unknown[]> => {
    for (let index = 0; index < 3; index++) await send(`${url}${completions}`, { body: chat })
    return (await readTruth(url)).map(({ seq, key, plan }) => [seq, key, plan])
  }
  const first = await run()
  expect(first).toHaveLength(3)
  expect((await send(`${url}/__mock/reset`, { method: 'POST' })).status).toBe(200)
  expect(await readTruth(url)).toEqual([])
  expect(await readStats(url)).toEqual({ running: 0, waiting: 0, peak: 0, served: 0 })
  expect(await run()).toEqual(first)
})

test('records how far an aborted stream had come', async () => {
  const url = await start({ profile: 'vllm', ttft: 0, itl: '10m', tokens: 5 })
  const leaving = new AbortController()
  const gone = send(`${url}${completions}`, { body: streamed, signal: leaving.signal }).catch(
    () => {},
  )
  await until(
    () => readTruth(url),
    ([record]) => record?.content_ms.length === 1,
  )
  leaving.abort()
  await gone
  const [record] = await until(
    () => readTruth(url),
    ([first]) => first!.outcome !== null,
  )
  expect(record).toMatchObject({
    outcome: 'client_aborted',
    status: 200,
    tokens: { completion: 1 },
    done_ms: null,
    end_ms: expect.any(Number),
  })
})

test('uses fresh ids when they need not be deterministic', async () => {
  const url = await start({ ...quick, deterministic_ids: false })
  const headers = { 'x-mock-key': 'same' }
  const ids = []
  for (let index = 0; index < 2; index++) {
    ids.push(JSON.parse((await send(`${url}${completions}`, { body: chat, headers })).text).id)
  }
  expect(ids[0]).not.toBe(ids[1])
})

test('listens on 127.0.0.1 alone, on a free port by default [S4.27]', async () => {
  const [first, second] = [await start(), await start()]
  expect(first).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(second).not.toBe(first)
  // Another address of this machine, which a server on all of them answers.
  const other = first.replace('127.0.0.1', '127.0.0.2')
  await expect(send(`${other}/health`)).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL/)
  const { port } = new URL(first)
  await expect(startServer({}, { port: Number(port) })).rejects.toThrow('EADDRINUSE')
})

test('close cuts streams that are still open', async () => {
  const server = await startServer(forever)
  const { url } = server
  const stream = send(`${url}${completions}`, { body: streamed })
  const cut = expect(stream).rejects.toThrow()
  await until(
    () => readStats(url),
    ({ running }) => running === 1,
  )
  await server.close()
  await cut
  await expect(send(`${url}/health`)).rejects.toThrow('ECONNREFUSED')
})

test('refuses bad options before it listens', async () => {
  await expect(startServer({ ttfb: 3 })).rejects.toThrow('mock: ttfb: ')
})
