import { expect, test } from 'vitest'

import type { RelativeSlo } from '../../src/bench-spec/slo.ts'
import type { ClientTrust, RequestRecord } from '../../src/engine/record.ts'
import type { Accuracy } from '../../src/metrics/client-accuracy.ts'
import { type Doubt, type DoubtContext, findDoubts } from '../../src/metrics/doubt.ts'
import { completed, failed, times, trust } from './records.ts'
import { slo } from './slos.ts'

/** One request at a time, each sent when the one before has ended: 100 ms to the first of 10 tokens, 10 ms apart. */
const records = times(10, (index) => completed({ index, at: index * 190, tokens: 10 }))
const buffered = times(10, (index) => completed({ index, at: index * 100, gap: 0 }))
/** The slot stood empty half of the time. */
const idle = times(10, (index) => completed({ index, at: index * 380, tokens: 10 }))

const load = { kind: 'closed', concurrency: 1, drained: false } as const

interface Given extends DoubtContext {
  records?: readonly RequestRecord[]
  client?: ClientTrust | undefined
  target?: 'candidate' | 'baseline'
}

/** A client whose event loop was late by so many ms. */
function lateBy(delay: number): ClientTrust {
  return { ...trust, eventLoopDelayP99: delay }
}

/** The doubt about an SLO that was held by `margin`, or missed where that is negative. */
function doubt(text: string, margin: number, given: Given = {}): Doubt | undefined {
  const { target = 'candidate', ...context } = given
  const client = 'client' in given ? given.client : trust
  const find = findDoubts(target, given.records ?? records, client, { load, ...context })
  return find(slo(text), { status: margin >= 0 ? 'PASS' : 'FAIL', margin })
}

test('has no doubt of a sound run', () => {
  expect(doubt('ttft p95 <= 800', 10)).toBeUndefined()
  expect(doubt('ttft p95 <= 800', -10)).toBeUndefined()
})

test('does not believe fast streams whose tokens were held back [T4]', () => {
  for (const text of [
    'ttft p95 <= 800',
    'chunk_gap p99 <= 60',
    'stall max <= 60',
    'tpot mean <= 9',
  ]) {
    expect(doubt(text, 5, { records: buffered })).toEqual({
      kind: 'not-streamed',
      target: 'candidate',
      heldBack: 10,
      requests: 10,
    })
  }
  expect(doubt('ttft p95 <= 800', -10, { records: buffered })).toBeUndefined()
  expect(doubt('latency p95 <= 800', 10, { records: buffered })).toBeUndefined()
})

test('token events are no proof of a rate of tokens, and no excuse for a miss', () => {
  const some = records.map((record, index) =>
    index < 3 ? completed({ index, at: index * 190 }) : record,
  )
  expect(doubt('output_tokens_per_second >= 9', 40, { records: some })).toEqual({
    kind: 'estimated-tokens',
    target: 'candidate',
    estimated: 3,
    requests: 10,
  })
  expect(doubt('output_tokens_per_second >= 99', -40, { records: some })).toBeUndefined()
  expect(doubt('requests_per_second >= 1', 4, { records: some })).toBeUndefined()
  expect(doubt('output_tokens_per_second >= 9', 40)).toBeUndefined()
  // Those of the warm-up count nowhere.
  const warm = [completed({ phase: 'warmup' }), ...records]
  expect(doubt('output_tokens_per_second >= 9', 40, { records: warm })).toBeUndefined()
})

test('does not believe goodput by the times of tokens that were held back', () => {
  const ttft = { metric: 'ttft', op: '<=', bound: 800 } as const
  const latency = { ...ttft, metric: 'latency' } as const
  const given = { records: buffered, goodput: [latency, ttft] }
  expect(doubt('goodput >= 0.8', 0.1, given)).toMatchObject({ kind: 'not-streamed' })
  expect(doubt('goodput >= 0.8', -0.1, given)).toBeUndefined()
  const whole = { records: buffered, goodput: [latency] }
  expect(doubt('goodput >= 0.8', 0.1, whole)).toBeUndefined()
})

const fromDispatch = ['ttft p95', 'ttfo p95', 'latency p95', 'ttft mean', 'latency max']

