import { expect, test } from 'vitest'

import type { BenchDocument } from '../../src/bench-spec/bench-document.ts'
import { SpecError } from '../../src/bench-spec/issue.ts'
import { checkSpec, type LoadOptions } from '../../src/bench-spec/loading.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'

const datasets = new URL('../../fixtures/datasets/', import.meta.url)
const url = 'http://10.0.0.7:8000/v1/chat/completions'
const chat = { name: 'chat', weight: '70%', body: { model: 'big', stream: true } }
const embed = {
  name: 'embed',
  weight: '30%',
  url: '/v1/embeddings',
  stream_format: 'json',
  body: { model: 'small', input: 'a' },
} as const

function check(
  document: Partial<BenchDocument>,
  options: Partial<LoadOptions<never>> = {},
): BenchSpec {
  return checkSpec({ url, ...document }, { env: {}, baseDir: datasets.pathname, ...options })
}

function fail(document: Partial<BenchDocument>): string {
  try {
    check(document)
  } catch (error) {
    if (error instanceof SpecError) return error.message
    throw error
  }
  throw new Error('no SpecError was thrown')
}

test('a kind has what it says, and what the document says where it does not', () => {
  const spec = check({
    headers: { 'X-Team': 'gate', 'x-tier': 'fast' },
    stream_format: 'openai-chat',
    mix: [
      { ...chat, headers: { 'X-Tier': 'slow' } },
      { ...embed, method: 'PUT' },
    ],
  })
  expect(spec.target).toEqual({
    url,
    method: 'POST',
    headers: { 'X-Team': 'gate', 'x-tier': 'fast' },
  })
  expect(spec.stream).toBeUndefined()
  expect(spec.mix).toEqual([
    {
      name: 'chat',
      weight: 7,
      target: {
        url,
        method: 'POST',
        headers: { 'X-Team': 'gate', 'X-Tier': 'slow' },
        body: chat.body,
      },
      stream: { dialect: 'openai-chat' },
    },
    {
      name: 'embed',
      weight: 3,
      target: {
        url: 'http://10.0.0.7:8000/v1/embeddings',
        method: 'PUT',
        headers: { 'X-Team': 'gate', 'x-tier': 'fast' },
        body: embed.body,
      },
      stream: { dialect: 'json' },
    },
  ])
})

test('a kind takes rows of its own, or those of the document where it names a column of them', () => {
  const rows = { type: 'csv', file: 'topics.csv' } as const
  const { mix = [] } = check({
    data_source: { ...rows, shuffle: true },
    mix: [
      { name: 'a', weight: 2, body: { prompt: '{{topic}}', stream: true } },
      { name: 'b', weight: 1, body: { prompt: 'fixed', stream: true } },
      {
        name: 'c',
        weight: 1,
        body: { prompt: '{{content}}', stream: true },
        data_source: { type: 'csv', file: 'test_data.csv' },
      },
    ],
  })
  expect(mix.map(({ dataset, shuffle }) => [dataset?.source, shuffle])).toEqual([
    ['topics.csv', true],
    [undefined, undefined],
    ['test_data.csv', undefined],
  ])
  expect(mix.map(({ weight }) => weight)).toEqual([2, 1, 1])
})

test('another base moves every kind, and variables are put in place', () => {
  const moved = check(
    { mix: [chat, { ...embed, url: '/v1/embeddings?key=${KEY}' }] },
    { env: { KEY: 'sk-abcdef' }, overrides: { url: 'https://gate.example.com/prod' } },
  )
  expect(moved.mix?.map(({ target }) => target.url)).toEqual([
    'https://gate.example.com/prod/v1/chat/completions',
    'https://gate.example.com/prod/v1/embeddings?key=sk-abcdef',
  ])
})

test('a baseline gets the whole mix, each kind at its own path', () => {
  const spec = check({
    mix: [chat, embed],
    baseline: { url: 'https://stable.example.com', headers: { 'X-Side': 'b' } },
    slo: ['latency p95 <= baseline + 10%'],
  })
  expect(
    spec.mix?.map(({ baseline }) => [baseline?.url, baseline?.headers, baseline?.body]),
  ).toEqual([
    ['https://stable.example.com/v1/chat/completions', { 'X-Side': 'b' }, chat.body],
    ['https://stable.example.com/v1/embeddings', { 'X-Side': 'b' }, embed.body],
  ])
  const flagged = check(
    { mix: [chat, embed] },
    { overrides: { baseline: 'https://b.example.com' } },
  )
  expect(flagged.mix?.map(({ baseline }) => baseline?.url)).toEqual([
    'https://b.example.com/v1/chat/completions',
    'https://b.example.com/v1/embeddings',
  ])
})

test('secrets of a kind are known, and those that stand in the file are pointed out', () => {
  const spec = check({
    mix: [
      { ...chat, headers: { Authorization: 'Bearer sk-literal-1' } },
      { ...embed, url: '/v1/embeddings?api_key=sk-literal-2' },
    ],
  })
  const values = spec.secrets.map(({ value }) => value)
  expect(values).toEqual(expect.arrayContaining(['sk-literal-1', 'sk-literal-2']))
  expect(spec.warnings.join('\n')).toContain('mix[0].headers.Authorization: holds a secret')
  expect(spec.warnings.join('\n')).toContain('mix[1].url: holds a secret')
  const rows = check({
    data_source: { type: 'csv', file: 'topics.csv' },
    mix: [{ ...chat, headers: { 'X-Api-Key': 'long-enough-{{topic}}' } }, embed],
  })
  expect(rows.secrets.some(({ value }) => value.startsWith('long-enough-'))).toBe(true)
})

