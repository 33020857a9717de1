import Anthropic, * as anthropicErrors from '@anthropic-ai/sdk'
import { ApiError, GoogleGenAI } from '@google/genai'
import { Ollama } from 'ollama'
import OpenAI, * as openaiErrors from 'openai'
import { expect, onTestFinished, test } from 'vitest'

import type { ContentKind } from '../../src/mock/answer/answer.ts'
import { composeAnswer } from '../../src/mock/answer/composition.ts'
import { type MockOptions, startServer } from '../../src/mock/index.ts'
import { parseOptions } from '../../src/mock/options/options.ts'

const tokens = 12
const spoken: MockOptions = { tokens, text: 'tricky' }
const key = 'sdk'
const keyed = { 'x-mock-key': key }
const messages = [{ role: 'user' as const, content: 'hi' }]

async function start(options: MockOptions = {}): Promise<string> {
  const server = await startServer({ ...spoken, profile: 'openai', ttft: 2, itl: 1, ...options })
  onTestFinished(() => server.close())
  return server.url
}

const startOpenai = async (options: MockOptions = {}): Promise<OpenAI> =>
  new OpenAI({
    baseURL: `${await start(options)}/v1`,
    apiKey: 'k-1',
    maxRetries: 0,
    defaultHeaders: keyed,
  })
const startAnthropic = async (options: MockOptions = {}): Promise<Anthropic> =>
  new Anthropic({
    baseURL: await start(options),
    apiKey: 'k-1',
    maxRetries: 0,
    defaultHeaders: keyed,
  })
const startOllama = async (options: MockOptions = {}): Promise<Ollama> =>
  new Ollama({ host: await start(options), headers: keyed })
const startGemini = async (options: MockOptions = {}): Promise<GoogleGenAI> =>
  new GoogleGenAI({
    apiKey: 'k-1',
    httpOptions: { baseUrl: await start(options), headers: keyed },
  })

/** What the mock had to say to the request with the key. */
function planText(kind: ContentKind = 'text', options: MockOptions = {}, choice = 0): string {
  const parsed = parseOptions({ ...spoken, ...options })
  const ask = {
    prompt: '',
    promptTokens: 1,
    kinds: ['reasoning', 'tool_call'],
    choices: choice + 1,
    render: () => {
      throw new Error('nothing is rendered here')
    },
  } as const
  return composeAnswer(parsed, ask, tokens, key)
    .flatMap(({ pieces }) => pieces)
    .filter((piece) => piece.kind === kind && piece.choice === choice)
    .map(({ text }) => text)
    .join('')
}

const thinking = { reasoning: { tokens: 5 } }
const calling = { tool_calls: { count: 1, after: 2 } }
const failing: MockOptions = { faults: [{ kind: 'in-band-error', after_events: 3 }] }
const refusing = (status: number): MockOptions => ({ faults: [{ kind: 'http-error', status }] })

async function collect<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const chunks: T[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

test('openai reads a stream of chat completions: text, usage, finish reason', async () => {
  const client = await startOpenai()
  const stream_options = { include_usage: true }
  const stream = await client.chat.completions.create({
    model: 'm',
    messages,
    stream: true,
    stream_options,
  })
  const chunks = await collect(stream)
  const text = chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
  expect(text).toBe(planText())
  expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['stop'])
  expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 1, completion_tokens: tokens })
  expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true)

  const runner = client.chat.completions.stream({ model: 'm', messages, stream_options })
  const whole = await runner.finalChatCompletion()
  expect(whole.choices[0]?.message.content).toBe(planText())
  expect(whole.usage?.total_tokens).toBe(tokens + 1)
})

test('openai reads embeddings, asked for in base64 by itself, as those of numbers', async () => {
  const client = await startOpenai()
  const asked = { model: 'm', input: ['one', 'two'], dimensions: 16 }
  const packed = await client.embeddings.create(asked)
  const plain = await client.embeddings.create({ ...asked, encoding_format: 'float' })
  expect(packed.data.map(({ embedding }) => embedding)).toEqual(
    plain.data.map(({ embedding }) => embedding),
  )
  expect(plain.data[1]?.embedding).toHaveLength(16)
  expect(plain.usage).toEqual({ prompt_tokens: 2, total_tokens: 2 })
})

test('openai puts tool calls together, and several choices', async () => {
  const client = await startOpenai(calling)
  const runner = client.chat.completions.stream({ model: 'm', messages, n: 2 })
  const { choices } = await runner.finalChatCompletion()
  expect(choices).toHaveLength(2)
  for (const [index, { message, finish_reason }] of choices.entries()) {
    expect(finish_reason).toBe('tool_calls')
    expect(message.content).toBe(planText('text', calling, index))
    const call = message.tool_calls?.[0]
    if (call?.type !== 'function') throw new Error('no tool call')
    expect(call.function.name).toBe('get_weather')
    expect(call.function.arguments).toBe(planText('tool_call', calling, index))
    expect(JSON.parse(call.function.arguments)).toEqual({ city: expect.any(String) })
  }
})