test.each(fromDispatch)('a late client only lengthens %s: a PASS stands', (value) => {
  for (const client of [lateBy(2.03), lateBy(50), { ...lateBy(50), eventLoopUtilization: 0.9 }]) {
    expect(doubt(`${value} <= 200`, 0, { client })).toBeUndefined()
    expect(doubt(`${value} < 200`, 1, { client })).toBeUndefined()
    // Too short is what it was not made.
    expect(doubt(`${value} >= 200`, -1, { client })).toBeUndefined()
  }
})

test.each(fromDispatch)('a miss of %s by less than the lateness may be the lateness', (value) => {
  const client = lateBy(5)
  expect(doubt(`${value} <= 200`, -4.9, { client })).toEqual({
    kind: 'client-late',
    target: 'candidate',
    delay: 5,
    reach: 5,
    margin: 4.9,
  })
  expect(doubt(`${value} <= 200`, -5, { client })).toBeUndefined()
  // Failed requests fill the percentile.
  expect(doubt(`${value} <= 200`, -Infinity, { client })).toBeUndefined()
})

test.each(fromDispatch)('what was to be at least so long may be so by lateness: %s', (value) => {
  expect(doubt(`${value} >= 200`, 4.9, { client: lateBy(5) })).toMatchObject({
    kind: 'client-late',
    reach: 5,
    margin: 4.9,
  })
  expect(doubt(`${value} > 200`, 5, { client: lateBy(5) })).toBeUndefined()
})

test.each(['chunk_gap p99', 'stall p95'])(
  '%s errs both ways, by less than its margin or not',
  (value) => {
    // 10.4 ms against 20 ms.
    expect(doubt(`${value} <= 20`, 9.6, { client: lateBy(2.03) })).toBeUndefined()
    for (const op of ['<=', '>=']) {
      for (const margin of [2, -2]) {
        expect(doubt(`${value} ${op} 20`, margin, { client: lateBy(2.03) })).toEqual({
          kind: 'client-late',
          target: 'candidate',
          delay: 2.03,
          reach: 2.03,
          margin: 2,
        })
      }
      expect(doubt(`${value} ${op} 20`, -2.1, { client: lateBy(2.03) })).toBeUndefined()
    }
  },
)

test('tpot errs both ways, by the lateness of an event over the tokens between two', () => {
  // 9 tokens after the first one.
  for (const margin of [0.9, -0.9]) {
    const found = doubt('tpot p95 <= 12', margin, { client: lateBy(9) })
    expect(found).toMatchObject({ kind: 'client-late', delay: 9, reach: 1 })
    expect(doubt('tpot p95 >= 12', margin, { client: lateBy(9) })).toBeDefined()
  }
  expect(doubt('tpot p95 <= 12', 1, { client: lateBy(9) })).toBeUndefined()
  expect(doubt('tpot p95 <= 12', -1, { client: lateBy(9) })).toBeUndefined()
  // The shortest answers err the most; where no length is known, the whole lateness may be in one token.
  const short = [...records, completed({ index: 10, at: 1900, events: 2, tokens: 3 })]
  const one = doubt('tpot p95 <= 12', 4, { client: lateBy(9), records: short })
  expect(one).toMatchObject({ reach: 4.5 })
  expect(doubt('tpot p95 <= 12', 8, { client: lateBy(9), records: [] })).toBeDefined()
})

test.each([...fromDispatch, 'chunk_gap p99', 'stall p95', 'tpot p50'])(
  'a PASS of %s falls with the load, whatever the lateness',
  (value) => {
    for (const client of [trust, lateBy(12), undefined]) {
      expect(doubt(`${value} <= 900`, 500, { records: idle, client })).toEqual({
        kind: 'load-not-held',
        target: 'candidate',
        concurrency: 1,
        peakInFlight: 1,
        meanInFlight: 0.5,
      })
    }
    // A lighter load does not make it slow.
    expect(doubt(`${value} <= 20`, -50, { records: idle })).toBeUndefined()
    expect(doubt(`${value} >= 20`, 50, { records: idle })).toBeUndefined()
    expect(doubt(`${value} >= 20`, -50, { records: idle })).toMatchObject({ kind: 'load-not-held' })
  },
)

