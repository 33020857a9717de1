import { test } from 'vitest'

import { runLoad } from '../../src/engine/load.ts'
import type { LoadRun, RequestRecord } from '../../src/engine/record.ts'
import { type FaultName, faultNames } from '../../src/mock/fault/kinds.ts'
import type { FaultOption } from '../../src/mock/fault/option.ts'
import { startMock } from '../../src/mock/index.ts'
import type { DialectName } from '../../src/spec/stream-format.ts'

const tokens = 4

/** What the client has to conclude: `completed`, or the kind of the failure. */
interface Signal {
  sse: string
  dify?: string
  raw?: string
  knobs?: Partial<FaultOption>
}

const signals: Readonly<Record<FaultName, Signal>> = {
  'http-error': { sse: 'http_status', knobs: { status: 429, retry_after: 2 } },
  redirect: { sse: 'http_status' },
  // A raw stream may be of any type, so that a page is an answer.
  'html-200': { sse: 'wrong_content_type', raw: 'completed' },
  'wrong-content-type': { sse: 'wrong_content_type', raw: 'completed' },
  gzip: { sse: 'wrong_content_type' },
  'hang-before-headers': { sse: 'timeout.idle' },
  'slow-headers': { sse: 'completed', knobs: { ms: 40 } },
  'slow-first-byte': { sse: 'completed', knobs: { ms: 40 } },
  stall: { sse: 'timeout.idle', knobs: { after_events: 2 } },
  coalesce: { sse: 'completed' },
  split: { sse: 'completed', knobs: { bytes: 31 } },
  'late-close': { sse: 'completed', knobs: { ms: 40 } },
  'late-usage': { sse: 'completed', knobs: { ms: 40 } },
  'reset-before-headers': { sse: 'reset' },
  'close-before-headers': { sse: 'reset' },
  'reset-mid-stream': { sse: 'reset', knobs: { after_events: 2 } },
  'close-mid-stream': { sse: 'reset', knobs: { after_events: 2 } },
  'close-mid-chunk': { sse: 'reset', knobs: { after_events: 2 } },
  'short-content-length': { sse: 'reset' },
  'bad-chunk-size': { sse: 'protocol' },
  'connection-close': { sse: 'completed' },
  'no-done': { sse: 'incomplete_stream', raw: 'completed' },
  'truncated-event': { sse: 'incomplete_stream', raw: 'completed' },
  'malformed-json': { sse: 'malformed_event', raw: 'completed' },
  'in-band-error': { sse: 'in_band_error', raw: 'completed' },
  'duplicate-event': { sse: 'completed' },
  'empty-content': { sse: 'completed' },
  'zero-tokens': { sse: 'no_token' },
  'wrong-usage': { sse: 'completed', knobs: { surplus: 7 } },
  'huge-event': { sse: 'completed', knobs: { bytes: 300_000 } },
  // workflow_finished, which comes before the last event, ends a Dify answer as well.
  'no-final-blank-line': { sse: 'incomplete_stream', dify: 'completed', raw: 'completed' },
  'line-ends': { sse: 'completed', knobs: { ends: 'mixed' } },
  bom: { sse: 'completed' },
  comments: { sse: 'completed', knobs: { every: 2 } },
  'no-space': { sse: 'completed' },
  'bytes-after-done': { sse: 'completed' },
}

/** Cannot be seen in plain text, which has neither events nor an end of its own. */
const absentInRaw: readonly FaultName[] = [
  'no-done',
  'late-usage',
  'malformed-json',
  'in-band-error',
  'empty-content',
  'wrong-usage',
  'no-final-blank-line',
  'line-ends',
  'comments',
  'no-space',
  'bytes-after-done',
]

const faults: readonly FaultOption[] = faultNames.map((kind) => ({
  kind,
  ...signals[kind].knobs,
  when: { match: { user: `^${kind}$` } },
}))

/** What the client does not even look at. */
const unread: readonly (FaultName | null)[] = ['wrong-content-type', 'gzip']

