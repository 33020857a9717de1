import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, expect, onTestFinished, test } from 'vitest'

import type { TruthRecord } from '../../src/mock/metrics/truth.ts'
import type { MockOptions } from '../../src/mock/options/mock-options.ts'
import { listScenarios } from '../../src/mock/options/scenario.ts'
import { startServer } from '../../src/mock/serving/server.ts'
import { chat, readPayloads, type Reply, send, until } from './client.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()))
})

async function start(options: MockOptions = {}, folder = '.'): Promise<string> {
  const server = await startServer(options, { folder })
  stops.push(() => server.close())
  return server.url
}

const streamed = { ...chat, stream: true, max_tokens: 3 }
const ask = (url: string, headers: Record<string, string> = {}): Promise<Reply> =>
  send(`${url}/v1/chat/completions`, { body: streamed, headers })

async function readTruth(url: string): Promise<TruthRecord[]> {
  return JSON.parse((await send(`${url}/__mock/truth`)).text)
}

const patch = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  send(`${url}/__mock/config`, { method: 'PATCH', body, headers })

test('options change while it runs, for the requests that come after', async () => {
  const url = await start({ profile: 'vllm', ttft: 30, itl: 1 })
  const before = ask(url)
  await until(
    () => readTruth(url),
    ([first]) => first?.admitted_ms != null,
  )
  const reply = await patch(url, { ttft: 2, tokens: 2 })
  expect(JSON.parse(reply.text)).toEqual({ profile: 'vllm', ttft: 2, itl: 1, tokens: 2 })
  await ask(url)
  await before
  const truth = await readTruth(url)
  expect(truth.map(({ plan }) => plan?.ttft_ms)).toEqual([30, 2])
  expect(truth.map(({ tokens }) => tokens.completion)).toEqual([3, 2])
})

test('a change of the profile changes the endpoints, and DELETE takes every change back', async () => {
  const url = await start()
  await patch(url, { profile: 'vllm' })
  expect((await send(`${url}/ping`)).status).toBe(200)
  expect((await send(`${url}/stats`)).status).toBe(404)
  const restored = await send(`${url}/__mock/config`, { method: 'DELETE' })
  expect(JSON.parse(restored.text)).toEqual({})
  expect((await send(`${url}/stats`)).status).toBe(200)
})

test('a change with a problem changes nothing and tells every problem', async () => {
  const url = await start({ profile: 'vllm', api_key: 'secret-key' })
  const headers = { authorization: 'Bearer secret-key' }
  const reply = await patch(url, { itl: -1, tokns: 3, scenario: 'idael' }, headers)
  expect(reply.status).toBe(400)
  expect(reply.text).toContain('mock: itl: expected')
  expect(reply.text).toContain('Did you mean tokens?')
  expect(reply.text).toContain('Did you mean ideal?')
  expect((await patch(url, '[1]', headers)).status).toBe(400)
  expect((await patch(url, '{', headers)).status).toBe(400)
  const config = await send(`${url}/__mock/config`, { headers })
  expect(JSON.parse(config.text)).toEqual({ profile: 'vllm', api_key: '[api_key]' })
})

test('the queue begins empty after a change, and its new limits hold', async () => {
  const url = await start({ profile: 'vllm', ttft: '10m' })
  const leaving = new AbortController()
  const held = send(`${url}/v1/chat/completions`, { body: streamed, signal: leaving.signal })
  await until(
    () => readTruth(url),
    (truth) => truth[0]?.admitted_ms != null,
  )
  await patch(url, { ttft: 1, itl: 1, queue: { running: 1, waiting: 0 } })
  expect((await ask(url)).status).toBe(200)
  leaving.abort()
  await expect(held).rejects.toThrow()
  const truth = await until(
    () => readTruth(url),
    ([first]) => first?.outcome !== null,
  )
  expect(truth.map(({ outcome }) => outcome)).toEqual(['client_aborted', 'ok'])
})