test.each<[string, Partial<BenchDocument>]>([
  [
    'mix[1].weight: must be above 0, got 0: a kind that is never sent is no part of a mix. Remove the kind, or give it a share.',
    {
      mix: [
        { ...chat, weight: 1 },
        { ...embed, weight: 0 },
      ],
    },
  ],
  ['mix[1].weight: must be above 0, got -3%', { mix: [chat, { ...embed, weight: '-3%' }] }],
  [
    'mix[0].weight: must be a number or a percent, got "most"',
    { mix: [{ ...chat, weight: 'most' }, embed] },
  ],
  [
    'mix[1].weight: is a number, and the weights before it are percents. Write all in one way.',
    { mix: [chat, { ...embed, weight: 3 }] },
  ],
  [
    'mix: has weights that add up to 90%, not to 100%.',
    { mix: [chat, { ...embed, weight: '20%' }] },
  ],
  [
    'mix[1].name: "chat" is the name of kind 1 already. Give each a name of its own.',
    { mix: [chat, { ...embed, name: 'chat' }] },
  ],
  ['mix: must have 1 to 64 kinds of request, got none.', { mix: [] }],
  [
    'mix[1]: says nothing of its own. Give it one or more of url, method, headers, body, stream_format, data_source',
    { body: {}, mix: [chat, { name: 'embed', weight: '30%' }] },
  ],
  [
    'body: is that of no kind: each has its own body. Remove it here, or in the kind that is to have it.',
    { body: { stream: true }, mix: [chat, embed] },
  ],
  [
    'mix[1].url: is at https://other.example.com, and url is at http://10.0.0.7:8000: a mix is sent to one server. Write its path alone, or a spec of its own.',
    { mix: [chat, { ...embed, url: 'https://other.example.com/v1/embeddings' }] },
  ],
  [
    'mix[1].url: must be an absolute URL, got "embeddings"',
    { mix: [chat, { ...embed, url: 'embeddings' }] },
  ],
  [
    'mix[1].body.input: {{text}} has no source. Add a data_source with a column "text".',
    { mix: [chat, { ...embed, body: { input: '{{text}}' } }] },
  ],
  [
    'mix[1].data_source.file: no-such.csv does not exist.',
    { mix: [chat, { ...embed, data_source: { type: 'csv', file: 'no-such.csv' } }] },
  ],
  [
    'mix[1].stream_format.completion_event: names an event',
    { mix: [chat, { ...embed, stream_format: { type: 'json', completion_event: 'end' } }] },
  ],
  [
    'mix[0].headers.Connection: is set by the client.',
    { mix: [{ ...chat, headers: { Connection: 'x' } }, embed] },
  ],
  [
    'headers.X-A: {{topic}} has no source.',
    { headers: { 'X-A': '{{topic}}' }, mix: [chat, embed] },
  ],
  [
    'baseline.url: ends with the path of kind embed, and each kind of a mix keeps its own path. Write what stands before /v1/embeddings alone.',
    { mix: [chat, embed], baseline: { url: 'https://b.example.com/v1/embeddings' } },
  ],
  [
    'baseline.body: would be that of every kind of the mix.',
    { mix: [chat, embed], baseline: { url: 'https://b.example.com', body: {} } },
  ],
  [
    'baseline.headers.X-A: holds a {{column}}, and each kind of a mix has rows of its own.',
    { mix: [chat, embed], baseline: { url: 'https://b.example.com', headers: { 'X-A': '{{a}}' } } },
  ],
  [
    'slo[0]: ttft is about the tokens of a stream, and the answers of kind embed are whole documents (stream_format: json). Ask for ttft {kind=chat}, or for latency.',
    { mix: [chat, embed], slo: ['ttft p95 <= 1s'] },
  ],
  [
    'slo[0]: there is no kind embd. Did you mean "embed"?',
    { mix: [chat, embed], slo: ['latency p95 {kind=embd} <= 1s'] },
  ],
  [
    'slo[0]: no request has all of {kind=embed, model=big}. Ask for less at once.',
    { mix: [chat, embed], slo: ['latency p95 {kind=embed, model=big} <= 1s'] },
  ],
  ['slo[0]: all requests are of one kind. Write mix:', { slo: ['latency p95 {kind=embed} <= 1s'] }],
])('%s', (message, document) => {
  expect(fail(document)).toContain(message)
})

test('an SLO on tokens is about the kinds that stream', () => {
  const { slos } = check({
    mix: [chat, embed],
    slo: ['ttft p95 {kind=chat} <= 1s', 'ttft p90 {model=big} <= 1s', 'latency p95 <= 1s'],
  })
  expect(slos).toHaveLength(3)
})

test('what is wrong with a key of the document is said once for all kinds', () => {
  const message = fail({
    headers: { 'X-A': '{{topic}}' },
    mix: [chat, embed],
    slo: ['latency p95 {kind=none} <= 1s'],
  })
  expect(message.split('\n')).toHaveLength(2)
})

test('rows that no kind uses are told', () => {
  const own = { type: 'csv', file: 'topics.csv' } as const
  expect(check({ data_source: own, mix: [chat, embed] }).warnings.join()).toContain(
    'data_source: no kind without a data_source of its own uses a {{column}} of it.',
  )
  expect(check({ mix: [{ ...chat, data_source: own }, embed] }).warnings.join()).toContain(
    'mix[0].data_source: no {{column}} of it is used, so every request of chat is the same.',
  )
})
