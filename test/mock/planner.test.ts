import { expect, test } from 'vitest'

import { chatDialect } from '../../src/mock/dialect/chat.ts'
import { completionsDialect } from '../../src/mock/dialect/completions.ts'
import type { Dialect } from '../../src/mock/dialect/dialect.ts'
import { difyDialect } from '../../src/mock/dialect/dify.ts'
import { rawDialect } from '../../src/mock/dialect/raw-text.ts'
import type { MockOptions } from '../../src/mock/options/mock-options.ts'
import { parseOptions } from '../../src/mock/options/options.ts'
import type { Plan } from '../../src/mock/plan/plan.ts'
import { Refusal } from '../../src/mock/plan/refusal.ts'
import { createPlanner } from '../../src/mock/serving/planner.ts'
import { chat, readFrames, readPayloads } from './client.ts'

const route = { pathname: '/', query: new URLSearchParams() }

function planFor(
  dialect: Dialect,
  body: unknown,
  options: MockOptions = {},
  { key = 'k', turn = 0 }: { key?: string; turn?: number } = {},
): Plan {
  const planner = createPlanner(parseOptions(options))
  const ask = dialect.readAsk(typeof body === 'string' ? body : JSON.stringify(body), route)
  planner.check(ask)
  return planner.plan(ask, { key, turn, ref: 'mock-000001', created: 1_767_225_600 })
}

const bytesOf = (plan: Plan): string =>
  Buffer.concat(plan.events.map(({ bytes }) => bytes)).toString('utf8')
const tokensOf = (plan: Plan): number => plan.events.reduce((sum, { tokens }) => sum + tokens, 0)
const streamed = { ...chat, stream: true }

