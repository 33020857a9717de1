import { expect, test } from 'vitest'

import { findDoubts } from '../../src/metrics/doubt.ts'
import { completed, times, trust } from './records.ts'
import { slo } from './slos.ts'

const records = times(10, () => completed())
const buffered = times(10, () => completed({ gap: 0 }))
const ttft = slo('ttft p95 <= 800')

test('lets a slow client judge its own dispatch delay', () => {
  const slow = findDoubts('candidate', records, { ...trust, eventLoopDelayP99: 50 })
  expect(slow(slo('dispatch_delay p95 <= 20'), -10)).toBeUndefined()
  expect(slow(slo('ttft p95 <= 20'), -10)).toMatchObject({
    kind: expect.stringMatching(/^client-/),
  })
})

test('knows nothing against a client that left no figures of itself', () => {
  expect(findDoubts('candidate', records, undefined)(ttft, 1)).toBeUndefined()
})

test('has no doubt of a sound run', () => {
  const doubt = findDoubts('candidate', records, trust)
  expect(doubt(ttft, 10)).toBeUndefined()
  expect(doubt(ttft, -10)).toBeUndefined()
})

test('does not believe fast streams that came in a single read [T4]', () => {
  const doubt = findDoubts('candidate', buffered, trust)
  for (const text of [
    'ttft p95 <= 800',
    'chunk_gap p99 <= 60',
    'stall max <= 60',
    'tpot mean <= 9',
  ]) {
    expect(doubt(slo(text), 5)).toEqual({
      kind: 'not-streamed',
      target: 'candidate',
      atOnce: 10,
      requests: 10,
    })
  }
  expect(doubt(ttft, -10)).toBeUndefined()
  expect(doubt(slo('latency p95 <= 800'), 10)).toBeUndefined()
})

test('does not let a client past its limits judge a time', () => {
  const slow = findDoubts('candidate', records, {
    ...trust,
    eventLoopUtilization: 0.7,
    eventLoopDelayP99: 5,
  })
  expect(slow(ttft, 10)).toMatchObject({ kind: expect.stringMatching(/^client-/) })
  expect(slow(ttft, -4)).toMatchObject({ kind: expect.stringMatching(/^client-/) })
  expect(slow(slo('success_rate >= 0.99'), 0.01)).toBeUndefined()
})

test('does not let a client judge a bound that is not ten times its own delay', () => {
  const doubt = findDoubts('candidate', records, { ...trust, eventLoopDelayP99: 2 })
  expect(doubt(slo('chunk_gap p99 <= 20'), 5)).toEqual({
    kind: 'client-late',
    target: 'candidate',
    delay: 2,
  })
  expect(doubt(slo('chunk_gap p99 <= 21'), 5)).toBeUndefined()
})

test('believes a margin of more than ten times the delay, and failed requests', () => {
  const doubt = findDoubts('candidate', records, { ...trust, eventLoopDelayP99: 12 })
  expect(doubt(ttft, 119)).toMatchObject({ kind: expect.stringMatching(/^client-/) })
  expect(doubt(ttft, 121)).toBeUndefined()
  expect(doubt(ttft, -121)).toBeUndefined()
  expect(doubt(ttft, -Infinity)).toBeUndefined()
})

test('believes a miss by more than the client was late: lateness only lengthens times', () => {
  const slow = findDoubts('candidate', records, {
    ...trust,
    eventLoopUtilization: 0.7,
    eventLoopDelayP99: 5,
  })
  expect(slow(ttft, -5)).toMatchObject({ kind: expect.stringMatching(/^client-/) })
  expect(slow(ttft, -6)).toBeUndefined()
  expect(slow(ttft, 6)).toMatchObject({ kind: expect.stringMatching(/^client-/) })
})

test('doubts goodput by its tightest bound', () => {
  const goodput = [
    { metric: 'latency', op: '<=', bound: 8000 },
    { metric: 'stall', op: '<=', bound: 20 },
  ] as const
  const doubt = findDoubts('candidate', records, { ...trust, eventLoopDelayP99: 2 }, { goodput })
  expect(doubt(slo('goodput >= 0.9'), 0.05)).toMatchObject({
    kind: expect.stringMatching(/^client-/),
  })
})

test('judges by utilisation alone where no delay was sampled', () => {
  const { eventLoopDelayP99: _, ...unsampled } = trust
  expect(findDoubts('candidate', records, unsampled)(ttft, 1)).toBeUndefined()
  const busy = { ...unsampled, eventLoopUtilization: 0.9 }
  expect(findDoubts('candidate', records, busy)(ttft, 500)).toMatchObject({
    kind: 'client-limited',
    reasons: [{ kind: 'event-loop-busy', utilization: 0.9 }],
  })
})

test('does not believe a margin below the calibrated error of the client, whichever way it points', () => {
  const accuracy = { request: 3, chunk: 1 }
  const doubt = findDoubts('candidate', records, trust, { accuracy })
  expect(doubt(ttft, 2.9)).toEqual({
    kind: 'calibrated-error',
    target: 'candidate',
    error: 3,
    margin: 2.9,
  })
  expect(doubt(ttft, -2.9)).toMatchObject({ kind: 'calibrated-error', margin: 2.9 })
  expect(doubt(ttft, 3)).toBeUndefined()
  expect(doubt(ttft, -3)).toBeUndefined()
  expect(doubt(ttft, -Infinity)).toBeUndefined()
  expect(doubt(slo('chunk_gap p99 <= 60'), 1.5)).toBeUndefined()
  expect(doubt(slo('chunk_gap p99 <= 60'), 0.9)).toMatchObject({ kind: 'calibrated-error' })
  expect(doubt(slo('success_rate >= 0.99'), 0.001)).toBeUndefined()
  expect(doubt(slo('dispatch_delay p95 <= 20'), 0.1)).toBeUndefined()
  // Also where the load process left no figures of itself.
  expect(findDoubts('candidate', records, undefined, { accuracy })(ttft, 1)).toMatchObject({
    kind: 'calibrated-error',
  })
})

test('does not believe goodput whose tightest bound is not ten times the calibrated error', () => {
  const goodput = [{ metric: 'ttft', op: '<=', bound: 30 }] as const
  const doubt = (request: number) =>
    findDoubts('candidate', records, trust, { goodput, accuracy: { request, chunk: 1 } })
  expect(doubt(3)(slo('goodput >= 0.9'), 0.05)).toEqual({
    kind: 'calibrated-error',
    target: 'candidate',
    error: 3,
  })
  expect(doubt(2.9)(slo('goodput >= 0.9'), 0.05)).toBeUndefined()
})
