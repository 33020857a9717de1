import { expect, test } from 'vitest'

import { checkSpec, checkSpecs } from '../../src/bench-spec/loading.ts'
import { planRun } from '../../src/bench-spec/run-plan.ts'
import { createSayingWriter } from '../../src/bench-spec/saying.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'
import { tagSpec } from '../../src/bench-spec/tagging.ts'
import { checkFeasibility } from '../../src/verdict/feasibility.ts'

const baseDir = new URL('../../fixtures/datasets/', import.meta.url).pathname

const body = { messages: '{{messages}}', max_tokens: '{{max_tokens}}', stream: true }

function check(document: object, file = 'conversations.jsonl'): BenchSpec {
  const whole = {
    url: 'http://127.0.0.1:1/v1/chat/completions',
    body,
    data_source: { type: 'conversations', file },
    ...document,
  }
  return checkSpec(whole, { env: {}, baseDir })
}

function fail(document: object, file?: string): string {
  try {
    check(document, file)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it is a spec')
}

test('a load of conversations has as many requests as these have turns', () => {
  expect(check({ sessions: 50 }).load).toMatchObject({ sessions: 50, requests: 200, rounds: 5 })
  expect(check({ sessions: 3 }).load).toMatchObject({ sessions: 3, requests: 12, rounds: 1 })
  expect(check({ sessions: 20, rounds: 20 }).load.rounds).toBe(20)
  expect(fail({ sessions: 20, rounds: 21 })).toContain(
    'rounds: must be at most the number of sessions, 20, got 21.',
  )
})

test('so many requests are as few whole conversations as have them', () => {
  expect(check({ requests: 38 }).load).toMatchObject({ sessions: 10, requests: 40 })
  const document = {
    url: '/x',
    mock: true,
    body,
    data_source: { type: 'conversations', file: 'conversations.jsonl' },
    sessions: 50,
  }
  const shortened = checkSpec(document, { env: { SLOGATE_REQUESTS: '7' }, baseDir })
  expect(shortened.load).toMatchObject({ sessions: 2, requests: 8 })
})

test('a matrix may have numbers of conversations', () => {
  const document = {
    url: '/x',
    mock: true,
    body,
    data_source: { type: 'conversations', file: 'conversations.jsonl' },
    matrix: { sessions: [5, 10] },
  }
  expect(checkSpecs(document, { env: {}, baseDir }).map(({ load }) => load.requests)).toEqual([
    20, 40,
  ])
})

test('without a number there are as few conversations as have the requests that the SLOs need', () => {
  const { load } = check({ slo: ['ttft p90 {turn=4} <= 1s'] })
  // 3 × 29 of the last turns.
  expect(load).toMatchObject({ sessions: 87, requests: 348 })
  expect(load.chosen?.requests).toBe(348)
  expect(check({ duration: '10s' }).load).not.toHaveProperty('sessions')
})

test('how many requests an SLO of a turn has is known before anything is sent', () => {
  const slos = [
    'ttft p90 {turn=1} <= 1s',
    'ttft p90 {turn=2..} <= 1s',
    'ttft p90 {topic=code} <= 1s',
  ]
  const spec = check({
    sessions: 20,
    slo: slos,
    data_source: { type: 'conversations', file: 'conversations.jsonl', shuffle: true },
  })
  const tagging = tagSpec(spec)
  expect(spec.slos.map(({ tags = [] }) => tagging.list(tags, 80).length)).toEqual([20, 60, 20])
  const found = checkFeasibility(spec.slos, spec.load, spec.gate, { tagging })
  expect(found.map(({ slo, kind }) => [slo.text, kind])).toEqual([
    ['ttft p90 {turn=1} <= 1s', 'few-requests'],
    ['ttft p90 {turn=2..} <= 1s', 'likely-undecided'],
    ['ttft p90 {topic=code} <= 1s', 'few-requests'],
  ])
})

test.each<[string, object]>([
  [
    'sessions: and requests both say how many conversations there are. Remove one of them.',
    { sessions: 5, requests: 40 },
  ],
  [
    'stages: have levels of requests, and a conversation may outlast its stage.',
    { stages: [{ duration: '1s', concurrency: 1 }] },
  ],
  [
    'abort: certain needs a number of requests that is known before the run, and a conversation that breaks off has fewer.',
    { abort: 'certain' },
  ],
  [
    'body: sends nothing of the conversations. Write messages: "{{messages}}" in it',
    { body: { stream: true } },
  ],
  [
    'body.messages: {{messages}} is a list, and stands alone as a value of a key of the body',
    { body: { messages: 'Say: {{messages}}' } },
  ],
  ['url: {{messages}} is a list', { url: 'http://127.0.0.1:1/{{messages}}' }],
  [
    'body.system: row 2 of conversations.jsonl has no system message.',
    { body: { ...body, system: '{{system}}' } },
  ],
  [
    'body.top_k: conversations.jsonl has no column "top_k". It has topic, max_tokens.',
    { body: { ...body, top_k: '{{top_k}}' } },
  ],
  ['conversation.tool_steps: needs a tool_result', { conversation: { tool_steps: 2 } }],
  [
    'conversation.think_time.dist: must be one of constant, uniform',
    { conversation: { think_time: { dist: 'wide', mean: '1s' } } },
  ],
  [
    'slo[0]: no row of conversations.jsonl has turn=5. There are 1, 2, 3, 4.',
    { slo: ['ttft p90 {turn=5} <= 1s'] },
  ],
  [
    'slo[0]: no row of conversations.jsonl has all of {turn=4, max_tokens=24}.',
    { slo: ['ttft p90 {turn=4, max_tokens=24} <= 1s'] },
  ],
])('%s', (message, document) => {
  expect(fail(document)).toContain(message)
})

test('keys of conversations are refused without any', () => {
  const data_source = { type: 'jsonl', file: 'prompts.jsonl' }
  const message = fail({ body: { stream: true }, data_source, sessions: 5, conversation: {} })
  expect(message).toContain(
    'sessions: is of conversations. Add data_source: { type: conversations, file: … }, or remove sessions.',
  )
  expect(message).toContain('conversation: is of conversations.')
})

test('results of tools have requests of their own, which the data goes before the spec in', () => {
  const document = { body: { messages: '{{messages}}' }, sessions: 4 }
  expect(check(document, 'messages.jsonl').load.requests).toBe(10)
  const scripted = { ...document, conversation: { tool_result: 'ok', tool_steps: 2 } }
  const { load, dataset } = check(scripted, 'messages.jsonl')
  // Two rows, twice: a turn with one result by the data, and three with two.
  expect(load.requests).toBe(2 * (2 + 3 + 3 + 3))
  expect(dataset?.sessions?.[0]?.turns.map(({ results }) => results.length)).toEqual([1, 2])
  expect(
    check({ ...scripted, slo: ['success_rate {step=2} >= 1%'] }, 'messages.jsonl').slos,
  ).toHaveLength(1)
})

test('the system may stand apart, and Gemini has its own words', () => {
  const dataset = check({ body: { messages: '{{messages}}' } }, 'sharegpt.jsonl').dataset
  if (dataset === undefined) throw new Error('there is data')
  const write = (written: object): unknown => {
    const target = { url: '/x', method: 'POST', headers: {}, body: written }
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ] as const
    return JSON.parse(createSayingWriter(target, dataset)({ row: 0, turn: 1, messages }).body ?? '')
  }
  expect(write({ system: '{{system}}', messages: '{{messages}}' })).toEqual({
    system: 'Answer briefly.',
    messages: [
      { role: 'user', content: 'a' },
      { role: 'assistant', content: 'b' },
      { role: 'user', content: 'c' },
    ],
  })
  expect(
    write({ contents: '{{contents}}', systemInstruction: { parts: [{ text: '{{system}}' }] } }),
  ).toEqual({
    systemInstruction: { parts: [{ text: 'Answer briefly.' }] },
    contents: [
      { role: 'user', parts: [{ text: 'a' }] },
      { role: 'model', parts: [{ text: 'b' }] },
      { role: 'user', parts: [{ text: 'c' }] },
    ],
  })
})

test('a plan says how many conversations there are, and nothing of prompts that nobody knows yet', () => {
  const plan = planRun(check({ sessions: 50 }))
  expect(plan).toMatchObject({ requests: 200, talks: true, load: { sessions: 50 } })
  expect(plan.targets[0]).not.toHaveProperty('promptTokens')
  // 50 conversations and 10 of warm-up, 10 at a time: each four timeouts, and far out of a time to think.
  const slow = planRun(check({ sessions: 50, timeout: 100, conversation: { think_time: '1s' } }))
  expect(slow.time).toEqual({ kind: 'unknown', mostMs: 6 * (4 * 100_000 + 3 * 10_000) })
  expect(plan.targets[0]?.outputTokens).toEqual({ key: 'max_tokens', tokens: 18 })
})
