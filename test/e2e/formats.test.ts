import { expect, onTestFinished, test } from 'vitest'

import type { DialectName } from '../../src/bench-spec/stream-format.ts'
import { startMock } from '../../src/mock/index.ts'
import type { MockOptions } from '../../src/mock/index.ts'
import { monotonicClock } from '../../src/mock/latency/monotonic-clock.ts'
import { createReader } from '../../src/stream/read.ts'
import type { StreamMarks } from '../../src/stream/reader.ts'

const tokens = 14
const messages = [{ role: 'user', content: 'hi' }]
const streamed = { stream: true, stream_options: { include_usage: true } }
const contents = [{ parts: [{ text: 'hi' }] }]
const gemini = '/v1beta/models/m:streamGenerateContent'

const targets: readonly [dialect: DialectName, path: string, body: object][] = [
  ['openai-chat', '/v1/chat/completions', { ...streamed, messages, n: 2 }],
  ['openai-completions', '/v1/completions', { ...streamed, prompt: ['a', 'b'] }],
  ['openai-responses', '/v1/responses', { stream: true, input: 'hi' }],
  ['anthropic', '/v1/messages', { stream: true, max_tokens: 99, messages }],
  ['gemini', `${gemini}?alt=sse`, { contents }],
  ['gemini', gemini, { contents }],
  ['ollama', '/api/chat', { model: 'm', messages }],
  ['ollama', '/api/generate', { model: 'm', prompt: 'hi' }],
  ['tgi', '/generate_stream', { inputs: 'hi', parameters: { details: true } }],
  ['dify', '/v1/chat-messages', { query: 'hi' }],
  ['dify', '/v1/completion-messages', { inputs: { query: 'hi' } }],
  ['dify', '/v1/workflows/run', { inputs: { query: 'hi' } }],
  ['sse', '/stream/sse', {}],
  ['ndjson', '/stream/ndjson', {}],
]

const variations: readonly MockOptions[] = [
  { profile: 'vllm', reasoning: { tokens: 4 }, tool_calls: { after: 4, count: 2 } },
  { profile: 'openai', reasoning: { tokens: 99, field: 'both' } },
  { profile: 'openai', tool_calls: {}, tokens_per_event: 3, usage_delay: 20, close_delay: 20 },
  { profile: 'vllm', dify: { app: 'agent', event_name: 'both' }, finish_style: 'separate' },
  { profile: 'vllm', dify: { app: 'chat', end_order: 'message_end_first', ping_every: 5 } },
  { profile: 'vllm', latency: 'step' },
]

async function read(url: string, dialect: DialectName, body: object): Promise<StreamMarks> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const reader = createReader({ dialect }, response.headers.get('content-type') ?? undefined)
  for await (const chunk of response.body ?? []) reader.feed(chunk, monotonicClock.now())
  expect(reader.end(monotonicClock.now())).toBeUndefined()
  return reader.marks
}

test.each(variations)(
  'the reader sees the tokens that were sent, when they were sent, in every format: %j [S2.1]',
  { timeout: 120_000 },
  async (options) => {
    const times = options.latency === undefined ? { ttft: 5, itl: 3 } : {}
    const mock = await startMock({ tokens, text: 'tricky', ...times, ...options })
    onTestFinished(() => mock.stop())
    for (const [index, [dialect, path, body]] of targets.entries()) {
      const marks = await read(`${mock.url}${path}`, dialect, body)
      const sent = (await mock.truth())[index]!
      expect([path, sent.outcome]).toEqual([path, 'ok'])
      expect([path, marks.tokenTimes.length]).toEqual([path, sent.content_ms.length])
      for (const [token, at] of sent.content_ms.entries()) {
        expect(marks.tokenTimes.at(token)).toBeGreaterThanOrEqual(at)
      }
      const counts = !['sse', 'ndjson'].includes(dialect) && path !== '/v1/workflows/run'
      expect([path, marks.completionTokens, marks.promptTokens]).toEqual([
        path,
        counts ? sent.tokens.completion : undefined,
        counts ? sent.tokens.prompt : undefined,
      ])
      expect(sent.tokens.completion).toBe(asksForTwo(path) ? 2 * tokens : tokens)
    }
  },
)

function asksForTwo(path: string): boolean {
  return ['/v1/chat/completions', '/v1/completions'].includes(path)
}

const long = 'Say in a word what this is about. '.repeat(8)

test.each<[DialectName, string, object, number | undefined]>([
  ['openai-chat', '/v1/chat/completions', { ...streamed, messages: say(long) }, undefined],
  ['openai-completions', '/v1/completions', { ...streamed, prompt: long }, undefined],
  ['openai-responses', '/v1/responses', { stream: true, instructions: long, input: 'hi' }, 0],
  ['anthropic', '/v1/messages', { stream: true, max_tokens: 9, system: long, messages }, 0],
  [
    'gemini',
    `${gemini}?alt=sse`,
    { systemInstruction: { parts: [{ text: long }] }, contents },
    undefined,
  ],
])(
  '%s: the reader finds as many cached tokens as the mock took from its cache',
  async (dialect, path, body, first) => {
    const mock = await startMock({
      profile: 'vllm',
      tokens: 2,
      ttft: 1,
      itl: 1,
      prefix_cache: true,
    })
    onTestFinished(() => mock.stop())
    const marks = [
      await read(`${mock.url}${path}`, dialect, body),
      await read(`${mock.url}${path}`, dialect, body),
    ]
    const sent = (await mock.truth()).map(({ tokens: counted }) => counted)
    expect(sent[0]?.cached).toBe(0)
    expect(sent[1]?.cached).toBeGreaterThan(32)
    expect(marks.map(({ promptTokens }) => promptTokens)).toEqual(sent.map(({ prompt }) => prompt))
    expect(marks.map(({ cachedTokens }) => cachedTokens)).toEqual([first, sent[1]?.cached])
  },
)

function say(content: string): object[] {
  return [{ role: 'user', content }]
}
