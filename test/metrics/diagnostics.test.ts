import { expect, test } from 'vitest'

import type { Load } from '../../src/bench-spec/spec.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { diagnose, type DiagnosticContext } from '../../src/metrics/diagnostics.ts'
import { summarize } from '../../src/metrics/summary.ts'
import { cancelled, completed, failed, load, times, trust } from './records.ts'
import { slo } from './slos.ts'

/** 200 requests on one slot, each dispatched as soon as the one before has ended. */
const sound = times(200, (index) => completed({ index, at: index * 190, tokens: 10 }))

function find(
  records: readonly RequestRecord[],
  context: Partial<DiagnosticContext> = {},
  asked: Partial<Load> = {},
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
  expect(found.get('concurrency-held')).toMatchObject({
    level: 'info',
    message: expect.stringContaining('Concurrency 1 was held 100% of the time'),
  })
})

test('has nothing to say of a client that left no figures of itself', () => {
  expect([...find(sound, { trust: undefined }).keys()]).toEqual(['concurrency-held'])
})

test('has nothing to say of no records', () => {
  expect(find([]).size).toBe(0)
})

test('warns when the concurrency asked for was never reached', () => {
  const message = find(sound, {}, { concurrency: 4 }).get('concurrency-not-held')?.message
  expect(message).toContain('Concurrency 4 was never reached, 1 was the most')
})

test('warns when slots stood empty', () => {
  const idle = times(50, (index) => completed({ index, at: index * 380, tokens: 10 }))
  expect(find(idle).get('concurrency-not-held')?.message).toContain(
    'the mean between ramp-up and drain was 0.50',
  )
})

test('warns of latencies that the concurrency does not allow [T6]', () => {
  const impossible = times(100, (index) =>
    completed({ index, at: index * 20, ttft: 410, tokens: 10 }),
  )
  expect(find(impossible, {}, { concurrency: 3 }).get('inconsistent-times')?.message).toContain(
    'no more than 3 were allowed',
  )
  expect(find(sound).has('inconsistent-times')).toBe(false)
})

test('warns of a client at its limits, and past them', () => {
  expect(
    find(sound, { trust: { ...trust, eventLoopUtilization: 0.5 } }).get('client-busy'),
  ).toMatchObject({
    level: 'warn',
    message: expect.stringContaining('its event loop was 50% busy'),
  })
  expect(find(sound, { trust: { ...trust, eventLoopDelayP99: 2 } }).has('client-busy')).toBe(true)
  // Waiting for a core explains a late client, it does not make one.
  expect(find(sound, { trust: { ...trust, runQueueShare: 0.06 } }).has('client-busy')).toBe(false)
  const waiting = { ...trust, eventLoopDelayP99: 2, runQueueShare: 0.06 }
  expect(find(sound, { trust: waiting }).get('client-busy')?.message).toContain(
    'waited for a core 6% of the time',
  )
  expect(
    find(sound, { trust: { ...trust, eventLoopUtilization: 0.7 } }).has('client-limited'),
  ).toBe(true)
  expect(find(sound, { trust: { ...trust, eventLoopDelayP99: 10 } }).has('client-limited')).toBe(
    true,
  )
})

function atOnce(index: number) {
  return completed({ index, at: index * 100, gap: 0, tokens: 10 })
}

test('warns when most answers came in a single read [T4] [S1.50]', () => {
  const half = [...times(50, atOnce), ...sound.slice(0, 50)]
  expect(find(half).has('tokens-in-one-read')).toBe(false)
  expect(find([...half, atOnce(50)]).get('tokens-in-one-read')?.message).toContain('51 of 101')
  const short = times(100, (index) =>
    completed({ index, at: index * 100, gap: 0, events: 3, tokens: 3 }),
  )
  expect(find(short).has('tokens-in-one-read')).toBe(false)
})

test('warns when the ttft clock stops at a lifecycle event, and tells by how much [T1]', () => {
  const early = sound.map((record) => ({
    ...record,
    marks: { ...record.marks, firstToken: (record.marks.firstContent ?? 0) - 80 },
  }))
  const stream = { dialect: 'dify', firstTokenEvent: 'workflow_started' } as const
  expect(find(early, { stream }).get('ttft-without-content')?.message).toContain(
    'the event "workflow_started" that carries no text of the answer, 80ms (median) before',
  )
  expect(find(early, { stream: undefined }).has('ttft-without-content')).toBe(true)
  const unknown = sound.map((record) => {
    const { firstContent: _firstContent, ...marks } = record.marks
    return { ...record, marks }
  })
  expect(find(unknown, { stream }).has('ttft-without-content')).toBe(true)
  const message = { dialect: 'dify', firstTokenEvent: 'message' } as const
  expect(find(sound, { stream: message }).has('ttft-without-content')).toBe(false)
})

test('warns of estimated tokens where an SLO stands on them [S1.51]', () => {
  const uncounted = times(200, (index) => completed({ index, at: index * 190 }))
  const tokens = slo('output_tokens_per_second >= 100')
  expect(find(uncounted, { slos: [tokens] }).get('estimated-tokens')?.message).toContain(
    `"${tokens.text}"`,
  )
  expect(find(uncounted, { slos: [slo('ttft p95 <= 800')] }).has('estimated-tokens')).toBe(false)
  expect(find(sound, { slos: [tokens] }).has('estimated-tokens')).toBe(false)
})

test('tells where a percentile is simply the maximum [T24]', () => {
  const few = sound.slice(0, 99)
  expect(find(few).get('percentile-of-few')).toMatchObject({ level: 'info' })
  expect(find(sound.slice(0, 100)).has('percentile-of-few')).toBe(false)
  const slos = [slo('ttft p99 <= 800'), slo('ttft p95 <= 800'), slo('chunk_gap p99 <= 60')]
  const found = find(few, { slos }).get('percentile-of-few')
  expect(found?.level).toBe('warn')
  expect(found?.message).toContain('maximum in "ttft p99 <= 800":')
})

test('tells which dialect was chosen when the spec names none', () => {
  expect(find(sound, { stream: undefined }).get('dialect-guessed')).toMatchObject({
    level: 'info',
    message: expect.stringContaining('openai-chat'),
  })
})

test('warns of answers in different dialects', () => {
  const mixed = [...sound, completed({ at: 190 * 200, dialect: 'raw', tokens: 10 })]
  expect(find(mixed).get('mixed-dialects')?.message).toContain('200 as openai-chat, 1 as raw')
})

test('warns when later requests of a slot open new connections', () => {
  const closing = sound.map((record) => ({ ...record, reused: false }))
  expect(find(closing).get('sockets-not-reused')?.message).toContain('199 of 199')
  const first = sound.map((record, index) => ({ ...record, reused: index > 0 }))
  expect(find(first).has('sockets-not-reused')).toBe(false)
})

test('warns of failed warm-up requests', () => {
  const warmup = [failed({ phase: 'warmup', at: -500 }), completed({ phase: 'warmup', at: -400 })]
  expect(find([...warmup, ...sound]).get('warmup-failures')?.message).toContain(
    '1 of 2 warm-up requests failed, the first with http_status',
  )
})

test('tells how many requests were cancelled', () => {
  const found = find([...sound, cancelled({ at: 190 * 200 })]).get('requests-cancelled')
  expect(found).toMatchObject({
    level: 'info',
    message: expect.stringContaining('1 of 201 requests'),
  })
})
