import { expect, test } from 'vitest'

import type { ClosedLoad } from '../../src/bench-spec/spec.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import type { JudgedSlo } from '../../src/metrics/client-diagnostic.ts'
import { diagnose, type DiagnosticContext } from '../../src/metrics/diagnostics.ts'
import { summarize } from '../../src/metrics/summary.ts'
import { cancelled, completed, failed, load, times, trust } from './records.ts'
import { slo } from './slos.ts'

/** 200 requests on one slot, each dispatched as soon as the one before has ended. */
const sound = times(200, (index) => completed({ index, at: index * 190, tokens: 10 }))

function find(
  records: readonly RequestRecord[],
  context: Partial<DiagnosticContext> = {},
  asked: Partial<ClosedLoad> = {},
) {
  const all = diagnose(
    records,
    summarize(records),
    { ...load, ...asked },
    {
      trust,
      slos: [],
      stream: { dialect: 'openai-chat' },
      ...context,
    },
  )
  return new Map(all.map((each) => [each.id, each]))
}

test('says of a sound run only that its concurrency was held', () => {
  const found = find(sound)
  expect([...found.keys()]).toEqual(['concurrency-held'])
  expect(found.get('concurrency-held')).toEqual({
    id: 'concurrency-held',
    level: 'info',
    concurrency: 1,
    fullShare: 1,
    meanInFlight: 1,
  })
})

test('has nothing to say of a client that left no figures of itself', () => {
  expect([...find(sound, { trust: undefined }).keys()]).toEqual(['concurrency-held'])
})

test('has nothing to say of no records', () => {
  expect(find([]).size).toBe(0)
})

test('warns when the concurrency asked for was never reached', () => {
  expect(find(sound, {}, { concurrency: 4 }).get('concurrency-not-held')).toMatchObject({
    level: 'warn',
    concurrency: 4,
    peakInFlight: 1,
  })
})

test('warns when slots stood empty', () => {
  const idle = times(50, (index) => completed({ index, at: index * 380, tokens: 10 }))
  expect(find(idle).get('concurrency-not-held')).toMatchObject({
    concurrency: 1,
    peakInFlight: 1,
    meanInFlight: 0.5,
  })
})

test('warns of latencies that the concurrency does not allow [T6]', () => {
  const impossible = times(100, (index) =>
    completed({ index, at: index * 20, ttft: 410, tokens: 10 }),
  )
  const found = find(impossible, {}, { concurrency: 3 }).get('inconsistent-times')
  expect(found).toMatchObject({ level: 'warn', concurrency: 3 })
  // 100 answers of 500 ms, the last one sent at 1980 ms.
  expect(found).toHaveProperty('impliedInFlight', (100 * 500) / (1980 + 500))
  expect(find(sound).has('inconsistent-times')).toBe(false)
})

/** What became of SLOs that were held by `margin`, or missed where that is negative. */
function judgedAs(
  status: JudgedSlo['status'],
  margins: Readonly<Record<string, number>>,
): JudgedSlo[] {
  return Object.entries(margins).map(([text, margin]) => ({ slo: slo(text), status, margin }))
}

test('says nothing of a client at its limits where no bound is that close', () => {
  const judged = judgedAs('PASS', {
    'ttft p95 <= 800': 10,
    'chunk_gap p99 <= 20': 9.6,
    'success_rate >= 0.99': 0.001,
    'requests_per_second >= 1': 0.1,
    'dispatch_delay p95 <= 20': 1,
  })
  for (const more of [{ eventLoopDelayP99: 2.03 }, { eventLoopUtilization: 0.9 }]) {
    const found = find(sound, { trust: { ...trust, ...more }, judged })
    expect([...found.keys()]).toEqual(['concurrency-held'])
  }
})