function refusalOf(dialect: Dialect, body: unknown, options: MockOptions = {}): Refusal {
  try {
    planFor(dialect, body, options)
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error('it was not refused')
}

const requests: [string, Dialect, unknown][] = [
  ['chat stream', chatDialect, streamed],
  ['chat whole', chatDialect, chat],
  ['completions stream', completionsDialect, { prompt: '分类', stream: true }],
  ['completions whole', completionsDialect, { prompt: '分类' }],
  ['dify stream', difyDialect, { query: '分类' }],
  ['dify whole', difyDialect, { query: '分类', response_mode: 'blocking' }],
  ['raw', rawDialect, '分类'],
]

test.each(requests)('conserves tokens and keeps time in order: %s', (_, dialect, body) => {
  for (const tokens of [1, 2, 7, 64]) {
    for (const tokens_per_event of [1, 3]) {
      const plan = planFor(dialect, body, { tokens, tokens_per_event, itl: 3.5 })
      const times = [plan.headersAtMs, ...plan.events.map(({ atMs }) => atMs), plan.end.atMs]
      expect(tokensOf(plan)).toBe(tokens)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
      expect(plan.end.atMs).toBeCloseTo(40 + 3.5 * (Math.ceil(tokens / tokens_per_event) - 1))
    }
  }
})

test('carries the same text whatever the format and the way of asking [S4.26]', () => {
  const texts = requests.map(([name, dialect, body]) => {
    const text = bytesOf(planFor(dialect, body, { tokens: 90, text: 'tricky' }))
    if (name === 'raw') return text
    const payloads = name.endsWith('stream') ? readPayloads(text) : [JSON.parse(text)]
    return payloads
      .map(({ choices, answer }) => {
        const choice = choices?.[0]
        return answer ?? choice?.text ?? (choice?.delta ?? choice?.message)?.content ?? ''
      })
      .join('')
  })
  expect(texts[0]).not.toBe('')
  expect(new Set(texts).size).toBe(1)
})

test('does not shift content or length when only latency changes, nor the other way round', () => {
  const options: MockOptions = { tokens: { min: 5, max: 50 } }
  const fixed = planFor(chatDialect, streamed, options)
  const jittered = planFor(chatDialect, streamed, {
    ...options,
    ttft: { dist: 'lognormal', mean: 40, cv: 0.3 },
    itl: { dist: 'exponential', mean: 5 },
  })
  expect(bytesOf(jittered)).toBe(bytesOf(fixed))

  const ttft = { dist: 'lognormal', mean: 40, cv: 0.3 } as const
  const short = planFor(chatDialect, streamed, { tokens: 3, ttft })
  const long = planFor(chatDialect, streamed, { tokens: 30, ttft })
  expect(long.timing?.contentsMs[0]).toBe(short.timing?.contentsMs[0])
})

test('differs between keys and repeats for the same key', () => {
  const options: MockOptions = { ttft: { dist: 'uniform', min: 10, max: 90 }, tokens: 20 }
  const plan = planFor(chatDialect, streamed, options, { key: 'a' })
  expect(planFor(chatDialect, streamed, options, { key: 'a', turn: 5 })).toEqual(plan)
  expect(planFor(chatDialect, streamed, options, { key: 'b' }).timing).not.toEqual(plan.timing)
})

test('multiplies every time by latency_factor', () => {
  const plan = planFor(chatDialect, streamed, { tokens: 3, latency_factor: 0.5, itl: 10 })
  expect(plan.timing?.contentsMs).toEqual([20, 25, 30])
})

test('gives one request one itl when that is exact', () => {
  const itl = { exact_quantiles: { p50: 4, max: 9 }, n: 10 }
  const plan = planFor(chatDialect, streamed, { tokens: 6, itl })
  const times = plan.timing!.contentsMs
  const gaps = times.slice(1).map((at, index) => (at - times[index]!).toFixed(9))
  expect(new Set(gaps).size).toBe(1)
})

test('streams chat as vLLM does: role, content, finish on the last content, [DONE] [S4.26]', () => {
  const plan = planFor(chatDialect, { ...streamed, model: 'm' }, { tokens: 3 })
  const frames = readFrames(bytesOf(plan))
  expect(frames.at(-1)).toEqual({ event: undefined, data: '[DONE]' })
  const [role, ...content] = readPayloads(bytesOf(plan))
  expect(role).toEqual({
    id: 'chatcmpl-mock-000001',
    object: 'chat.completion.chunk',
    created: 1_767_225_600,
    model: 'm',
    choices: [
      {
        index: 0,
        delta: { role: 'assistant', content: '' },
        logprobs: null,
        finish_reason: null,
      },
    ],
    prompt_token_ids: null,
  })
  expect(content.map(({ choices }) => choices[0].finish_reason)).toEqual([null, null, 'stop'])
  expect(content[0].choices[0]).toEqual({
    index: 0,
    delta: { content: expect.any(String) },
    logprobs: null,
    finish_reason: null,
    token_ids: null,
  })
  expect(content[2].choices[0]).toMatchObject({ stop_reason: null })
  expect(plan.events.map(({ kind }) => kind)).toEqual([
    'lifecycle',
    'content',
    'content',
    'content',
    'done',
  ])
})

test('sends the role chunk with the first token, or on admission when asked to', () => {
  expect(planFor(chatDialect, streamed).events[0]).toMatchObject({ kind: 'lifecycle', atMs: 40 })
  const early = planFor(chatDialect, streamed, { role_chunk: 'accept' })
  expect(early.events[0]).toMatchObject({ kind: 'lifecycle', atMs: 0 })
  expect(early.events[1]).toMatchObject({ kind: 'content', atMs: 40 })
})

test.each<[string, MockOptions['usage'], unknown, number]>([
  ['absent', 'asked', undefined, 0],
  ['{}', 'asked', {}, 1],
  ['include_usage: true', 'asked', { include_usage: true }, 1],
  ['include_usage: false', 'asked', { include_usage: false }, 0],
  ['continuous', 'asked', { continuous_usage_stats: true }, 5],
  [
    'continuous but not included',
    'asked',
    { include_usage: false, continuous_usage_stats: true },
    0,
  ],
  ['absent', 'always', undefined, 1],
  ['include_usage: true', 'never', { include_usage: true }, 0],
])('sends usage by the rule: stream_options %s, usage %s', (_, usage, stream_options, count) => {
  for (const [dialect, ask, extra] of [
    [chatDialect, streamed, 0],
    [completionsDialect, { prompt: '分类', stream: true }, -1],
  ] as const) {
    const plan = planFor(
      dialect,
      { ...ask, stream_options },
      { tokens: 3, ...(usage && { usage }) },
    )
    const payloads = readPayloads(bytesOf(plan))
    const withUsage = payloads.filter((payload) => 'usage' in payload)
    // Completions have no role chunk, so one usage less when every chunk carries it.
    expect(withUsage).toHaveLength(count === 5 ? count + extra : count)
    if (count > 0) {
      const { prompt_tokens, completion_tokens, total_tokens } = withUsage.at(-1).usage
      expect(completion_tokens).toBe(3)
      expect(total_tokens).toBe(prompt_tokens + 3)
      expect(withUsage.at(-1).choices).toEqual([])
      expect(payloads.at(-1)).toBe(withUsage.at(-1))
    }
  }
})

test('counts usage up from the role chunk on when it is continuous', () => {
  const stream_options = { continuous_usage_stats: true }
  const text = bytesOf(planFor(chatDialect, { ...streamed, stream_options }, { tokens: 3 }))
  const counts = readPayloads(text).map(({ usage }) => usage.completion_tokens)
  expect(counts).toEqual([0, 1, 2, 3, 3])
})

test('answers chat in one piece with the text, finish_reason and exact counts [S4.3]', () => {
  const plan = planFor(chatDialect, { ...chat, max_tokens: 7 })
  const body = JSON.parse(bytesOf(plan))
  expect(body).toEqual({
    id: 'chatcmpl-mock-000001',
    object: 'chat.completion',
    created: 1_767_225_600,
    model: 'qwen-news-classifier',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: expect.any(String) },
        finish_reason: 'length',
      },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 7, total_tokens: 17 },
  })
  expect(plan.headersAtMs).toBe(40 + 6 * 5)
})