test('a PASS falls when as many requests as were asked for were never in flight', () => {
  const more = { ...load, concurrency: 2 }
  expect(doubt('ttft p95 <= 800', 700, { load: more })).toMatchObject({
    kind: 'load-not-held',
    concurrency: 2,
    peakInFlight: 1,
  })
})

test('the target had less to do where the client was late by a good part of each request', () => {
  const client = { ...lateBy(90), eventLoopDelayP50: 40 }
  expect(doubt('ttft p95 <= 800', 700, { client })).toEqual({
    kind: 'load-thinned',
    target: 'candidate',
    delay: 40,
    inFlight: 190,
  })
  expect(doubt('ttft p95 <= 800', 700, { client: { ...client, eventLoopDelayP50: 38 } })).toBe(
    undefined,
  )
})

test('lets a slow client judge its own dispatch delay, and shares whatever the load', () => {
  const given = { client: lateBy(50), records: idle }
  expect(doubt('dispatch_delay p95 <= 20', -10, given)).toBeUndefined()
  expect(doubt('dispatch_delay p95 <= 20', 10, given)).toBeUndefined()
  expect(doubt('success_rate >= 0.99', 0.001, given)).toBeUndefined()
  expect(doubt('requests_per_second >= 9', 0.001, given)).toBeUndefined()
})

test('knows nothing against a client that left no figures of itself', () => {
  const { eventLoopDelayP99: _, ...unsampled } = trust
  for (const client of [undefined, unsampled]) {
    expect(doubt('ttft p95 <= 800', -0.1, { client })).toBeUndefined()
    expect(doubt('stall p95 <= 800', 0.1, { client })).toBeUndefined()
  }
})

test('a client past its limits that sampled no delay may be wrong by anything', () => {
  const { eventLoopDelayP99: _, ...unsampled } = trust
  const client = { ...unsampled, eventLoopUtilization: 0.9 }
  const limited = {
    kind: 'client-limited',
    target: 'candidate',
    reasons: [{ kind: 'event-loop-busy', utilization: 0.9 }],
  }
  expect(doubt('ttft p95 <= 800', -500, { client })).toEqual(limited)
  expect(doubt('stall p95 <= 800', 700, { client })).toEqual(limited)
  expect(doubt('ttft p95 <= 800', 1, { client })).toBeUndefined()
  expect(doubt('ttft p95 <= 800', -Infinity, { client })).toBeUndefined()
})

test('a calibrated error is one of the client as well, and points the same ways', () => {
  const accuracy: Accuracy = {
    request: [{ stat: 'p99', error: 3 }],
    chunk: [{ stat: 'p99', error: 1 }],
    requests: 300,
  }
  expect(doubt('ttft p95 <= 800', -2.9, { accuracy })).toEqual({
    kind: 'calibrated-error',
    target: 'candidate',
    stat: 'p99',
    requests: 300,
    error: 3,
    reach: 3,
    margin: 2.9,
  })
  expect(doubt('ttft p95 <= 800', 2.9, { accuracy })).toBeUndefined()
  expect(doubt('ttft p95 >= 800', 2.9, { accuracy })).toMatchObject({ kind: 'calibrated-error' })
  expect(doubt('ttft p95 <= 800', -3, { accuracy })).toBeUndefined()
  expect(doubt('ttft p95 <= 800', -Infinity, { accuracy })).toBeUndefined()
  expect(doubt('ttft p95 <= 800', 2.9, { accuracy, records: idle })).toMatchObject({
    kind: 'load-not-held',
  })
  expect(doubt('chunk_gap p99 <= 60', 1, { accuracy })).toBeUndefined()
  for (const margin of [0.9, -0.9]) {
    const found = doubt('chunk_gap p99 <= 60', margin, { accuracy })
    expect(found).toMatchObject({ kind: 'calibrated-error', error: 1 })
  }
  expect(doubt('success_rate >= 0.99', 0.001, { accuracy })).toBeUndefined()
  expect(doubt('dispatch_delay p95 <= 20', 0.1, { accuracy })).toBeUndefined()
  // Also where the load process left no figures of itself.
  expect(doubt('ttft p95 <= 800', -1, { accuracy, client: undefined })).toMatchObject({
    kind: 'calibrated-error',
  })
})