test('says of a client at its limits, and past them, which SLOs that reaches and what stands', () => {
  const judged = [
    ...judgedAs('PASS', { 'ttft p95 <= 800': 1.5, 'latency p95 <= 800': 700 }),
    ...judgedAs('INCONCLUSIVE', { 'stall p99 <= 20': -0.5, 'latency p99 <= 800': -300 }),
    ...judgedAs('ERROR', { 'ttft p99 <= 800': 0 }),
  ]
  const late = { ...trust, eventLoopDelayP99: 2.03, runQueueShare: 0.06 }
  expect(find(sound, { trust: late, judged }).get('client-busy')).toEqual({
    id: 'client-busy',
    level: 'warn',
    reasons: [
      { kind: 'event-loop-late', delay: 2.03 },
      { kind: 'waited-for-core', share: 0.06 },
    ],
    slos: [
      { slo: 'ttft p95 <= 800', status: 'PASS', unit: 'ms', reach: 2.03 },
      { slo: 'stall p99 <= 20', status: 'INCONCLUSIVE', unit: 'ms', reach: 2.03 },
    ],
  })
  const worse = { ...late, eventLoopDelayP99: 10 }
  expect(find(sound, { trust: worse, judged }).has('client-limited')).toBe(true)
  const { eventLoopDelayP99: _, ...unsampled } = trust
  const unknown = { ...unsampled, eventLoopUtilization: 0.7 }
  expect(find(sound, { trust: unknown, judged }).get('client-limited')).toHaveProperty('slos.0', {
    slo: 'ttft p95 <= 800',
    status: 'PASS',
    unit: 'ms',
  })
  // Waiting for a core explains a late client, it does not make one.
  const waiting = { ...trust, eventLoopDelayP99: 1.9, runQueueShare: 0.06 }
  expect([...find(sound, { trust: waiting, judged }).keys()]).toEqual(['concurrency-held'])
})

function atOnce(index: number) {
  return completed({ index, at: index * 100, gap: 0, tokens: 10 })
}

test('warns when a quarter of the answers came at once [T4]', () => {
  const few = [...times(10, atOnce), ...sound.slice(0, 31)]
  expect(find(few).has('tokens-held-back')).toBe(false)
  expect(find([...few, atOnce(10)]).get('tokens-held-back')).toEqual({
    id: 'tokens-held-back',
    level: 'warn',
    heldBack: 11,
    inOneRead: 0,
    requests: 42,
  })
})

test('tells how many answers ended with a finish reason alone', () => {
  const proper = completed({ at: 190 * 200, tokens: 10 })
  const { completed: _completed, ...marks } = proper.marks
  const silent = { ...proper, marks }
  const others = [
    { ...silent, phase: 'warmup' },
    { ...silent, outcome: 'cancelled' },
  ] as const
  expect(find([...sound, silent, silent, ...others]).get('no-last-word')).toEqual({
    id: 'no-last-word',
    level: 'info',
    answers: 2,
    requests: 202,
  })
  expect(find([...sound, ...others]).has('no-last-word')).toBe(false)
})

test('tells of generic streams that had no end but that of the body, and warns where one could be named [T9]', () => {
  const eventNames = [
    { name: 'start', count: 1 },
    { name: 'piece', count: 9 },
  ]
  const cut = sound.slice(0, 3).map((record) => ({ ...record, dialect: 'sse', eventNames }))
  const { marks } = cut[0]!
  const proper = { ...cut[0]!, marks: { ...marks, completed: marks.ended - 1 } }
  const stream = { dialect: 'sse' } as const
  const id = 'end-unproven'
  const others = [
    { ...cut[0]!, phase: 'warmup' },
    { ...cut[0]!, outcome: 'cancelled' },
  ] as const
  expect(find([...cut, proper, ...others], { stream }).get(id)).toEqual({
    id,
    level: 'warn',
    answers: 3,
    requests: 4,
    dialect: 'sse',
    names: ['start', 'piece'],
  })
  expect(find([proper, ...others], { stream }).has(id)).toBe(false)
  const unnamed = cut.map(({ eventNames: _names, ...record }) => ({ ...record, dialect: 'ndjson' }))
  expect(find(unnamed).get(id)).toMatchObject({ level: 'info', dialect: 'ndjson', names: [] })
  // What ends with the body whatever it is, and what has a last word.
  expect(find(cut.map((record) => ({ ...record, dialect: 'raw' }))).has(id)).toBe(false)
  expect(find(sound).has(id)).toBe(false)
})