test('openai leaves reasoning to those who look for it', async () => {
  const both = { reasoning: { tokens: 5, field: 'both' } } as const
  const client = await startOpenai(both)
  const chunks = await collect(
    await client.chat.completions.create({
      model: 'm',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    }),
  )
  const deltas = chunks.map(
    ({ choices }) => choices[0]?.delta as Record<string, string | undefined> | undefined,
  )
  for (const field of ['reasoning', 'reasoning_content']) {
    const thought = deltas.map((delta) => delta?.[field] ?? '').join('')
    expect(thought).toBe(planText('reasoning', both))
  }
  expect(deltas.map((delta) => delta?.['content'] ?? '').join('')).toBe(planText('text', both))
  expect(chunks.at(-1)?.usage?.completion_tokens_details?.reasoning_tokens).toBe(5)
})

test('openai reads a stream of completions, of two prompts too', async () => {
  const client = await startOpenai({ profile: 'vllm' })
  const stream = await client.completions.create({
    model: 'm',
    prompt: ['a', 'b'],
    stream: true,
    stream_options: { include_usage: true },
  })
  const chunks = await collect(stream)
  for (const index of [0, 1]) {
    const own = chunks.flatMap(({ choices }) => choices.filter((choice) => choice.index === index))
    expect(own.map(({ text }) => text).join('')).toBe(planText('text', {}, index))
    expect(own.at(-1)?.finish_reason).toBe('stop')
  }
  expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 2, completion_tokens: 2 * tokens })
})

test('openai reads a stream of responses: text, reasoning, a tool call, usage', async () => {
  const options = { ...thinking, tool_calls: { after: 3 } }
  const client = await startOpenai(options)
  const runner = client.responses.stream({ model: 'm', input: 'hi' })
  const events = await collect(runner)
  const response = await runner.finalResponse()
  expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i))
  expect(response.status).toBe('completed')
  expect(response.output_text).toBe(planText('text', options))
  const [thought, , call] = response.output
  if (thought?.type !== 'reasoning' || call?.type !== 'function_call') throw new Error('no items')
  expect(thought.content?.[0]?.text).toBe(planText('reasoning', options))
  expect(call.arguments).toBe(planText('tool_call', options))
  expect(response.usage).toMatchObject({
    input_tokens: 1,
    output_tokens: tokens,
    output_tokens_details: { reasoning_tokens: 5 },
  })
  const cut = await client.responses
    .stream({ model: 'm', input: 'hi', max_output_tokens: 7 })
    .finalResponse()
  expect(cut.incomplete_details).toEqual({ reason: 'max_output_tokens' })
})

test('openai throws what goes wrong in the middle of a stream', async () => {
  for (const profile of ['openai', 'vllm', 'qwen-vllm'] as const) {
    const client = await startOpenai({ ...failing, profile })
    const stream = await client.chat.completions.create({ model: 'm', messages, stream: true })
    await expect(collect(stream)).rejects.toThrow(openaiErrors.APIError)
    const responses = await client.responses.create({ model: 'm', input: 'hi', stream: true })
    expect((await collect(responses)).at(-1)).toMatchObject({
      type: 'error',
      message: 'The mock was told to fail',
    })
    const runner = client.responses.stream({ model: 'm', input: 'hi' })
    await expect(runner.finalResponse()).rejects.toThrow()
  }
})

test.each([
  [400, openaiErrors.BadRequestError],
  [401, openaiErrors.AuthenticationError],
  [429, openaiErrors.RateLimitError],
  [503, openaiErrors.InternalServerError],
] as const)('openai knows the HTTP error %i', async (status, kind) => {
  const client = await startOpenai(refusing(status))
  const asked = client.chat.completions.create({ model: 'm', messages, stream: true })
  await expect(asked).rejects.toThrow(kind)
  await expect(asked).rejects.toMatchObject({ status, message: /The mock was told to fail/ })
})

test('anthropic reads a stream of messages: text, thinking, a tool call, usage', async () => {
  const options = { ...thinking, tool_calls: { after: 3 } }
  const client = await startAnthropic(options)
  const stream = client.messages.stream({ model: 'm', max_tokens: 99, messages })
  const message = await stream.finalMessage()
  expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use'])
  const [thought, text, call] = message.content
  expect(thought).toMatchObject({ thinking: planText('reasoning', options) })
  expect(text).toMatchObject({ text: planText('text', options) })
  expect(call).toMatchObject({
    name: 'get_weather',
    input: JSON.parse(planText('tool_call', options)),
  })
  expect(message.stop_reason).toBe('tool_use')
  expect(message.usage).toMatchObject({ input_tokens: 1, output_tokens: tokens })

  const whole = await client.messages.create({ model: 'm', max_tokens: 99, messages })
  expect(whole.content).toEqual(message.content)
})