/** A good request before and after every fault; the name goes into the body and into the truth. */
const users: readonly string[] = ['good', ...faultNames.flatMap((kind) => [kind, 'good'])]

const question = { stream: true, max_tokens: tokens, stream_options: { include_usage: true } }
const targets: readonly [DialectName, string, object][] = [
  [
    'openai-chat',
    '/v1/chat/completions',
    { ...question, messages: [{ role: 'user', content: 'hi' }] },
  ],
  ['openai-completions', '/v1/completions', { ...question, prompt: 'hi' }],
  ['dify', '/v1/chat-messages', { query: 'hi', response_mode: 'streaming' }],
  ['raw', '/stream/raw', {}],
]

test.concurrent.for(targets)(
  'concludes from every fault of the mock what it means, counts no token that was not sent, and goes on: %s',
  { timeout: 30_000 },
  async ([dialect, path, body], { expect, onTestFinished }) => {
    const mock = await startMock({ profile: 'vllm', ttft: 6, itl: 3, tokens, faults })
    onTestFinished(() => mock.stop())
    const { records, end } = await runOnce(`${mock.url}${path}`, dialect, body)
    const truth = await mock.truth()
    expect(end).toEqual({ kind: 'finished' })
    expect(truth.map(({ key }) => key)).toEqual(users)
    expect(records).toHaveLength(truth.length)

    const concluded = records.map((record, index) => [users[index], conclude(record)])
    expect(concluded).toEqual(users.map((user) => [user, expectedOf(user, dialect)]))
    const named = truth.map(({ key, fault }) => [key, fault])
    expect(named).toEqual(users.map((user) => [user, faultOf(user, dialect)]))
    const outcomes = truth.map(({ key, outcome }) => [key, outcome])
    expect(outcomes).toEqual(users.map((user) => [user, outcomeOf(user, dialect)]))

    const wrong = records[users.indexOf('wrong-usage')]
    expect(wrong?.completionTokens).toBe(dialect === 'raw' ? undefined : tokens + 7)

    // Reads of plain text are not the server's writes.
    if (dialect === 'raw') return
    for (const [index, sent] of truth.entries()) {
      const times = unread.includes(sent.fault) ? [] : sent.content_ms
      const seen = records[index]?.tokenTimes
      expect([sent.key, seen?.length]).toEqual([sent.key, times.length])
      for (const [token, at] of times.entries()) expect(seen?.[token]).toBeGreaterThanOrEqual(at)
    }
  },
)

function expectedOf(user: string, dialect: DialectName): string {
  const kind = faultNames.find((name) => name === user)
  if (kind === undefined) return 'completed'
  const signal = signals[kind]
  const own = dialect === 'dify' || dialect === 'raw' ? signal[dialect] : undefined
  return own ?? signal.sse
}

function faultOf(user: string, dialect: DialectName): FaultName | null {
  const kind = faultNames.find((name) => name === user)
  return kind === undefined || (dialect === 'raw' && absentInRaw.includes(kind)) ? null : kind
}

function outcomeOf(user: string, dialect: DialectName): string {
  const fault = faultOf(user, dialect)
  return fault === null || signals[fault].sse === 'completed' ? 'ok' : `fault:${fault}`
}

function conclude(record: RequestRecord): string {
  return record.outcome === 'failed' ? record.failure.kind : record.outcome
}

/** One connection, so that each good request follows upon a fault. */
function runOnce(url: string, dialect: DialectName, body: object): Promise<LoadRun> {
  return runLoad({
    load: {
      kind: 'closed',
      concurrency: 1,
      warmup: 0,
      requests: users.length,
      rounds: 1,
      seed: 1,
    },
    timeouts: { connect: 10_000, total: 20_000, idle: 2000 },
    stream: { dialect },
    requests: users.map((user) => ({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-mock-key': user },
      body: JSON.stringify({ ...body, user }),
    })),
  })
}