test('answers completions in one piece and as a stream without a role chunk [S4.4]', () => {
  const whole = JSON.parse(bytesOf(planFor(completionsDialect, { prompt: '分类', max_tokens: 5 })))
  expect(whole).toMatchObject({
    id: 'cmpl-mock-000001',
    object: 'text_completion',
    choices: [{ text: expect.any(String), index: 0, finish_reason: 'length' }],
    usage: { prompt_tokens: 2, completion_tokens: 5, total_tokens: 7 },
  })
  const stream = { prompt: [11, 12, 13], max_tokens: 2, stream: true, stream_options: {} }
  const payloads = readPayloads(bytesOf(planFor(completionsDialect, stream)))
  expect(payloads.map(({ choices }) => choices.length)).toEqual([1, 1, 0])
  expect(payloads[2].usage.prompt_tokens).toBe(3)
  const streamedText = payloads.map(({ choices }) => choices[0]?.text ?? '').join('')
  const again = planFor(completionsDialect, { prompt: [11, 12, 13], max_tokens: 5 })
  expect(JSON.parse(bytesOf(again)).choices[0].text.startsWith(streamedText)).toBe(true)
})

test.each<[MockOptions, Record<string, unknown>, number, string]>([
  [{}, {}, 100, 'stop'],
  [{}, { max_tokens: 20 }, 20, 'length'],
  [{}, { max_tokens: 513 }, 512, 'length'],
  [{ tokens: 600 }, {}, 512, 'length'],
  [{ tokens: 200 }, {}, 200, 'stop'],
  [{ tokens: 30 }, { max_tokens: 20 }, 20, 'length'],
  [{ tokens: 30 }, { max_tokens: 99, max_completion_tokens: 10 }, 10, 'length'],
  [{ tokens: 30 }, { max_tokens: 40 }, 30, 'stop'],
  [{ tokens: 20 }, { max_tokens: 20 }, 20, 'stop'],
  [{ tokens: 30 }, { min_tokens: 35, max_tokens: 40 }, 35, 'stop'],
  [{ tokens: 30 }, { min_tokens: 40, max_tokens: 40 }, 40, 'length'],
  [{ profile: 'vllm' }, { max_tokens: 700 }, 700, 'length'],
  [{ tool_calls: {} }, { max_tokens: 20 }, 20, 'tool_calls'],
  [{ tool_calls: {}, tokens: 30 }, { max_tokens: 20 }, 20, 'length'],
])('with options %j and %j answers %i tokens, finish_reason %s [S4.2]', (options, keys, n, end) => {
  const body = JSON.parse(bytesOf(planFor(chatDialect, { ...chat, ...keys }, options)))
  expect(body.usage.completion_tokens).toBe(n)
  expect(body.choices[0].finish_reason).toBe(end)
})

