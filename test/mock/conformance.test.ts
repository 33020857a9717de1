import { expect, test } from 'vitest'

import type { ContentKind } from '../../src/mock/answer/answer.ts'
import { composeAnswer } from '../../src/mock/answer/composition.ts'
import { findDialect } from '../../src/mock/dialect/dialect-paths.ts'
import type { MockOptions } from '../../src/mock/options/mock-options.ts'
import { parseOptions } from '../../src/mock/options/options.ts'
import type { Plan, PlanEvent } from '../../src/mock/plan/plan.ts'
import { createPlanner } from '../../src/mock/serving/planner.ts'
import { chat } from './client.ts'
import { type Reading, readStream } from './reference-parser.ts'

const max = 23
const streamed = { stream: true, stream_options: { include_usage: true } }
const contents = [{ parts: [{ text: '分类' }] }]
const gemini = '/v1beta/models/m:streamGenerateContent'
const details = { parameters: { details: true } }

interface Case {
  format: string
  path: string
  body: object
  options: MockOptions
}

const bases: readonly (readonly [format: string, path: string, body: object])[] = [
  ['openai-chat', '/v1/chat/completions', { ...chat, ...streamed }],
  ['openai-chat', '/v1/chat/completions', { ...chat, ...streamed, n: 3 }],
  ['openai-completions', '/v1/completions', { prompt: '分类', ...streamed }],
  ['openai-completions', '/v1/completions', { prompt: ['分', '类别'], n: 2, ...streamed }],
  ['openai-responses', '/v1/responses', { input: '分类', stream: true }],
  ['anthropic', '/v1/messages', { ...chat, max_tokens: 99, stream: true }],
  ['gemini', `${gemini}?alt=sse`, { contents }],
  ['gemini array', gemini, { contents, generationConfig: { candidateCount: 2 } }],
  ['ollama', '/api/chat', { ...chat, model: 'm' }],
  ['ollama', '/api/generate', { prompt: '分类', model: 'm' }],
  ['tgi', '/generate_stream', { inputs: '分类', ...details }],
  ['dify', '/v1/chat-messages', { query: '分类' }],
  ['dify', '/v1/completion-messages', { inputs: { query: '分类' } }],
  ['dify', '/v1/workflows/run', { inputs: { query: '分类' } }],
  ['sse', '/stream/sse', {}],
  ['ndjson', '/stream/ndjson', {}],
  ['raw', '/stream/raw', {}],
]

const variations: readonly MockOptions[] = [
  {},
  { tokens: 1 },
  { tokens_per_event: 4, finish_style: 'separate' },
  { profile: 'openai', reasoning: { tokens: 6 }, tool_calls: { after: 5, count: 2 } },
  { profile: 'vllm', reasoning: { tokens: 99, field: 'both' } },
  { profile: 'vllm', tool_calls: {}, role_chunk: 'accept', usage_delay: 30, close_delay: 10 },
  { profile: 'vllm', tool_calls: { hold: true, count: 2, after: 3 } },
  { dify: { app: 'chat', event_name: 'both' } },
  { dify: { app: 'agent', event_name: 'field' } },
  { dify: { end_order: 'message_end_first', ping_every: 3 } },
  { tokens: 30 },
]

const cases: readonly Case[] = bases.flatMap(([format, path, body]) =>
  variations.map((options) => ({ format, path, body, options: { tokens: max, ...options } })),
)

interface Planned {
  plan: Plan
  expected: Reading
}

function planCase({ path, body, options }: Case): Planned {
  const parsed = parseOptions({ text: 'tricky', ...options })
  const [pathname = '', query = ''] = path.split('?')
  const route = { pathname, query: new URLSearchParams(query) }
  const limited = { ...body, ...limitOf(pathname) }
  const ask = findDialect(pathname)!.readAsk(JSON.stringify(limited), route)
  const plan = createPlanner(parsed).plan(ask, { key: 'k', turn: 0, ref: 'mock-1', created: 9 })
  const length = Math.min(Number(options.tokens), ask.maxTokens ?? Infinity)
  const moments = composeAnswer(parsed, ask, length, 'k')
  const pieces = moments.flatMap((moment) => moment.pieces)
  const choices = Array.from({ length: ask.choices ?? 1 }, (_, choice) => choice)
  const join = (kind: ContentKind, choice: number): string =>
    pieces
      .filter((piece) => piece.kind === kind && piece.choice === choice)
      .map(({ text }) => text)
      .join('')
  const all = (kind: ContentKind): string[] =>
    pieces.some((piece) => piece.kind === kind) ? choices.map((choice) => join(kind, choice)) : []
  const calls = choices.map((choice) => {
    const own = pieces.filter((piece) => piece.choice === choice && piece.call !== undefined)
    return [...Map.groupBy(own, ({ call }) => call!.index).values()].map((group) => {
      const json = group.map(({ text }) => text).join('')
      return `${group[0]!.call!.name}(${JSON.stringify(JSON.parse(json))})`
    })
  })
  const reasoning = pieces.filter(({ kind }) => kind === 'reasoning')
  const sum = (list: typeof pieces): number => list.reduce((total, { tokens }) => total + tokens, 0)
  const hasCalls = calls.some((own) => own.length > 0)
  const expected: Reading = {
    text: all('text'),
    thought: all('reasoning'),
    calls: hasCalls ? calls : [],
    finish: choices.map(() =>
      plan.finishReason === 'stop' && hasCalls ? 'tool_calls' : plan.finishReason!,
    ),
    prompt: plan.promptTokens,
    completion: sum(pieces),
    reasoning: sum(reasoning),
  }
  return { plan, expected }
}