test('a request may override its own answer where that is allowed', async () => {
  const url = await start({ profile: 'vllm', ttft: 5, itl: 1, allow_overrides: true })
  await ask(url, { 'x-mock-ttft-ms': '9', 'x-mock-itl-ms': '2', 'x-mock-tokens': '2' })
  const status = await ask(url, { 'x-mock-status': '429' })
  const fault = await ask(url, { 'x-mock-fault': 'no-done' })
  const json = await ask(url, { 'x-mock-fault': '{"kind":"http-error","status":418}' })
  await ask(url, { 'x-mock-scenario': 'multi-token-chunks' })
  await ask(url)
  expect([status.status, json.status]).toEqual([429, 418])
  expect(fault.text).not.toContain('[DONE]')
  const truth = await readTruth(url)
  expect(truth[0]?.plan).toMatchObject({ ttft_ms: 9, itl_ms: [2] })
  expect(truth.map((record) => record.fault)).toEqual([
    null,
    'http-error',
    'no-done',
    'http-error',
    null,
    null,
  ])
  expect(truth[4]?.plan).toMatchObject({ ttft_ms: 40, itl_ms: [] })
  expect(truth[5]?.plan).toMatchObject({ ttft_ms: 5, itl_ms: [1, 1] })
})

test('what is selected by count is counted for each set of headers', async () => {
  const url = await start({ profile: 'vllm', ttft: 1, itl: 1, allow_overrides: true })
  const headers = { 'x-mock-fault': '{"kind":"http-error","status":503,"when":{"every":2}}' }
  const statuses = []
  for (let i = 0; i < 4; i++) statuses.push((await ask(url, headers)).status)
  expect(statuses).toEqual([200, 503, 200, 503])
})

test('headers that steer the answer are refused unless they are allowed', async () => {
  const url = await start({ profile: 'vllm', ttft: 1 })
  const reply = await ask(url, { 'x-mock-ttft-ms': '9' })
  expect(reply.status).toBe(400)
  expect(reply.text).toContain('x-mock-ttft-ms is not allowed here')
  expect((await ask(url, { 'x-mock-key': 'a' })).status).toBe(200)
})

test.each([
  [{ 'x-mock-ttft-ms': 'soon' }, 'ttft'],
  [{ 'x-mock-fault': 'explode' }, 'faults.0.kind'],
  [{ 'x-mock-fault': '{"kind":' }, 'not valid JSON'],
  [{ 'x-mock-status': '99' }, 'faults.0.status'],
  [{ 'x-mock-scenario': 'idael' }, 'Did you mean ideal?'],
])('a header that makes no sense is refused: %o', async (headers, words) => {
  const url = await start({ profile: 'vllm', ttft: 1, allow_overrides: true })
  const reply = await ask(url, headers)
  expect(reply.status).toBe(400)
  expect(reply.text).toContain(words)
})

test('the truth can be followed while requests end', async () => {
  const url = await start({ profile: 'vllm', ttft: 1, itl: 1 })
  await ask(url, { 'x-mock-key': 'before' })
  const response = await fetch(`${url}/__mock/truth?follow=true`)
  const keys: string[] = []
  const decoder = new TextDecoder()
  let rest = ''
  await ask(url, { 'x-mock-key': 'during' })
  for await (const chunk of response.body!) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop()!
    keys.push(...lines.map((line) => JSON.parse(line).key))
    if (keys.length === 2) break
  }
  expect(keys).toEqual(['before', 'during'])
})

test('a scenario takes the place of every option but those the server was started with', async () => {
  const url = await start({ profile: 'vllm', seed: 7, ttft: 3 })
  await patch(url, { itl: 9 })
  const reply = await send(`${url}/__mock/scenario`, { body: { scenario: 'role-at-accept' } })
  expect(JSON.parse(reply.text)).toEqual({
    scenario: 'role-at-accept',
    profile: 'vllm',
    seed: 7,
    ttft: '60ms',
    itl: '5ms',
    role_chunk: 'accept',
  })
  const list = JSON.parse((await send(`${url}/__mock/scenario`)).text)
  expect(list).toEqual(listScenarios())
  expect((await send(`${url}/__mock/scenario`, { body: { scenario: 'no' } })).status).toBe(400)
  expect((await send(`${url}/__mock/scenario`, { body: {} })).status).toBe(400)
})

