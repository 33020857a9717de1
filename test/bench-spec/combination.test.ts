import { expect, test } from 'vitest'

import { checkSpec } from '../../src/bench-spec/loading.ts'
import { measureSent, planRepetition } from '../../src/bench-spec/sent-prompts.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'

const baseDir = new URL('../../fixtures/datasets/', import.meta.url).pathname

const chat = { messages: [{ role: 'user', content: '{{text}}' }], stream: true }
const talks = {
  body: { messages: '{{messages}}', stream: true },
  data_source: { type: 'conversations', file: 'conversations.jsonl' },
}

function check(document: object): BenchSpec {
  return checkSpec({ url: 'http://127.0.0.1:1/x', ...document }, { env: {}, baseDir })
}

function fail(document: object): string {
  try {
    check(document)
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('it is a spec')
}

/** A mix whose chat takes rows of `source`. */
function mixed(source: object, own: object = {}): object {
  const kinds = [
    { name: 'chat', weight: 3, body: chat, ...own },
    { name: 'fixed', weight: 1, body: { messages: [{ role: 'user', content: 'Hello there' }] } },
  ]
  return { mix: kinds, data_source: source }
}

const rows = { type: 'jsonl', file: 'prompts.jsonl' }

test.each([
  ['conversations', { type: 'conversations', file: 'conversations.jsonl' }],
  ['a trace', { type: 'trace', file: 'trace-mooncake.jsonl' }],
  ['made-up prompts', { type: 'synthetic', input_tokens: 64 }],
])('a mix has no rows of %s', (_, source) => {
  const said = `of type ${source.type} makes a load of its own. Write rows of a file in a mix`
  expect(fail(mixed(source))).toContain(`data_source.type: ${said}`)
  expect(fail(mixed(rows, { data_source: source }))).toContain(`mix[0].data_source.type: ${said}`)
})

test('a mix says of all its prompts together that they repeat', () => {
  const message = 'is of rows that are sent in their order, and a mix deals them by kind.'
  expect(fail(mixed(rows, { data_source: { ...rows, repeats: 'forbidden' } }))).toContain(
    `mix[0].data_source.repeats: ${message}`,
  )
})

test('clients do not leave conversations, nor a whole answer with its first token', () => {
  const cancel = { share: '10%', after: 'first_token' }
  expect(fail({ ...talks, sessions: 5, cancel })).toContain(
    'cancel: and conversations cannot be had together',
  )
  const json = { body: { input: 'x' }, stream_format: 'json', cancel }
  expect(fail(json)).toContain('with stream_format: json there is no token. Write after: 2s')
  expect(check({ ...json, cancel: { ...cancel, after: '2s' } }).load.cancel).toBeDefined()
  expect(fail({ ...mixed(rows, { stream_format: 'json' }), cancel })).toContain('cancel: has')
})

test('what repeats in a mix is counted kind by kind', () => {
  const spec = check({
    ...mixed(rows),
    mix: [
      { name: 'chat', weight: 3, body: { messages: [{ role: 'user', content: '{{content}}' }] } },
      { name: 'fixed', weight: 1, body: { messages: [{ role: 'user', content: 'Hello there' }] } },
    ],
    requests: 8,
    warmup: 0,
  })
  const lines = spec.mix?.[0]?.dataset?.rows.length ?? 0
  const different = Math.min(6, lines) + 1
  expect(planRepetition(spec)).toMatchObject({ requests: 8, different, repeated: 8 - different })
  const sent = [0, 1, 1].map((kind, row) => ({
    kind,
    row: kind === 0 ? row : 0,
    phase: 'measured' as const,
  }))
  expect(measureSent(spec, sent)).toMatchObject({ requests: 3, different: 2, repeated: 1 })
})

test('of conversations the first turns tell what repeats: the others are meant to', () => {
  const spec = check({ ...talks, sessions: 12, warmup: 0 })
  const own = spec.dataset?.sessions?.length ?? 0
  expect(planRepetition(spec)).toMatchObject({ requests: 12, different: own, repeated: 12 - own })
  const sent = [0, 1, 2, 3].map((turn) => ({ row: 0, turn, step: 0, phase: 'measured' as const }))
  expect(measureSent(spec, sent)).toMatchObject({ requests: 1, repeated: 0 })
})

test('results of tools are said on in the one format whose calls are collected', () => {
  const conversation = { tool_result: '{"ok": true}' }
  const refusal = 'conversation.tool_result: answers calls of tools as OpenAI'
  expect(fail({ ...talks, conversation, stream_format: 'ollama' })).toContain(refusal)
  const body = { contents: '{{contents}}' }
  expect(fail({ ...talks, body, conversation })).toContain(refusal)
  expect(check({ ...talks, conversation }).conversation).toEqual({ toolResult: '{"ok": true}' })
})

test('rows that are not to repeat are counted in conversations', () => {
  const source = { ...talks.data_source, repeats: 'forbidden' }
  expect(fail({ ...talks, data_source: source, sessions: 12, warmup: 0 })).toContain(
    'and 12 are needed (12 conversations and 0 of warm-up)',
  )
})

test('a marker before what prompts have in common is pointed out', () => {
  const body = { messages: [{ role: 'user', content: '{{prompt}}' }] }
  const source = { type: 'synthetic', input_tokens: 64, shared_prefix: 16 }
  const { warnings } = check({ body, data_source: source, cache: 'bust', requests: 10 })
  expect(warnings.join()).toContain('cache: bust puts a marker before what prompts have in common')
  expect(check({ body, data_source: source, requests: 10 }).warnings.join()).not.toContain('bust')
})
