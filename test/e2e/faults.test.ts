import { afterAll, beforeAll, expect, test } from 'vitest'

import type { DialectName } from '../../src/bench-spec/stream-format.ts'
import { runLoad } from '../../src/engine/load.ts'
import type { LoadRun, RequestRecord } from '../../src/engine/record.ts'
import { faultNames } from '../../src/mock/fault/kinds.ts'
import {
  type FaultName,
  type FaultOption,
  type MockHandle,
  startMock,
} from '../../src/mock/index.ts'

const tokens = 4

const question = { stream: true, max_tokens: tokens, stream_options: { include_usage: true } }
const messages = [{ role: 'user', content: 'hi' }]
const gemini = '/v1beta/models/mock-model:streamGenerateContent'
const contents = [{ role: 'user', parts: [{ text: 'hi' }] }]
const targets = [
  ['openai-chat', '/v1/chat/completions', { ...question, messages }],
  ['openai-completions', '/v1/completions', { ...question, prompt: 'hi' }],
  ['openai-responses', '/v1/responses', { stream: true, input: 'hi' }],
  ['anthropic', '/v1/messages', { stream: true, max_tokens: tokens, messages }],
  ['gemini', `${gemini}?alt=sse`, { contents }],
  ['gemini array', gemini, { contents }],
  ['ollama', '/api/chat', { model: 'm', messages }],
  ['tgi', '/generate_stream', { inputs: 'hi', parameters: { details: true } }],
  ['dify', '/v1/chat-messages', { query: 'hi', response_mode: 'streaming' }],
  ['sse', '/stream/sse', {}],
  ['ndjson', '/stream/ndjson', {}],
  ['raw', '/stream/raw', {}],
  ['json', '/v1/chat/completions', { max_tokens: tokens, messages }],
] as const

/** What the client has to conclude: `completed`, or the kind of the failure. */
interface Signal {
  is: string
  /** Where it is something else. */
  but?: Partial<Record<Target, string>>
  /** Where there is no place for the fault. */
  notIn?: readonly Target[]
  knobs?: Partial<FaultOption>
}

type Target = (typeof targets)[number][0]

/** No event streams. */
const withoutLines: readonly Target[] = ['gemini array', 'ollama', 'ndjson', 'raw', 'json']

function allBut(target: Target): readonly Target[] {
  return targets.map(([name]) => name).filter((name) => name !== target)
}