test('draws lengths from the whole range', () => {
  const lengths = Array.from({ length: 60 }, (_, index) =>
    tokensOf(planFor(rawDialect, '', { tokens: { min: 4, max: 6 } }, { key: String(index) })),
  )
  expect(new Set(lengths)).toEqual(new Set([4, 5, 6]))
})

test.each<[Dialect, unknown, MockOptions, number, string]>([
  [chatDialect, {}, {}, 400, 'messages'],
  [chatDialect, { messages: [] }, {}, 400, 'messages'],
  [chatDialect, '{"messages":', {}, 400, 'JSON'],
  [chatDialect, '[]', {}, 400, 'object'],
  [chatDialect, { ...chat, max_tokens: 0 }, {}, 400, 'max_tokens'],
  [chatDialect, { ...chat, temperature: 1.2 }, {}, 400, 'temperature'],
  [chatDialect, { ...chat, n: 129 }, {}, 400, 'n must be at most 128'],
  [chatDialect, { ...chat, stream: 'yes' }, {}, 400, 'stream'],
  [chatDialect, { ...chat, model: 'x' }, { profile: 'vllm', models: ['m'] }, 404, '`x`'],
  [chatDialect, { ...chat, max_tokens: 40_000 }, { profile: 'vllm' }, 400, 'maximum context'],
  [completionsDialect, {}, {}, 400, 'prompt'],
  [completionsDialect, { prompt: ['a', {}] }, {}, 400, 'prompt'],
  [difyDialect, { inputs: {} }, {}, 400, 'query'],
  [difyDialect, { query: 'a', response_mode: 'sse' }, {}, 400, 'response_mode'],
])('refuses %o %j [S4.2]', (dialect, body, options, status, words) => {
  expect(refusalOf(dialect, body, options)).toMatchObject({
    status,
    message: expect.stringContaining(words),
  })
})

test('takes any model in qwen-vllm, and temperatures up to 1 [S4.2]', () => {
  const body = { ...chat, model: 'whatever', temperature: 1 }
  expect(JSON.parse(bytesOf(planFor(chatDialect, body))).model).toBe('whatever')
})

test('streams a Dify chatflow with event names in the JSON and a bare ping [S3.9]', () => {
  const plan = planFor(difyDialect, { query: '分类', inputs: { a: 1 } }, { tokens: 2 })
  const frames = readFrames(bytesOf(plan))
  expect(frames.map(({ event, data }) => event ?? JSON.parse(data!).event)).toEqual([
    'workflow_started',
    'node_started',
    'node_finished',
    'node_started',
    'ping',
    'message',
    'message',
    'node_finished',
    'workflow_finished',
    'message_end',
  ])
  expect(frames.filter(({ event }) => event !== undefined)).toEqual([
    { event: 'ping', data: undefined },
  ])
  const payloads = readPayloads(bytesOf(plan))
  const answer = payloads.map((payload) => payload.answer ?? '').join('')
  expect(payloads[0].data.inputs).toEqual({ a: 1 })
  expect(payloads.at(-2).data).toMatchObject({ status: 'succeeded', outputs: { answer } })
  expect(payloads.at(-1).metadata.usage).toMatchObject({ completion_tokens: 2, total_tokens: 4 })
})

test('starts a Dify workflow on admission, long before the first message', () => {
  const { events } = planFor(difyDialect, { query: 'a' }, { ttft: '25s', tokens: 1 })
  expect(events[0]).toMatchObject({ kind: 'lifecycle', atMs: 0 })
  expect(events.find(({ kind }) => kind === 'content')?.atMs).toBe(25_000)
  const pings = events.filter(({ bytes }) => bytes.toString() === 'event: ping\n\n')
  expect(pings.map(({ atMs }) => atMs)).toEqual([12_500, 22_500])
})

test('keeps the conversation a Dify request names', () => {
  const body = { query: 'a', conversation_id: 'c-1', response_mode: 'blocking' }
  expect(JSON.parse(bytesOf(planFor(difyDialect, body))).conversation_id).toBe('c-1')
})