/** Calibrated with 60 requests, one of which was off by 42.7 ms. */
const outlier: Accuracy = {
  request: [
    { stat: 'max', error: 42.7 },
    { stat: 'p95', error: 1.2 },
    { stat: 'p50', error: 0.74 },
  ],
  chunk: [{ stat: 'p99', error: 1 }],
  requests: 60,
}

function withTtfts(ttfts: readonly number[]): RequestRecord[] {
  return ttfts.map((ttft, index) => completed({ index, at: index * 500, ttft }))
}

/** What the doubt about \`ttft p95 <= bound\` is, where that is missed. */
function doubtMiss(ttfts: readonly number[], bound: number, accuracy: Accuracy) {
  const sorted = ttfts.toSorted((a, b) => a - b)
  const p95 = sorted[Math.ceil(0.95 * ttfts.length) - 1] ?? 0
  expect(p95).toBeGreaterThan(bound)
  const given = { records: withTtfts(ttfts), load: undefined, accuracy }
  return doubt(`ttft p95 <= ${bound}`, bound - p95, given)
}

test('what hits one request in sixty does not explain that all of them are too slow', () => {
  const slow = times(60, (index) => 6 + index / 60)
  expect(doubtMiss(slow, 5, outlier)).toBeUndefined()
  // The largest error alone would.
  const [largest] = outlier.request
  expect(doubtMiss(slow, 5, { ...outlier, request: [largest] })).toMatchObject({
    kind: 'calibrated-error',
    stat: 'max',
    requests: 60,
    reach: 42.7,
  })
})

test('what is off by as much as it is too slow is no miss, however few are off by more', () => {
  // Without 0.74 ms of the client's half of them keep the bound.
  const near = times(60, (index) => 5.1 + index / 100)
  expect(doubtMiss(near, 5, outlier)).toMatchObject({ kind: 'calibrated-error' })
  // The one in ten that is too slow may be one of those that the client is off by 40 ms with.
  const late: Accuracy = {
    ...outlier,
    request: [
      { stat: 'p99', error: 41 },
      { stat: 'p95', error: 40 },
      { stat: 'p50', error: 0.74 },
    ],
    requests: 300,
  }
  const tenth = times(300, (index) => (index % 10 === 0 ? 44 : 6))
  expect(doubtMiss(tenth, 10, late)).toMatchObject({
    stat: 'p99',
    error: 41,
    // From the median on, and 0.74 ms.
    reach: 38.74,
    margin: 34,
  })
  // Of nine in ten it is not.
  const most = times(300, (index) => (index % 10 === 0 ? 6 : 44))
  expect(doubtMiss(most, 10, late)).toBeUndefined()
})

test('failed requests fill the percentile from above, unless they are excluded', () => {
  const ttfts = times(60, (index) => 6 + index / 60)
  const some = [...withTtfts(ttfts), ...times(2, (index) => failed({ index: 60 + index }))]
  const given = { records: some, load: undefined, accuracy: outlier }
  expect(doubt('ttft p95 <= 5', -1.97, given)).toBeUndefined()
  // Beyond the bound by failures alone: no time that was measured says so.
  expect(doubt('ttft p99 <= 800', -Infinity, given)).toBeUndefined()
  expect(doubt('ttft p99 <= 5', -1.9, { ...given, failures: 'exclude' })).toBeUndefined()
})

test('goodput is counted anew by every bound of the error, and falls by none of them alone', () => {
  const goodput = [{ metric: 'ttft', op: '<=', bound: 5 }] as const
  const given = { goodput, load: undefined, accuracy: outlier }
  const slow = withTtfts(times(60, (index) => 6.5 + index / 60))
  expect(doubt('goodput >= 0.9', -0.9, { ...given, records: slow })).toBeUndefined()
  const near = withTtfts(times(60, (index) => 5.1 + index / 100))
  expect(doubt('goodput >= 0.9', -0.9, { ...given, records: near })).toMatchObject({
    kind: 'calibrated-error',
  })
})

