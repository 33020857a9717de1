import { expect, onTestFinished, test } from 'vitest'

import { type MockOptions, startServer, type TruthRecord } from '../../src/mock/index.ts'
import { send } from './client.ts'

async function start(options: MockOptions = {}): Promise<string> {
  const server = await startServer({ profile: 'vllm', ...options })
  onTestFinished(() => server.close())
  return server.url
}

async function post(url: string, body: object): Promise<any> {
  const { status, text } = await send(url, { body })
  return { status, ...JSON.parse(text) }
}

async function readTruth(url: string): Promise<TruthRecord[]> {
  return JSON.parse((await send(`${url}/__mock/truth`)).text)
}

test('an embedding is of length 1, and the same for the same text whatever stands beside it', async () => {
  const url = `${await start()}/v1/embeddings`
  const both = await post(url, { model: 'm', input: ['a river', 'a mountain'] })
  const one = await post(url, { model: 'm', input: 'a river' })
  expect(both).toMatchObject({
    status: 200,
    object: 'list',
    model: 'm',
    data: [{ object: 'embedding', index: 0 }, { index: 1 }],
    usage: { prompt_tokens: 5, total_tokens: 5, completion_tokens: 0 },
  })
  expect(one.data[0].embedding).toEqual(both.data[0].embedding)
  expect(both.data[1].embedding).not.toEqual(both.data[0].embedding)
  expect(one.data[0].embedding).toHaveLength(1024)
  expect(Math.hypot(...one.data[0].embedding)).toBeCloseTo(1)
})

test('base64 holds the same numbers, little-endian floats of 32 bits', async () => {
  const url = `${await start({ profile: 'openai' })}/v1/embeddings`
  const asked = { input: [[1, 2, 3]], dimensions: 5 }
  const floats = await post(url, asked)
  const packed = await post(url, { ...asked, encoding_format: 'base64' })
  const bytes = Buffer.from(packed.data[0].embedding, 'base64')
  const read = Array.from({ length: 5 }, (_, index) => bytes.readFloatLE(4 * index))
  expect(read).toEqual(floats.data[0].embedding)
  expect(floats.usage).toEqual({ prompt_tokens: 3, total_tokens: 3 })
})

test('a rerank puts the document first that shares most words with the query', async () => {
  const url = await start()
  const documents = ['Horses eat hay.', { text: 'Paris is the capital of France.' }, 'France']
  const asked = { query: 'What is the capital of France?', documents }
  for (const path of ['/v1/rerank', '/rerank']) {
    const { status, results, usage } = await post(`${url}${path}`, asked)
    expect(status).toBe(200)
    expect(results.map(({ index }: { index: number }) => index)).toEqual([1, 2, 0])
    expect(results[0].document).toEqual({ text: 'Paris is the capital of France.' })
    const scores = results.map((each: any) => each.relevance_score)
    expect(scores).toEqual(scores.toSorted((a: number, b: number) => b - a))
    expect(scores.every((score: number) => score > 0 && score < 1)).toBe(true)
    expect(usage.prompt_tokens).toBe(12 + 16 + 9)
    expect(usage.total_tokens).toBe(usage.prompt_tokens)
  }
  const few = await post(`${url}/rerank`, { ...asked, top_n: 1, return_documents: false })
  expect(few.results).toEqual([{ index: 1, relevance_score: expect.any(Number) }])
})

test.each([
  ['/v1/embeddings', {}, 'body.input'],
  ['/v1/embeddings', { input: [] }, 'body.input'],
  ['/v1/embeddings', { input: ['a', 1.5] }, 'body.input'],
  ['/v1/embeddings', { input: 'a', dimensions: 0 }, 'body.dimensions'],
  ['/v1/embeddings', { input: 'a', dimensions: 5000 }, 'body.dimensions'],
  ['/v1/embeddings', { input: 'a', encoding_format: 'int8' }, 'body.encoding_format'],
  ['/rerank', { documents: ['a'] }, 'body.query'],
  ['/rerank', { query: 'a' }, 'body.documents'],
  ['/rerank', { query: 'a', documents: ['b', {}] }, 'body.documents'],
  ['/rerank', { query: 'a', documents: ['b'], top_n: -1 }, 'body.top_n'],
])('%s refuses %j', async (path, body, param) => {
  const { status, error } = await post(`${await start()}${path}`, body)
  expect([status, error.param]).toEqual([400, param])
})

test('each input has to fit into the context, not all of them together', async () => {
  const url = `${await start()}/v1/embeddings`
  const half = 'x'.repeat(70_000)
  expect((await post(url, { input: [half, half, half] })).status).toBe(200)
  expect((await post(url, { input: [half + half] })).status).toBe(400)
})

test('the truth has the prompt, no answer, and the time of the prefill alone', async () => {
  const latency = { tier: 'linear', base: '3ms', per_token: '1ms' } as const
  const url = await start({ latency })
  await post(`${url}/v1/embeddings`, { input: ['12345678', '1234'] })
  await post(`${url}/rerank`, { query: 'abcd', documents: ['efgh'] })
  const truth = await readTruth(url)
  expect(truth).toMatchObject([
    {
      dialect: 'openai-embeddings',
      outcome: 'ok',
      tokens: { prompt: 3, completion: 0 },
      plan: { ttft_ms: 6, itl_ms: [], finish_reason: 'stop' },
    },
    { dialect: 'rerank', tokens: { prompt: 2, completion: 0 }, plan: { ttft_ms: 5, itl_ms: [] } },
  ])
  for (const { content_ms, admitted_ms, plan } of truth) {
    expect(content_ms).toHaveLength(1)
    expect((content_ms[0] ?? 0) - (admitted_ms ?? 0)).toBeGreaterThanOrEqual(plan?.ttft_ms ?? 0)
  }
})

test('a whole answer can fail under its status of success', async () => {
  const url = await start({ faults: [{ kind: 'in-band-error', message: 'no memory' }] })
  for (const [path, body] of [
    ['/v1/embeddings', { input: 'a' }],
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'a' }] }],
  ] as const) {
    const { status, error } = await post(`${url}${path}`, body)
    expect([status, error.message]).toEqual([200, 'no memory'])
  }
  expect(await readTruth(url)).toMatchObject([
    { outcome: 'fault:in-band-error', error: 'no memory' },
    { outcome: 'fault:in-band-error', error: 'no memory' },
  ])
})
