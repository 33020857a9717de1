import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, expect, test } from 'vitest'

import type { DialectName, StreamFormat } from '../../src/bench-spec/stream-format.ts'
import { createReader } from '../../src/stream/read.ts'
import type { StreamFault, StreamMarks } from '../../src/stream/reader.ts'

const server = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 8 })
const reasoning = 'First I think about it.'
const answer = 'An answer that comes in pieces: 你好 👋.'
const call = { name: 'weather', arguments: '{"city":"Tōkyō"}' }

beforeAll(async () => {
  const usage = { prompt_tokens: 9, completion_tokens: 21 }
  server.on({ userMessage: 'text' }, { content: answer, reasoning, usage })
  server.on({ userMessage: 'call' }, { toolCalls: [call], usage })
  await server.start()
})

afterAll(() => server.stop())

const messages = (word: string) => [{ role: 'user', content: word }]

interface Endpoint {
  dialect: DialectName
  path: string
  body: (word: string) => object
  /** Whether the server thinks aloud and counts tokens in this format. */
  complete: boolean
  /** Token events of a tool call: pieces of its arguments, or the whole call at once. */
  callTokens: number
}

const pieces = (text: string): number => Math.ceil(text.length / 8)

const endpoints: Endpoint[] = [
  {
    dialect: 'openai-chat',
    path: '/v1/chat/completions',
    body: (word) => ({
      model: 'm',
      messages: messages(word),
      stream: true,
      stream_options: { include_usage: true },
    }),
    complete: true,
    callTokens: 1 + pieces(call.arguments),
  },
  {
    dialect: 'openai-responses',
    path: '/v1/responses',
    body: (word) => ({ model: 'm', input: messages(word), stream: true }),
    complete: true,
    callTokens: pieces(call.arguments),
  },
  {
    dialect: 'anthropic',
    path: '/v1/messages',
    body: (word) => ({ model: 'm', max_tokens: 99, messages: messages(word), stream: true }),
    complete: true,
    callTokens: pieces(call.arguments),
  },
  {
    dialect: 'gemini',
    path: '/v1beta/models/m:streamGenerateContent?alt=sse',
    body: (word) => ({ contents: [{ role: 'user', parts: [{ text: word }] }] }),
    complete: true,
    callTokens: 1,
  },
  {
    dialect: 'ollama',
    path: '/api/chat',
    body: (word) => ({ model: 'm', messages: messages(word), stream: true }),
    complete: false,
    callTokens: 1,
  },
  {
    dialect: 'ollama',
    path: '/api/generate',
    body: (word) => ({ model: 'm', prompt: word, stream: true }),
    complete: false,
    callTokens: 1,
  },
]

/** Reads one answer; the instant of a read is its number. */
async function read(
  { path, body }: Endpoint,
  word: string,
  format: StreamFormat | undefined,
): Promise<{ marks: StreamMarks; fault: StreamFault | undefined }> {
  const response = await fetch(`${server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify(body(word)),
  })
  expect(response.status).toBe(200)
  const type = response.headers.get('content-type') ?? undefined
  const reader = createReader(format, type, { keepOutput: true })
  let reads = 0
  for await (const chunk of response.body ?? []) reader.feed(chunk, reads++)
  return { fault: reader.end(reads), marks: reader.marks }
}

const formats = endpoints.flatMap((endpoint) => {
  const { dialect, path } = endpoint
  return [
    { endpoint, path, how: dialect, format: { dialect } },
    { endpoint, path, how: 'no format', format: undefined },
  ]
})

test.each(formats)('$path, read as $how: text', async ({ endpoint, format }) => {
  const { marks, fault } = await read(endpoint, 'text', format)
  expect(fault).toBeUndefined()
  expect(marks).toMatchObject({ dialect: endpoint.dialect, output: answer })
  expect(marks.tokenTimes).toHaveLength(
    (endpoint.complete ? pieces(reasoning) : 0) + pieces(answer),
  )
  expect(marks.completed).toBeGreaterThanOrEqual(marks.lastToken ?? Infinity)
  const { promptTokens, completionTokens } = marks
  expect({ promptTokens, completionTokens }).toEqual(
    endpoint.complete ? { promptTokens: 9, completionTokens: 21 } : {},
  )
})

test.each(formats.filter(({ path }) => path !== '/api/generate'))(
  '$path, read as $how: a tool call',
  async ({ endpoint, format }) => {
    const { marks, fault } = await read(endpoint, 'call', format)
    expect(fault).toBeUndefined()
    expect(marks.dialect).toBe(endpoint.dialect)
    expect(marks.tokenTimes).toHaveLength(endpoint.callTokens)
    expect(marks.firstOutput).toBe(marks.firstToken)
    expect(marks.output).toBeUndefined()
  },
)
