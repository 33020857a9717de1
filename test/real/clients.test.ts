import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'

import { type MockHandle, startMock } from '../../src/mock/index.ts'
import { clients } from './_clients.ts'
import { type Figures, figuresOf, quantilesOf } from './_figures.ts'
import { finish } from './_process.ts'
import { titleOf } from './_software.ts'
import { requests } from './_specs.ts'
import { printTable } from './_table.ts'

const load = { requests, concurrency: 4, tokens: 16 }

const rows: Record<string, string>[] = []
afterAll(() => printTable('clients', rows))

let mock: MockHandle
beforeAll(async () => {
  mock = await startMock({ profile: 'vllm', ttft: '40ms', itl: '5ms' })
})
afterAll(() => mock.stop())
beforeEach(async () => {
  await fetch(`${mock.url}/__mock/reset`, { method: 'POST' })
})

for (const { software, command, read } of clients) {
  const { name, path } = software
  test.skipIf(path === undefined)(`${titleOf(software)} gets every answer whole`, async () => {
    const folder = join(inject('installed'), 'clients', name.replaceAll(/\W+/g, '-'))
    mkdirSync(folder, { recursive: true })
    const finished = await finish(command(path ?? '', mock.url, folder, load))
    expect(finished.code, finished.text).toBe(0)
    const figures = read(folder, finished)
    await note(`${name} ${software.version()}`, figures)
    expect(figures).toMatchObject({ completed: requests, failed: 0 })
  })
}

test("OpenAI's SDK for Node gets every answer whole", async () => {
  const figures = await askWithSdk()
  await note(`OpenAI SDK, Node ${process.version}`, figures)
  expect(figures).toMatchObject({ completed: requests, failed: 0 })
})

async function askWithSdk(): Promise<Figures> {
  const client = new OpenAI({ baseURL: `${mock.url}/v1`, apiKey: 'none', maxRetries: 0 })
  const ttfts: number[] = []
  const latencies: number[] = []
  let tokens = 0
  let failed = 0
  let left = requests
  const ask = async (): Promise<void> => {
    const start = performance.now()
    const times: number[] = []
    const stream = await client.chat.completions.create({
      model: 'mock-model',
      messages: [{ role: 'user', content: 'Name three rivers.' }],
      max_tokens: 16,
      stream: true,
      stream_options: { include_usage: true },
    })
    for await (const { choices, usage } of stream) {
      if (choices[0]?.delta.content) times.push(performance.now() - start)
      tokens += usage?.completion_tokens ?? 0
    }
    ttfts.push(times[0] ?? NaN)
    latencies.push(times.at(-1) ?? NaN)
  }
  const slot = async (): Promise<void> => {
    while (left-- > 0) await ask().catch(() => failed++)
  }
  await Promise.all([slot(), slot(), slot(), slot()])
  return {
    completed: ttfts.length,
    failed,
    ttft: quantilesOf(ttfts),
    latency: quantilesOf(latencies),
    tokens,
  }
}

/** A row with what the client says beside what the mock knows of the same requests. */
async function note(client: string, said: Figures): Promise<void> {
  const known = figuresOf(await mock.truth())
  rows.push({
    'client, said / known': client,
    completed: beside(said.completed, known.completed),
    failed: beside(said.failed, known.failed),
    'ttft p50 (ms)': beside(said.ttft.p50, known.ttft.p50),
    'ttft p99 (ms)': beside(said.ttft.p99, known.ttft.p99),
    'latency p50 (ms)': beside(said.latency.p50, known.latency.p50),
    'latency p99 (ms)': beside(said.latency.p99, known.latency.p99),
    tokens: beside(said.tokens, known.tokens),
  })
}

const round = (value = NaN): string =>
  Number.isNaN(value) ? '–' : String(Math.round(value * 10) / 10)

const beside = (one: number | undefined, other: number | undefined): string =>
  `${round(one)} / ${round(other)}`