const signals: Readonly<Record<FaultName, Signal>> = {
  'http-error': { is: 'http_status', knobs: { status: 429, retry_after: 2 } },
  redirect: { is: 'http_status' },
  // A raw stream may be of any type, so that a page is an answer.
  'html-200': { is: 'wrong_content_type', but: { raw: 'completed' } },
  'wrong-content-type': { is: 'wrong_content_type', but: { raw: 'completed' } },
  compression: { is: 'wrong_content_type' },
  'clock-skew': { is: 'completed' },
  'hang-before-headers': { is: 'timeout.idle' },
  'slow-headers': { is: 'completed', knobs: { ms: 40 } },
  'slow-first-byte': { is: 'completed', knobs: { ms: 40 } },
  stall: { is: 'timeout.idle', knobs: { after_events: 2 } },
  coalesce: { is: 'completed' },
  split: { is: 'completed', knobs: { bytes: 31 } },
  bandwidth: { is: 'completed', knobs: { bytes_per_second: 20_000 } },
  'late-close': { is: 'completed', knobs: { ms: 40 } },
  'late-usage': { is: 'completed', notIn: ['ndjson', 'raw', 'json'], knobs: { ms: 40 } },
  'reset-before-headers': { is: 'reset' },
  'close-before-headers': { is: 'reset' },
  'reset-mid-stream': { is: 'reset', knobs: { after_events: 2 } },
  'close-mid-stream': { is: 'reset', knobs: { after_events: 2 } },
  'close-mid-chunk': { is: 'reset', knobs: { after_events: 2 } },
  'short-content-length': { is: 'reset' },
  'bad-chunk-size': { is: 'protocol' },
  'bad-status-line': { is: 'protocol' },
  // A reader that takes both lengths for one waits for more than there is.
  'duplicate-headers': { is: 'protocol' },
  'close-delimited': { is: 'completed' },
  'interim-response': { is: 'completed' },
  'connection-close': { is: 'completed' },
  'hang-up': { is: 'completed' },
  'no-done': {
    is: 'incomplete_stream',
    // A finish reason has come.
    but: {
      'openai-chat': 'completed',
      'openai-completions': 'completed',
      anthropic: 'completed',
      sse: 'completed',
    },
    notIn: ['ndjson', 'raw', 'json'],
  },
  'truncated-event': { is: 'incomplete_stream', but: { raw: 'completed' } },
  'malformed-json': {
    is: 'malformed_event',
    // The rest of an array cannot be told from the broken element, and half a document is one that is cut.
    but: { sse: 'completed', 'gemini array': 'incomplete_stream', json: 'incomplete_stream' },
    notIn: ['raw'],
  },
  'in-band-error': { is: 'in_band_error', notIn: ['raw'] },
  'duplicate-event': { is: 'completed', notIn: ['json'] },
  'reordered-events': { is: 'completed', notIn: ['raw', 'json'] },
  'missing-role': { is: 'completed', notIn: allBut('openai-chat') },
  'empty-content': { is: 'completed', notIn: ['raw', 'json'] },
  // Every event of an unknown kind is a token, and a whole document needs none.
  'zero-tokens': {
    is: 'no_token',
    but: { sse: 'completed', ndjson: 'completed', json: 'completed' },
  },
  'wrong-usage': { is: 'completed', notIn: ['sse', 'ndjson', 'raw'], knobs: { surplus: 7 } },
  'huge-event': { is: 'completed', knobs: { bytes: 300_000 } },
  'never-ending': {
    is: 'timeout.total',
    notIn: ['json'],
    knobs: { events: 3000, every: 2 },
  },
  // workflow_finished, which comes before the last event, ends a Dify answer as well.
  'no-final-blank-line': {
    is: 'incomplete_stream',
    but: { dify: 'completed' },
    notIn: withoutLines,
  },
  'line-ends': { is: 'completed', notIn: withoutLines, knobs: { ends: 'mixed' } },
  bom: { is: 'completed' },
  comments: { is: 'completed', notIn: withoutLines, knobs: { every: 2 } },
  pings: { is: 'completed', notIn: withoutLines, knobs: { every: 2 } },
  padding: { is: 'completed', notIn: ['raw'] },
  'no-space': { is: 'completed', notIn: [...withoutLines, 'tgi'] },
  'multi-line-data': { is: 'completed', notIn: withoutLines },
  'other-fields': { is: 'completed', notIn: withoutLines },
  'bytes-after-done': { is: 'completed', notIn: withoutLines },
}

const faults: readonly FaultOption[] = faultNames.map((kind) => ({
  kind,
  ...signals[kind].knobs,
  when: { match: { user: `^${kind}$` } },
}))

/** What the client does not even look at. */
const unread: readonly (FaultName | null)[] = ['wrong-content-type', 'compression']

/** Where the client sees other tokens than were sent. */
const miscounted: Partial<Record<FaultName, readonly Target[]>> = {
  // It is cut off by a time of the client's own.
  'never-ending': targets.map(([target]) => target),
  'malformed-json': ['gemini array', 'sse'],
  // Every event of an unknown kind is a token.
  'empty-content': ['sse', 'ndjson'],
  'zero-tokens': ['sse', 'ndjson'],
}

/**
 * A good request before and after every fault but the last, which would take the next one with it;
 * the name goes into the body and into the truth.
 */
const users: readonly string[] = [
  'good',
  ...faultNames.filter((kind) => kind !== 'hang-up').flatMap((kind) => [kind, 'good']),
  'hang-up',
]

let mock: MockHandle
beforeAll(async () => {
  mock = await startMock({
    profile: 'vllm',
    ttft: 6,
    itl: 3,
    tokens,
    text: 'tricky',
    faults: [...faults, ...variants.map(([fault], index) => ({ ...fault, when: match(index) }))],
  })
})
afterAll(() => mock.stop())

