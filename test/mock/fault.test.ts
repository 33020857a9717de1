import { gunzipSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { profiles } from '../../src/mock/answer/profile.ts'
import { findDialect } from '../../src/mock/dialect/dialect-paths.ts'
import type { Route } from '../../src/mock/dialect/dialect.ts'
import type { FaultOption } from '../../src/mock/fault/fault-option.ts'
import { type FaultName, faultNames } from '../../src/mock/fault/kinds.ts'
import { parseOptions } from '../../src/mock/options/options.ts'
import type { Plan, PlanEvent } from '../../src/mock/plan/plan.ts'
import { createPlanner } from '../../src/mock/serving/planner.ts'
import { chat, readPayloads } from './client.ts'

const chatPath = '/v1/chat/completions'
const streamed = { stream: true, stream_options: {} }
const requests: readonly (readonly [string, string, object])[] = [
  ['chat', chatPath, { ...chat, ...streamed }],
  ['chat whole', chatPath, chat],
  ['completions', '/v1/completions', { prompt: '分类', ...streamed }],
  ['completions whole', '/v1/completions', { prompt: '分类' }],
  ['dify', '/v1/chat-messages', { query: '分类' }],
  ['dify whole', '/v1/chat-messages', { query: '分类', response_mode: 'blocking' }],
  ['embeddings whole', '/v1/embeddings', { input: '分类' }],
  ['rerank whole', '/rerank', { query: '分', documents: ['类'] }],
  ['responses', '/v1/responses', { input: '分类', stream: true }],
  ['anthropic', '/v1/messages', { ...chat, max_tokens: 9, stream: true }],
  ['gemini', '/v1beta/models/m:streamGenerateContent', { contents: [{ parts: [] }] }],
  ['ollama', '/api/chat', { ...chat, model: 'm' }],
  ['tgi', '/generate_stream', { inputs: '分类' }],
  ['sse', '/stream/sse', {}],
  ['ndjson', '/stream/ndjson', {}],
  ['raw', '/stream/raw', {}],
]
const tokens = 6

const routeTo = (pathname: string): Route => ({ pathname, query: new URLSearchParams() })

interface Planned {
  intact: Plan
  spoilt: Plan
}

function spoil(option: FaultOption, [, path, body] = requests[0]!, latency_factor = 1): Planned {
  const options = parseOptions({ tokens, text: 'tricky', itl: 7, latency_factor, faults: [option] })
  const dialect = findDialect(path)!
  const ref = 'mock-000001'
  const identity = { key: 'k', turn: 0, ref, created: 1_767_225_600 }
  const intact = createPlanner(options).plan(
    dialect.readAsk(JSON.stringify(body), routeTo(path)),
    identity,
  )
  const scene = { dialect, ref, profile: profiles[options.profile] }
  return { intact, spoilt: options.faults[0]!.transform(intact, scene) }
}

const bytesOf = (events: readonly PlanEvent[]): Buffer =>
  Buffer.concat(events.map(({ bytes }) => bytes))
const textOf = ({ events }: Plan): string => bytesOf(events).toString('utf8')
const timesOf = ({ events }: Plan): number[] => events.map(({ atMs }) => atMs)
const tokensOf = ({ events }: Plan): number => events.reduce((sum, e) => sum + e.tokens, 0)

/** Tokens that are left of six in a stream; all, where nothing is said. */
const tokensLeft: Partial<Record<FaultName, number>> = {
  'http-error': 0,
  redirect: 0,
  'html-200': 0,
  'hang-before-headers': 0,
  stall: 1,
  'reset-before-headers': 0,
  'close-before-headers': 0,
  'reset-mid-stream': 1,
  'close-mid-stream': 1,
  'close-mid-chunk': 1,
  'short-content-length': 1,
  'bad-chunk-size': 1,
  'bad-status-line': 0,
  'duplicate-headers': 0,
  'never-ending': 10_006,
  'truncated-event': 5,
  'malformed-json': 5,
  'in-band-error': 1,
  'duplicate-event': 7,
  'zero-tokens': 0,
}

test.each(faultNames)('keeps time in order and takes no token that it should not: %s', (kind) => {
  for (const request of requests) {
    const { intact, spoilt } = spoil({ kind }, request)
    const begin = spoilt.headersAtMs === Infinity ? [] : [spoilt.headersAtMs]
    const times = [...begin, ...timesOf(spoilt), spoilt.end.atMs]
    expect(times).toEqual(times.toSorted((a, b) => a - b))
    const generates = !/^(?:embeddings|rerank)/.test(request[0])
    if (spoilt === intact) expect(tokensOf(spoilt)).toBe(generates ? tokens : 0)
    else if (!request[0].includes('whole')) {
      expect([request[0], tokensOf(spoilt)]).toEqual([request[0], tokensLeft[kind] ?? tokens])
    }
  }
})

test.each(faultNames)('declares the length that it sends when it ends cleanly: %s', (kind) => {
  for (const request of requests) {
    const { spoilt } = spoil({ kind }, request)
    const declared = spoilt.headers['content-length']
    if (spoilt.end.kind !== 'clean' || declared === undefined) continue
    expect(Number(declared)).toBe(bytesOf(spoilt.events).length)
  }
})

test.each(faultNames)('leaves the plan that it is given alone: %s', (kind) => {
  for (const request of requests) {
    const { intact } = spoil({ kind }, request)
    expect(intact).toEqual(spoil({ kind: 'connection-close' }, request).intact)
  }
})

test('breaks an answer off before its end, however late it is told to', () => {
  const kind = 'close-mid-stream'
  for (const [after_events, left] of [
    [0, 0],
    [3, 3],
    [5, 5],
    [99, 5],
  ] as const) {
    const { intact, spoilt } = spoil({ kind, after_events })
    expect(tokensOf(spoilt)).toBe(left)
    const due = intact.events.filter((event) => event.kind === 'content')[left]!.atMs
    expect(spoilt.end).toEqual({ kind: 'close', atMs: due })
  }
})

test('stalls for a time, or forever', () => {
  const { intact, spoilt } = spoil({ kind: 'stall', after_events: 2, ms: 500 })
  const late = timesOf(spoilt).map((atMs, index) => atMs - timesOf(intact)[index]!)
  expect(late.map(Math.round)).toEqual([0, 0, 0, 500, 500, 500, 500, 500, 500])
  expect(spoilt.end).toEqual({ kind: 'clean', atMs: intact.end.atMs + 500 })
  expect(spoil({ kind: 'stall' }).spoilt.end.kind).toBe('never')
})

test('multiplies its times by latency_factor', () => {
  const { intact, spoilt } = spoil({ kind: 'slow-headers', ms: 500 }, requests[0], 0.1)
  expect(spoilt.headersAtMs).toBe(50)
  expect(spoilt.end.atMs).toBe(intact.end.atMs + 50)
  const late = spoil({ kind: 'slow-first-byte', ms: 500 }, requests[0], 0.1)
  expect(late.spoilt.headersAtMs).toBe(0)
  expect(late.spoilt.events[0]!.atMs).toBe(late.intact.events[0]!.atMs + 50)
})

test('lets k events, or all, wait for the last of them', () => {
  const { intact, spoilt } = spoil({ kind: 'coalesce', events: 4 })
  const planned = timesOf(intact)
  expect(planned).toHaveLength(9)
  expect(timesOf(spoilt)).toEqual([3, 3, 3, 3, 7, 7, 7, 7, 8].map((index) => planned[index]))
  expect(new Set(timesOf(spoil({ kind: 'coalesce' }).spoilt))).toEqual(new Set([planned[8]]))
})

test('splits events into writes that are far enough apart, without losing a byte', () => {
  for (const request of requests) {
    const { intact, spoilt } = spoil({ kind: 'split', bytes: 1 }, request)
    expect(bytesOf(spoilt.events)).toEqual(bytesOf(intact.events))
    const times = timesOf(spoilt)
    for (let index = 0; index < times.length; index++) {
      expect(spoilt.events[index]!.bytes).toHaveLength(1)
      if (index > 0) expect(times[index]! - times[index - 1]!).toBeGreaterThanOrEqual(3 - 1e-6)
    }
  }
})

test('counts a split event when it is complete, plain text from its first byte on', () => {
  const { spoilt } = spoil({ kind: 'split', bytes: 50 })
  const contents = spoilt.events.filter((event) => event.kind === 'content')
  expect(contents).toHaveLength(tokens)
  for (const { bytes } of contents) expect(bytes.toString('utf8')).toMatch(/\n\n$/)
  const raw = spoil({ kind: 'split', bytes: 1 }, requests.at(-1)).spoilt
  expect(raw.events[0]).toMatchObject({ kind: 'content', tokens: 1 })
})

test('writes heads and chunks by hand where the framing breaks', () => {
  const wire = textOf(spoil({ kind: 'bad-chunk-size' }).spoilt)
  expect(wire).toMatch(/^HTTP\/1\.1 200 OK\r\ncontent-type: text\/event-stream.*\r\n\r\n[0-9a-f]+/s)
  expect(wire).toContain('\r\nsize: ')
  const cut = spoil({ kind: 'close-mid-chunk' }).spoilt
  const [size = '', rest = ''] = cut.events.at(-1)!.bytes.toString('utf8').split('\r\n')
  expect(Number.parseInt(size, 16)).toBeGreaterThan(Buffer.byteLength(rest))
  const { spoilt, intact } = spoil({ kind: 'short-content-length' })
  expect(spoilt.headers['content-length']).toBe(String(bytesOf(intact.events).length))
})

const answer = (option: object): Plan => spoil({ kind: 'http-error', ...option }).spoilt

test('answers an error in the words of the profile, or as text, page or nothing', () => {
  const plain = answer({ status: 429, retry_after: 2 })
  expect(plain.status).toBe(429)
  expect(plain.headers['retry-after']).toBe('2')
  expect(JSON.parse(textOf(plain))).toEqual({ error: 'The mock was told to fail' })
  expect(textOf(answer({ body: 'text' }))).toBe('The mock was told to fail')
  expect(textOf(answer({ body: 'html' }))).toMatch(/^<!doctype html>/)
  expect(textOf(answer({ body: 'empty' }))).toBe('')
})

test('reports an error in the stream as its dialect does, with or without the end', () => {
  for (const request of requests.filter(([name]) => ['chat', 'completions'].includes(name))) {
    const text = textOf(spoil({ kind: 'in-band-error' }, request).spoilt)
    expect(readPayloads(text).at(-1).error.code).toBe(500)
    expect(text).not.toContain('[DONE]')
  }
  const ended = textOf(spoil({ kind: 'in-band-error', done: true }).spoilt)
  expect(ended).toMatch(/"code":500\}\}\n\ndata: \[DONE\]\n\n$/)
  const dify = textOf(spoil({ kind: 'in-band-error', done: true }, requests[4]).spoilt)
  expect(readPayloads(dify.replace('event: ping\n\n', '')).slice(-2)).toMatchObject([
    { event: 'error', status: 500, task_id: 'task-mock-000001' },
    { event: 'message_end' },
  ])
})