test('warns of an output_path that led nowhere, and tells what is there [T3]', () => {
  const stream = { dialect: 'sse', outputPath: 'data.outputs.result' } as const
  const id = 'output-missing'
  const missingOutput = { at: 'data.outputs', keys: ['answer'] }
  const without = sound.slice(0, 3).map((record) => ({ ...record, missingOutput }))
  const { missingOutput: _, ...blank } = without[0]!
  const withOutput = { ...blank, output: '' }
  const others = [{ ...blank, phase: 'warmup' }] as const
  expect(find([blank, ...without, withOutput, ...others], { stream }).get(id)).toEqual({
    id,
    level: 'warn',
    path: 'data.outputs.result',
    missing: 4,
    requests: 5,
    at: 'data.outputs',
    keys: ['answer'],
  })
  expect(find([blank], { stream }).get(id)).toEqual({
    id,
    level: 'warn',
    path: 'data.outputs.result',
    missing: 1,
    requests: 1,
    keys: [],
  })
  expect(find([withOutput, ...others], { stream }).has(id)).toBe(false)
  expect(find(without, { stream: { dialect: 'sse' } }).has(id)).toBe(false)
})

test('warns when the ttft clock stops at a lifecycle event, and tells by how much [T1]', () => {
  const early = sound.map((record) => ({
    ...record,
    marks: { ...record.marks, firstToken: (record.marks.firstContent ?? 0) - 80 },
  }))
  const stream = { dialect: 'dify', firstTokenEvent: 'workflow_started' } as const
  const id = 'ttft-without-content'
  expect(find(early, { stream }).get(id)).toEqual({
    id,
    level: 'warn',
    event: 'workflow_started',
    lead: 80,
  })
  const unnamed = find(early, { stream: undefined }).get(id)
  expect(unnamed).toEqual({ id, level: 'warn', lead: 80 })
  const unknown = sound.map((record) => {
    const { firstContent: _firstContent, ...marks } = record.marks
    return { ...record, marks }
  })
  const unmeasured = find(unknown, { stream }).get(id)
  expect(unmeasured).toEqual({ id, level: 'warn', event: 'workflow_started' })
  const message = { dialect: 'dify', firstTokenEvent: 'message' } as const
  expect(find(sound, { stream: message }).has(id)).toBe(false)
})

test('warns of estimated tokens where an SLO stands on them [S1.51]', () => {
  const uncounted = times(200, (index) => completed({ index, at: index * 190 }))
  const tokens = slo('output_tokens_per_second >= 100')
  const slos = [tokens, slo('ttft p95 <= 800')]
  const found = find(uncounted, { slos }).get('estimated-tokens')
  expect(found).toMatchObject({ level: 'warn', basis: 'estimated', slos: [tokens.text] })
  const half = [...sound.slice(0, 100), ...uncounted.slice(100)]
  expect(find(half, { slos }).get('estimated-tokens')).toHaveProperty('basis', 'mixed')
  expect(find(uncounted, { slos: [slo('ttft p95 <= 800')] }).has('estimated-tokens')).toBe(false)
  expect(find(sound, { slos: [tokens] }).has('estimated-tokens')).toBe(false)
})

test('tells where a percentile is simply the maximum [T24]', () => {
  const few = sound.slice(0, 99)
  expect(find(few).get('percentile-of-few')).toEqual({
    id: 'percentile-of-few',
    level: 'info',
    requests: 99,
    slos: [],
  })
  expect(find(sound.slice(0, 100)).has('percentile-of-few')).toBe(false)
  const slos = [slo('ttft p99 <= 800'), slo('ttft p95 <= 800'), slo('chunk_gap p99 <= 60')]
  expect(find(few, { slos }).get('percentile-of-few')).toMatchObject({
    level: 'warn',
    slos: ['ttft p99 <= 800'],
  })
})