/** Times to the first token of 91, 92, … 100 ms. */
const rising = times(10, (index) =>
  completed({ index, at: index * 200, ttft: 91 + index, gap: 10 + index, tokens: 10 }),
)

test('a late client only lowers goodput: a PASS stands, a FAIL that it explains does not', () => {
  const goodput = [{ metric: 'ttft', op: '<=', bound: 98 }] as const
  const given = { records: rising, goodput, load: undefined }
  expect(doubt('goodput >= 0.8', 0, { ...given, client: lateBy(50) })).toBeUndefined()
  // 2 of 10 are above 98 ms, one of them by no more than 1 ms.
  const found = doubt('goodput >= 0.9', -0.1, { ...given, client: lateBy(2) })
  expect(found).toMatchObject({ kind: 'client-late', delay: 2, margin: 0.1 })
  expect(found).toHaveProperty('reach', expect.closeTo(0.2, 9))
  expect(doubt('goodput >= 1', -0.2, { ...given, client: lateBy(1) })).toBeUndefined()
  expect(doubt('goodput <= 0.9', 0.1, { ...given, client: lateBy(2) })).toBeDefined()
  expect(doubt('goodput >= 0.8', 0.1, { ...given, records: idle, load })).toMatchObject({
    kind: 'load-not-held',
  })
  expect(doubt('goodput >= 0.8', -0.1, { ...given, records: idle, load })).toBeUndefined()
})

test('a bound on gaps makes goodput err both ways, one from below the other way', () => {
  const gaps = [{ metric: 'stall', op: '<=', bound: 17.5 }] as const
  const given = { records: rising, client: lateBy(1), load: undefined }
  // Of 8 good ones one is within 1 ms, and so is one of the others.
  expect(doubt('goodput >= 0.75', 0.05, { ...given, goodput: gaps })).toBeDefined()
  expect(doubt('goodput >= 0.85', -0.05, { ...given, goodput: gaps })).toBeDefined()
  expect(doubt('goodput >= 0.65', 0.15, { ...given, goodput: gaps })).toBeUndefined()
  const slow = [{ metric: 'ttft', op: '>=', bound: 93.5 }] as const
  expect(doubt('goodput >= 0.65', 0.05, { ...given, goodput: slow })).toBeDefined()
  expect(doubt('goodput >= 0.75', -0.05, { ...given, goodput: slow })).toBeUndefined()
})

test('what makes a baseline look slow flatters the candidate', () => {
  const relative: RelativeSlo = {
    ...slo('ttft p95 <= 800'),
    bound: undefined,
    allowance: { change: 0.1 },
  }
  const find = (given: Given, margin: number) =>
    findDoubts('baseline', given.records ?? records, given.client, { load })(relative, {
      status: margin >= 0 ? 'PASS' : 'FAIL',
      margin,
    })
  const late = { client: lateBy(5) }
  expect(find(late, 4.9)).toMatchObject({ kind: 'client-late', target: 'baseline', margin: 4.9 })
  expect(find(late, 5)).toBeUndefined()
  expect(find(late, -1)).toBeUndefined()
  // One under a lighter load looks fast, one that did not stream either.
  expect(find({ records: idle }, -50)).toMatchObject({ kind: 'load-not-held' })
  expect(find({ records: idle }, 50)).toBeUndefined()
  for (const margin of [50, -50]) {
    expect(find({ records: buffered }, margin)).toMatchObject({ kind: 'not-streamed' })
  }
})

test('does not believe what a cache makes look fast, of a PASS alone', () => {
  const reuse = { kind: 'prompts-repeat', repeated: 9, requests: 10, share: 0.9 } as const
  const target = 'candidate'
  for (const text of [
    'ttft p95 <= 800',
    'latency mean <= 800',
    'chunk_gap p99 <= 60',
    'requests_per_second >= 1',
  ]) {
    expect(doubt(text, 500, { reuse })).toEqual({ ...reuse, target })
    expect(doubt(text, -500, { reuse })).toBeUndefined()
  }
  for (const text of ['success_rate >= 95%', 'error_rate <= 5%', 'dispatch_delay p95 <= 9']) {
    expect(doubt(text, 500, { reuse })).toBeUndefined()
  }
})