test('options that stand beside a scenario go before it', async () => {
  const url = await start({ scenario: 'multi-token-chunks', ttft: 2, itl: 1 })
  const payloads = readPayloads(
    (
      await send(`${url}/v1/completions`, {
        body: { prompt: 'x', stream: true, max_tokens: 32 },
      })
    ).text,
  )
  expect(payloads).toHaveLength(9)
  expect(payloads.at(-1).usage.completion_tokens).toBe(32)
  const [record] = await readTruth(url)
  expect(record?.plan?.ttft_ms).toBe(2)
})

test('the clock of the truth can be set against that of the wall', async () => {
  const url = await start()
  const { now_ms: now, time } = JSON.parse((await send(`${url}/__mock/clock`)).text)
  expect(now).toBeLessThanOrEqual(Number(process.hrtime.bigint()) / 1e6)
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT/)
})

test('a server with a key is controlled by nobody without it', async () => {
  const url = await start({ profile: 'vllm', ttft: 1, itl: 1, api_key: 'secret-key' })
  const inquiries = [
    ['truth', 'GET'],
    ['stats', 'GET'],
    ['clock', 'GET'],
    ['reset', 'POST'],
    ['config', 'PATCH'],
    ['scenario', 'POST'],
  ] as const
  const body = { ttft: 9, scenario: 'ideal' }
  for (const [name, method] of inquiries) {
    const given = { method, ...(method !== 'GET' && { body }) }
    for (const headers of [{}, { authorization: 'Bearer other' }, { 'x-api-key': 'secret-key' }]) {
      const reply = await send(`${url}/__mock/${name}`, { ...given, headers })
      expect([name, reply.status]).toEqual([name, 401])
    }
  }
  const headers = { authorization: 'Bearer secret-key' }
  for (const [name, method] of inquiries) {
    const given = { method, headers, ...(method !== 'GET' && { body }) }
    const reply = await send(`${url}/__mock/${name}`, given)
    expect([name, reply.status]).toEqual([name, 200])
  }
})

test('a script that is given while it runs is a file below its folder, links followed', async () => {
  const [folder, outside] = [0, 1].map(() => mkdtempSync(join(tmpdir(), 'slogate-'))) as [
    string,
    string,
  ]
  onTestFinished(() => {
    for (const each of [folder, outside]) rmSync(each, { recursive: true })
  })
  for (const each of [folder, outside]) writeFileSync(join(each, 'a.sse'), 'data: {"text":"a"}\n\n')
  symlinkSync(join(outside, 'a.sse'), join(folder, 'link.sse'))
  symlinkSync(outside, join(folder, 'linked'))
  symlinkSync(join(folder, 'a.sse'), join(outside, 'back.sse'))

  const url = await start({ profile: 'vllm', ttft: 1, script: join(outside, 'a.sse') }, folder)
  const refused = [
    '/etc/passwd',
    '/etc/no-such-file',
    '../'.repeat(20) + 'etc/passwd',
    join(outside, 'a.sse'),
    join(folder, 'link.sse'),
    join(folder, 'linked/a.sse'),
    '..',
    'link.sse',
  ]
  for (const script of refused) {
    const reply = await patch(url, { script })
    expect([script, reply.status]).toEqual([script, 400])
    expect(reply.text).toContain('script: expected a file below the folder the mock runs in')
    expect(reply.text).not.toContain('root:')
  }
  expect((await patch(url, { script: join(folder, 'none.sse') })).text).toContain('can be read')
  // What it was started with stays, whatever else is changed.
  expect((await patch(url, { ttft: 2 })).status).toBe(200)
  for (const script of ['a.sse', join(folder, 'a.sse'), join(outside, 'back.sse')]) {
    expect([script, (await patch(url, { script })).status]).toEqual([script, 200])
  }
  expect((await send(`${url}/stream/sse`)).text).toContain('{"text":"a"}')
})