test('tells which dialect was chosen when the spec names none', () => {
  expect(find(sound, { stream: undefined }).get('dialect-guessed')).toMatchObject({
    level: 'info',
    dialect: 'openai-chat',
  })
})

test('warns of answers in different dialects', () => {
  const mixed = [...sound, completed({ at: 190 * 200, dialect: 'raw', tokens: 10 })]
  expect(find(mixed).get('mixed-dialects')).toMatchObject({
    level: 'warn',
    dialects: [
      { name: 'openai-chat', count: 200 },
      { name: 'raw', count: 1 },
    ],
  })
})

test('warns when later requests of a slot open new connections', () => {
  const closing = sound.map((record) => ({ ...record, reused: false }))
  expect(find(closing).get('sockets-not-reused')).toMatchObject({
    level: 'warn',
    opened: 199,
    later: 199,
  })
  const first = sound.map((record, index) => ({ ...record, reused: index > 0 }))
  expect(find(first).has('sockets-not-reused')).toBe(false)
})

test('names a server that closes the connections that it announces to keep', () => {
  const closing = sound.map((record, index) => ({
    ...record,
    reused: false,
    ...(index > 0 && { replaced: index % 50 === 0 ? ('resent' as const) : ('unsent' as const) }),
  }))
  const found = find(closing)
  expect(found.get('server-closes-connections')).toEqual({
    id: 'server-closes-connections',
    level: 'warn',
    closed: 199,
    resent: 3,
    later: 199,
  })
  expect(found.has('sockets-not-reused')).toBe(false)
})

test('does not warn of connections that the spec wants for one request each', () => {
  const single = sound.map((record) => ({ ...record, reused: false }))
  expect(find(single, {}, { keepAlive: false }).has('sockets-not-reused')).toBe(false)
})

test('warns of failed warm-up requests', () => {
  const warmup = [failed({ phase: 'warmup', at: -500 }), completed({ phase: 'warmup', at: -400 })]
  expect(find([...warmup, ...sound]).get('warmup-failures')).toMatchObject({
    level: 'warn',
    failed: 1,
    warmup: 2,
    first: 'http_status',
  })
})

test('names the status of a warm-up request that was refused', () => {
  const refused = failed({ phase: 'warmup', at: -500, status: 401 })
  expect(find([refused, ...sound]).get('warmup-failures')).toMatchObject({ status: 401 })
})

test('asks nothing of the load where no request completed, and counts the failures where some did', () => {
  const all = times(50, (index) => failed({ index, at: index * 380, status: 401 }))
  const refused = find(all, {}, { concurrency: 4 })
  expect([...refused.keys()].join()).not.toContain('concurrency')
  const most = all.map((record, index) =>
    index % 10 ? record : completed({ index, at: index * 380, tokens: 10 }),
  )
  expect(find(most).get('concurrency-not-held')).toMatchObject({ requests: 50, failed: 45 })
})

function refused(status: number): RequestRecord[] {
  return times(5, (index) => failed({ index, at: index, status }))
}

test('warns of the default body where every request was refused with 400 or 422', () => {
  for (const status of [400, 422]) {
    const found = find(refused(status), { defaultBody: true })
    expect(found.get('default-body')).toEqual({ id: 'default-body', level: 'warn', status })
    expect(find(refused(status), { defaultBody: false }).has('default-body')).toBe(false)
  }
  expect(find(refused(401), { defaultBody: true }).has('default-body')).toBe(false)
  expect(find([...refused(400), ...sound], { defaultBody: true }).has('default-body')).toBe(false)
})

test('tells how many requests were cancelled', () => {
  const found = find([...sound, cancelled({ at: 190 * 200 })]).get('requests-cancelled')
  expect(found).toMatchObject({
    level: 'info',
    cancelled: 1,
    requests: 201,
  })
})