test.each(['crlf', 'cr', 'mixed'] as const)('writes the same lines with %s', (ends) => {
  const { intact, spoilt } = spoil({ kind: 'line-ends', ends })
  const text = textOf(spoilt)
  expect(text).not.toBe(textOf(intact))
  expect(text.replaceAll(/\r\n|\r/g, '\n')).toBe(textOf(intact))
})

test('writes comments before the first event and between events', () => {
  const { intact, spoilt } = spoil({ kind: 'comments', every: 10 })
  expect(spoilt.events[0]).toMatchObject({ atMs: 0 })
  const comments = spoilt.events.filter(({ bytes }) => bytes.toString().startsWith(':'))
  expect(timesOf({ ...spoilt, events: comments })).toEqual([0, 10, 20, 30, 40, 50, 60, 70])
  expect(spoilt.events.filter((event) => !comments.includes(event))).toEqual(intact.events)
})

test('makes the first content as long as it is told, and its payload says the same', () => {
  const { intact, spoilt } = spoil({ kind: 'huge-event', bytes: 100_000 })
  expect(spoilt.events.find((event) => event.kind === 'content')!.bytes).toHaveLength(100_000)
  expect(readPayloads(textOf(spoilt))).toEqual(readPayloads(textOf(intact)))
})

test('says nothing and counts nothing when it has no tokens', () => {
  const { spoilt } = spoil({ kind: 'zero-tokens' })
  const payloads = readPayloads(textOf(spoilt))
  const said = payloads.map(({ choices }) => choices[0]?.delta.content ?? '').join('')
  expect(said).toBe('')
  expect(payloads.at(-2).choices[0].finish_reason).toBe('stop')
  const { prompt_tokens, total_tokens, completion_tokens } = payloads.at(-1).usage
  expect([completion_tokens, total_tokens]).toEqual([0, prompt_tokens])
})

test('packs every event so that it can be unpacked on its own', () => {
  const { intact, spoilt } = spoil({ kind: 'compression' })
  expect(spoilt.events.map(({ bytes }) => gunzipSync(bytes))).toEqual(
    intact.events.map(({ bytes }) => bytes),
  )
  expect(gunzipSync(bytesOf(spoilt.events))).toEqual(bytesOf(intact.events))
})

test('shifts no draw of another purpose, and no time', () => {
  const random = { ttft: { dist: 'lognormal', mean: 30, cv: 0.5 }, tokens: { min: 2, max: 20 } }
  const ask = findDialect(chatPath)!.readAsk(
    JSON.stringify({ ...chat, ...streamed }),
    routeTo(chatPath),
  )
  const plans = [{}, { faults: [{ kind: 'bom', when: { rate: 0.5 } }] }].map((faults) =>
    Array.from({ length: 20 }, (_, index) =>
      createPlanner(parseOptions({ ...random, ...faults })).plan(ask, {
        key: String(index),
        turn: index,
        ref: 'r',
        created: 0,
      }),
    ),
  )
  expect(plans[1]).toEqual(plans[0])
})