/** Every format limits the length to 25 tokens in its own words. */
function limitOf(pathname: string): object {
  const limit = 25
  if (pathname.startsWith('/v1beta/')) return { generationConfig: { maxOutputTokens: limit } }
  if (pathname.startsWith('/api/')) return { options: { num_predict: limit } }
  if (pathname === '/v1/responses') return { max_output_tokens: limit }
  if (pathname === '/generate_stream') {
    return { parameters: { ...details.parameters, max_new_tokens: limit } }
  }
  return { max_tokens: limit }
}

/** How each format says it; a format that is not named says nothing of it. */
const finishes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'openai-chat': { stop: 'stop', length: 'length', tool_calls: 'tool_calls' },
  'openai-completions': { stop: 'stop', length: 'length' },
  'openai-responses': { stop: 'stop', tool_calls: 'stop', length: 'max_output_tokens' },
  anthropic: { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' },
  gemini: { stop: 'STOP', length: 'MAX_TOKENS', tool_calls: 'STOP' },
  'gemini array': { stop: 'STOP', length: 'MAX_TOKENS', tool_calls: 'STOP' },
  ollama: { stop: 'stop', length: 'length', tool_calls: 'stop' },
  tgi: { stop: 'eos_token', length: 'length' },
}

function compare({ format, path, options }: Case, expected: Reading, stream: string): void {
  const read = readStream(format, stream)
  const words = finishes[format]
  const finish = words === undefined ? read.finish : expected.finish.map((reason) => words[reason])
  const tellsReasoning = read.reasoning !== undefined
  const isGeneric = ['sse', 'ndjson', 'raw'].includes(format) || path === '/v1/workflows/run'
  expect(read).toEqual({
    ...expected,
    finish,
    reasoning: tellsReasoning ? expected.reasoning : undefined,
    ...(isGeneric && { prompt: undefined, completion: undefined }),
  })
  if (format === 'dify' && finish.length > 0) expect(finish).toEqual(['succeeded'])
  if (options.reasoning !== undefined && tellsReasoning) {
    expect(read.reasoning).toBe(expected.reasoning)
  }
}

const textOf = (events: readonly PlanEvent[]): string =>
  Buffer.concat(events.map(({ bytes }) => bytes)).toString('utf8')

test.each(cases)('$format $path says what was planned, in order, with $options', (one) => {
  const { plan, expected } = planCase(one)
  compare(one, expected, textOf(plan.events))
  const counted = plan.events.reduce((sum, { tokens }) => sum + tokens, 0)
  expect(counted).toBe(expected.completion)
  const thought = plan.events.reduce((sum, { reasoningTokens = 0 }) => sum + reasoningTokens, 0)
  expect(thought).toBe(expected.reasoning)
})

test.each(cases)('$format $path: any event that is missing is noticed, with $options', (one) => {
  const { plan, expected } = planCase(one)
  for (const [index, { kind, bytes }] of plan.events.entries()) {
    const text = bytes.toString('utf8')
    const isPing = /^event: ping\n|^\n?$/.test(text) || isRedundant(one, text)
    if (kind === 'lifecycle' && isPing) continue
    const rest = textOf(plan.events.toSpliced(index, 1))
    expect(() => compare(one, expected, rest), `without ${text}`).toThrow()
  }
})

/** What tells nothing that is not told elsewhere. */
function isRedundant({ format }: Case, text: string): boolean {
  if (format === 'anthropic') return text.includes('signature_delta')
  return format === 'dify' && text.includes('agent_thought')
}

test.each(cases)('$format $path: a wrong count is noticed, with $options', (one) => {
  const { plan, expected } = planCase(one)
  const stream = textOf(plan.events)
  const count =
    /("(?:completion_tokens|output_tokens|eval_count|candidatesTokenCount|generated_tokens)":)(\d+)(?![^]*"(?:completion_tokens|output_tokens|eval_count|candidatesTokenCount|generated_tokens)":)/
  const isCounted = !['sse', 'ndjson', 'raw'].includes(one.format) && !one.path.includes('workflow')
  expect(count.test(stream)).toBe(isCounted)
  if (!isCounted) return
  const wrong = stream.replace(
    count,
    (_, key: string, value: string) => `${key}${Number(value) + 1}`,
  )
  expect(() => compare(one, expected, wrong)).toThrow()
})

test.each(cases)('$format $path: contents that change places are noticed, with $options', (one) => {
  const { plan, expected } = planCase(one)
  const contents = plan.events.flatMap(({ kind }, index) => (kind === 'content' ? [index] : []))
  const [first, second] = [contents[0]!, contents.at(-1)!]
  // Choices of one token each may come in any order.
  if (first === second || one.options.tokens === 1) return
  const events = [...plan.events]
  events[first] = plan.events[second]!
  events[second] = plan.events[first]!
  expect(() => compare(one, expected, textOf(events))).toThrow()
})