test('anthropic throws what goes wrong, in the middle of a stream and before', async () => {
  const client = await startAnthropic(failing)
  const stream = client.messages.stream({ model: 'm', max_tokens: 99, messages })
  await expect(stream.finalMessage()).rejects.toThrow(/The mock was told to fail/)
  for (const [status, kind, type] of [
    [401, anthropicErrors.AuthenticationError, 'authentication_error'],
    [429, anthropicErrors.RateLimitError, 'rate_limit_error'],
    [529, anthropicErrors.InternalServerError, 'overloaded_error'],
  ] as const) {
    const refused = await startAnthropic(refusing(status))
    const asked = refused.messages.create({ model: 'm', max_tokens: 9, messages })
    await expect(asked).rejects.toThrow(kind)
    await expect(asked).rejects.toMatchObject({ status, error: { error: { type } } })
  }
})

test('ollama reads chat and generate: text, thinking, a tool call, counts', async () => {
  const options = { ...thinking, tool_calls: { after: 3 } }
  const client = await startOllama(options)
  const chunks = await collect(await client.chat({ model: 'm', messages, stream: true }))
  const join = (pick: (chunk: (typeof chunks)[number]) => string | undefined): string =>
    chunks.map((chunk) => pick(chunk) ?? '').join('')
  expect(join(({ message }) => message.content)).toBe(planText('text', options))
  expect(join(({ message }) => message.thinking)).toBe(planText('reasoning', options))
  const [call] = chunks.flatMap(({ message }) => message.tool_calls ?? [])
  expect(call?.function.arguments).toEqual(JSON.parse(planText('tool_call', options)))
  expect(chunks.at(-1)).toMatchObject({ done: true, done_reason: 'stop', eval_count: tokens })

  const parts = await collect(await client.generate({ model: 'm', prompt: 'hi', stream: true }))
  expect(parts.map(({ thinking: thought = '' }) => thought).join('')).not.toBe('')
  expect(parts.at(-1)).toMatchObject({ prompt_eval_count: 1, eval_count: tokens })
  const whole = await client.chat({ model: 'm', messages })
  expect(whole.message.content).toBe(planText('text', options))
  expect((await client.list()).models).toMatchObject([{ name: 'mock-model' }])
})

test('ollama throws what goes wrong, in the middle of a stream and before', async () => {
  const client = await startOllama(failing)
  const stream = await client.chat({ model: 'm', messages, stream: true })
  await expect(collect(stream)).rejects.toThrow('The mock was told to fail')
  const refused = await startOllama(refusing(503))
  await expect(refused.chat({ model: 'm', messages, stream: true })).rejects.toMatchObject({
    status_code: 503,
    error: 'The mock was told to fail',
  })
})

test('@google/genai reads a stream: text, thoughts, a function call, counts', async () => {
  const options = { ...thinking, tool_calls: { after: 3 } }
  const client = await startGemini(options)
  const asked = { model: 'm', contents: 'hi' }
  const chunks = await collect(await client.models.generateContentStream(asked))
  const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
  const said = parts.filter(({ thought }) => thought !== true)
  expect(said.map(({ text = '' }) => text).join('')).toBe(planText('text', options))
  const thoughts = parts.filter(({ thought }) => thought === true)
  expect(thoughts.map(({ text }) => text).join('')).toBe(planText('reasoning', options))
  const [call] = chunks.flatMap(({ functionCalls }) => functionCalls ?? [])
  expect(call?.args).toEqual(JSON.parse(planText('tool_call', options)))
  const last = chunks.at(-1)
  expect(last?.candidates?.[0]?.finishReason).toBe('STOP')
  expect(last?.usageMetadata).toMatchObject({
    promptTokenCount: 1,
    candidatesTokenCount: tokens - 5,
    thoughtsTokenCount: 5,
    totalTokenCount: tokens + 1,
  })
  const whole = await client.models.generateContent(asked)
  expect(whole.candidates?.[0]?.content?.parts).toMatchObject([{ thought: true }, {}, {}])
})

test('@google/genai throws what goes wrong, in the middle of a stream and before', async () => {
  const asked = { model: 'm', contents: 'hi' }
  // It looks for an error in each read of its own, not in what the reads make up.
  const client = await startGemini({ ...failing, itl: 50 })
  await expect(
    client.models.generateContentStream(asked).then((stream) => collect(stream)),
  ).rejects.toMatchObject({ status: 500 })
  const refused = await startGemini(refusing(429))
  const request = refused.models.generateContentStream(asked)
  await expect(request).rejects.toThrow(ApiError)
  await expect(request).rejects.toMatchObject({ status: 429 })
})

const askOpenai = async (options: MockOptions): Promise<unknown> =>
  (await startOpenai(options)).chat.completions.create({ model: 'm', messages })
const askAnthropic = async (options: MockOptions): Promise<unknown> =>
  (await startAnthropic(options)).messages.create({ model: 'm', max_tokens: 9, messages })
const askGemini = async (options: MockOptions): Promise<unknown> =>
  (await startGemini(options)).models.generateContent({ model: 'm', contents: 'hi' })

test('each SDK carries the API key where the mock looks for it', async () => {
  const right = { api_key: 'k-1' }
  const wrong = { api_key: 'k-2' }
  for (const ask of [askOpenai, askAnthropic, askGemini]) {
    await expect(ask(right)).resolves.toBeDefined()
    await expect(ask(wrong)).rejects.toMatchObject({ status: 401 })
  }
})