test.concurrent.for(targets)(
  'concludes from every fault of the mock what it means, counts no token that was not sent, and goes on: %s [S1.52]',
  { timeout: 120_000 },
  async ([target, path, body], { expect }) => {
    const { records, end } = await runOnce(target, path, body, users)
    const truth = (await mock.truth()).filter(({ key }) => key?.startsWith(`${target}: `))
    expect(end).toEqual({ kind: 'finished' })
    expect(truth.map(({ key }) => key)).toEqual(users.map((user) => `${target}: ${user}`))
    expect(records).toHaveLength(truth.length)

    const found = records.map((record, index) => {
      const { fault, outcome } = truth[index]!
      return [users[index], conclude(record), fault, outcome].join(' ')
    })
    expect(found).toEqual(users.map((user) => expectedOf(user, target).join(' ')))

    const wrong = records[users.indexOf('wrong-usage')]
    const counts = !['sse', 'ndjson', 'raw'].includes(target)
    expect(wrong?.completionTokens).toBe(counts ? tokens + 7 : undefined)

    // Reads of plain text are not the server's writes, and a whole document has no tokens.
    if (target === 'raw' || target === 'json') return
    for (const [index, sent] of truth.entries()) {
      const times = unread.includes(sent.fault) ? [] : sent.content_ms
      const seen = records[index]?.tokenTimes
      if (sent.fault !== null && miscounted[sent.fault]?.includes(target)) continue
      expect([sent.key, seen?.length]).toEqual([sent.key, times.length])
      for (const [token, at] of times.entries()) expect(seen?.[token]).toBeGreaterThanOrEqual(at)
    }
  },
)

/** With the number of token events that the client sees. */
const variants: readonly [fault: FaultOption, expected: string, seen: number][] = [
  [{ kind: 'wrong-usage', as: 'absent' }, 'completed', tokens],
  [{ kind: 'wrong-usage', as: 'negative' }, 'completed', tokens],
  [{ kind: 'wrong-usage', as: 'text' }, 'completed', tokens],
  [{ kind: 'compression', encoding: 'deflate' }, 'wrong_content_type', 0],
  [{ kind: 'compression', encoding: 'br' }, 'wrong_content_type', 0],
  [{ kind: 'interim-response', status: '100' }, 'reset', 0],
  [{ kind: 'interim-response', status: '102' }, 'completed', tokens],
  [{ kind: 'bom', at: 'last' }, 'completed', tokens - 1],
  [{ kind: 'redirect', status: 302 }, 'http_status', 0],
  [{ kind: 'pings', shape: 'json', every: 2 }, 'completed', tokens],
  [{ kind: 'split', bytes: 3 }, 'completed', tokens],
  [{ kind: 'huge-event', bytes: 17 * 2 ** 20 }, 'malformed_event', 0],
]

/** What asks for the variant of a place. */
function nameVariant(index: number): string {
  return `variant ${index}`
}

function match(index: number): FaultOption['when'] {
  return { match: { user: `^${nameVariant(index)}$` } }
}

test('concludes from each variant of a fault what it means', { timeout: 120_000 }, async () => {
  const { records } = await runOnce(
    ...targets[0],
    variants.map((_, index) => nameVariant(index)),
  )
  const found = records.map((record, index) => {
    const [fault] = variants[index]!
    if (fault.kind === 'wrong-usage') expect(record.completionTokens).toBeUndefined()
    return [fault, conclude(record), record.tokenTimes.length]
  })
  expect(found).toEqual(variants)
})

/** What the client concludes, the fault in the truth, and the outcome there. */
function expectedOf(user: string, target: Target): (string | null)[] {
  const kind = faultNames.find((name) => name === user)
  if (kind === undefined || signals[kind].notIn?.includes(target)) {
    return [user, 'completed', null, 'ok']
  }
  const { is, but } = signals[kind]
  return [user, but?.[target] ?? is, kind, is === 'completed' ? 'ok' : `fault:${kind}`]
}

function conclude(record: RequestRecord): string {
  return record.outcome === 'failed' ? record.failure.kind : record.outcome
}

/** One connection, so that each good request follows upon a fault. */
function runOnce(
  target: Target,
  path: string,
  body: object,
  keys: readonly string[],
): Promise<LoadRun> {
  const dialect: DialectName = target === 'gemini array' ? 'gemini' : target
  return runLoad({
    load: {
      kind: 'closed',
      concurrency: 1,
      warmup: 0,
      requests: keys.length,
      rounds: 1,
      seed: 1,
      // What is sent once more is in the truth twice.
      resend: false,
    },
    timeouts: { connect: 10_000, total: 4000, idle: 2000 },
    stream: { dialect },
    requests: keys.map((user) => ({
      url: `${mock.url}${path}`,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-mock-key': `${target}: ${user}` },
      body: JSON.stringify({ ...body, user }),
    })),
  })
}
