import { expect, test } from 'vitest'

import { findDialect } from '../../src/mock/dialect/dialect-paths.ts'
import type { MockOptions } from '../../src/mock/options/mock-options.ts'
import { parseOptions } from '../../src/mock/options/options.ts'
import type { Plan } from '../../src/mock/plan/plan.ts'
import { createPlanner } from '../../src/mock/serving/planner.ts'
import { chat, readFrames, readPayloads } from './client.ts'

function planFor(pathname: string, body: object, options: MockOptions): Plan {
  const route = { pathname, query: new URLSearchParams() }
  const ask = findDialect(pathname)!.readAsk(JSON.stringify(body), route)
  const identity = { key: 'k', turn: 0, ref: 'r', created: 0 }
  return createPlanner(parseOptions({ tokens: 6, ttft: 40, itl: 5, ...options })).plan(
    ask,
    identity,
  )
}

const textOf = ({ events }: Plan): string =>
  Buffer.concat(events.map(({ bytes }) => bytes)).toString('utf8')
const completions = '/v1/chat/completions'
const streamed = { ...chat, stream: true, stream_options: { include_usage: true } }
const openai: MockOptions = { profile: 'openai' }

test('writes chunks as OpenAI does', () => {
  const payloads = readPayloads(textOf(planFor(completions, streamed, openai)))
  const [role, ...rest] = payloads
  expect(role.choices[0].delta).toEqual({ role: 'assistant', content: '', refusal: null })
  expect(rest.at(-2).choices[0]).toEqual({
    index: 0,
    delta: {},
    logprobs: null,
    finish_reason: 'stop',
  })
  expect(payloads.map(({ usage }) => usage === null)).toEqual([...Array(8).fill(true), false])
  for (const payload of payloads) {
    expect(payload).toMatchObject({ service_tier: 'default', system_fingerprint: 'fp_mock' })
    expect(payload.obfuscation).toMatch(/^[\w-]{2,17}$/)
    expect(payload).not.toHaveProperty('prompt_token_ids')
  }
  expect(new Set(payloads.map(({ obfuscation }) => obfuscation)).size).toBe(payloads.length)
  const plain = { ...streamed, stream_options: { include_obfuscation: false } }
  for (const payload of readPayloads(textOf(planFor(completions, plain, openai)))) {
    expect(payload).not.toHaveProperty('obfuscation')
    expect(payload).not.toHaveProperty('usage')
  }
})

test.each<[MockOptions, object]>([
  [{ reasoning: { tokens: 1 } }, { reasoning: expect.any(String) }],
  [
    { reasoning: { tokens: 1, field: 'reasoning_content' } },
    { reasoning_content: expect.any(String) },
  ],
  [
    { reasoning: { tokens: 1, field: 'both' } },
    { reasoning: expect.any(String), reasoning_content: expect.any(String) },
  ],
])('names reasoning as told: %j', (options, delta) => {
  const [, first, second] = readPayloads(textOf(planFor(completions, streamed, options)))
  expect(first.choices[0].delta).toEqual(delta)
  expect(second.choices[0].delta).toEqual({ content: expect.any(String) })
})

test('sends the choices in turns, at the same instants', () => {
  const plan = planFor(completions, { ...streamed, n: 2 }, { profile: 'vllm' })
  const payloads = readPayloads(textOf(plan))
  expect(payloads.slice(0, -1).map(({ choices }) => choices[0].index)).toEqual(
    Array.from({ length: 14 }, (_, index) => index % 2),
  )
  const contents = plan.events.filter(({ kind }) => kind === 'content')
  expect(contents.map(({ atMs }) => atMs)).toEqual(
    Array.from({ length: 12 }, (_, index) => 40 + 5 * Math.floor(index / 2)),
  )
  expect(payloads.at(-1).usage.completion_tokens).toBe(12)
})

test('sends usage and the end later when told to', () => {
  const plan = planFor(completions, streamed, { usage_delay: 30, close_delay: '20ms' })
  expect(plan.events.slice(-3).map(({ kind, atMs }) => [kind, atMs])).toEqual([
    ['content', 65],
    ['usage', 95],
    ['done', 95],
  ])
  expect(plan.end.atMs).toBe(115)
})

test('opens long before the first content where formats do', () => {
  for (const [path, body, names] of [
    ['/v1/messages', { ...chat, max_tokens: 9, stream: true }, ['message_start']],
    ['/v1/responses', { input: 'a', stream: true }, ['response.created', 'response.in_progress']],
  ] as const) {
    const { events } = planFor(path, body, {})
    const early = events.filter(({ atMs }) => atMs === 0)
    expect(early.map(({ bytes }) => readFrames(bytes.toString('utf8'))[0]?.event)).toEqual(names)
  }
})

test('places the names of Dify events as told [S3.9]', () => {
  const path = '/v1/workflows/run'
  const frames = (event_name: 'data' | 'field' | 'both') =>
    readFrames(textOf(planFor(path, { inputs: {} }, { dify: { event_name } }))).filter(
      ({ data }) => data !== undefined,
    )
  const names = frames('field').map(({ event }) => event)
  expect(names[0]).toBe('workflow_started')
  expect(JSON.parse(frames('field').at(-1)!.data!)).toMatchObject({
    outputs: { result: expect.any(String) },
  })
  expect(frames('data').map(({ event }) => event)).toEqual(names.map(() => undefined))
  expect(frames('data').map(({ data }) => JSON.parse(data!).event)).toEqual(names)
  expect(frames('both').map(({ event, data }) => [event, JSON.parse(data!).event])).toEqual(
    names.map((name) => [name, name]),
  )
})

test.each<[MockOptions['dify'], string[]]>([
  [{}, ['workflow_finished', 'message_end']],
  [{ end_order: 'message_end_first' }, ['message_end', 'workflow_finished']],
  [{ app: 'chat' }, ['message', 'message_end']],
  [{ app: 'agent' }, ['agent_thought', 'message_end']],
])('ends a Dify answer of %j with %j [S3.10]', (dify, ends) => {
  const plan = planFor('/v1/chat-messages', { query: 'a' }, { dify: dify! })
  const payloads = readPayloads(textOf(plan))
  expect(payloads.slice(-2).map(({ event }) => event)).toEqual(ends)
  expect(plan.events.at(-1)?.kind).toBe('done')
})

test.each<[object, string]>([
  [{ finish_style: 'apart' }, 'mock: finish_style: expected one of merged, separate'],
  [{ reasoning: 5 }, 'mock: reasoning: expected an object, got 5'],
  [{ reasoning: {} }, 'mock: reasoning.tokens: expected a number of tokens'],
  [{ reasoning: { tokens: 2, name: 'a' } }, 'mock: reasoning.name: '],
  [{ tool_calls: { count: 0 } }, 'mock: tool_calls.count: expected a whole number of at least 1'],
  [{ tool_calls: { name: 'no name' } }, 'mock: tool_calls.name: expected the name of a function'],
  [{ usage_delay: 'late' }, 'mock: usage_delay: expected a duration'],
  [{ dify: { app: 'workflow' } }, 'mock: dify.app: expected one of chat, agent, chatflow'],
])('refuses %j', (options, complaint) => {
  expect(() => parseOptions(options)).toThrow(complaint)
})
