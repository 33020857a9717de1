import { expect, test } from 'vitest'

import { parseSlo } from '../../src/bench-spec/slo-grammar.ts'
import type { Slo } from '../../src/bench-spec/slo.ts'
import { packSize } from '../../src/engine/loan.ts'
import { keepRecords } from '../../src/engine/packed-records.ts'
import type { RequestRecord, Records } from '../../src/engine/record.ts'
import { diagnose } from '../../src/metrics/diagnostics.ts'
import { findDoubts } from '../../src/metrics/doubt.ts'
import { measure } from '../../src/metrics/measure.ts'
import { isSent, measureSentRate } from '../../src/metrics/sent-rate.ts'
import { summarize } from '../../src/metrics/summary.ts'
import { completed, times, trust } from './records.ts'

const open = {
  kind: 'open',
  rate: 10,
  arrival: { kind: 'constant' },
  maxConcurrency: 4,
  requests: 41,
  warmup: 0,
  rounds: 1,
  seed: 1,
} as const

/** Ten a second, each sent so late after it was due and answered 100 ms after that. */
function dueEach100(late: (index: number) => number, heldBack = false): RequestRecord[] {
  return times(41, (index) => ({
    ...completed({
      index,
      at: index * 100 + late(index),
      events: 1,
      marks: { scheduled: index * 100 },
    }),
    ...(heldBack && late(index) > 0 && { heldBack: true as const }),
  }))
}

function slo(text: string): Slo {
  return { id: text, level: 'error', ...parseSlo(text) }
}

function doubt(records: Records, text: string, margin: number) {
  const find = findDoubts('candidate', records, trust, { load: { ...open, drained: false } })
  return find(slo(text), { status: margin >= 0 ? 'PASS' : 'FAIL', margin })
}

const inTime = dueEach100(() => 0)
/** Each one later than the one before: half the rate. */
const lagging = dueEach100((index) => index * 100, true)
/** Sent in time but for five in a row, for which the client was not there. */
const absent = dueEach100((index) => (index >= 20 && index < 25 ? 400 - (index - 20) * 80 : 0))

test('the scheduled times count from the instant at which a request was due', () => {
  const [record] = dueEach100(() => 40)
  if (record === undefined) throw new Error('no record')
  expect(measure(record, 'ttft')).toBe(100)
  expect(measure(record, 'scheduled_ttft')).toBe(140)
  expect(measure(record, 'scheduled_latency')).toBe(140)
  expect(measure(record, 'dispatch_delay')).toBe(40)
  const { scheduledTtft, ttft } = summarize([record], { isOpen: true })
  expect([scheduledTtft?.max, ttft?.max]).toEqual([140, 100])
  expect(summarize([record])).not.toHaveProperty('scheduledTtft')
})

test('the rate is that of the instants that were drawn, beside that at which requests left', () => {
  expect(measureSentRate(inTime)).toEqual({ due: 10, sent: 10, heldBack: 0 })
  expect(measureSentRate(lagging)).toEqual({ due: 10, sent: 5, heldBack: 40 })
  expect(isSent({ due: 10, sent: 9.5, heldBack: 0 })).toBe(true)
  expect(isSent({ due: 10, sent: 9.49, heldBack: 0 })).toBe(false)
  expect(measureSentRate(inTime.slice(0, 1))).toBeUndefined()
})

test('a rate that was not sent makes doubtful what a lighter load flatters, and nothing else', () => {
  expect(doubt(inTime, 'ttft p95 <= 800ms', 700)).toBeUndefined()
  expect(doubt(lagging, 'ttft p95 <= 800ms', 700)).toEqual({
    target: 'candidate',
    kind: 'rate-not-sent',
    due: 10,
    sent: 5,
    heldBack: 40,
  })
  expect(doubt(lagging, 'latency p95 <= 800ms', 700)).toMatchObject({ kind: 'rate-not-sent' })
  expect(doubt(lagging, 'ttft p95 <= 50ms', -50)).toBeUndefined()
  expect(doubt(lagging, 'success_rate >= 90%', 0.1)).toBeUndefined()
  // The delay is in it.
  expect(doubt(lagging, 'scheduled_ttft p95 <= 9000ms', 500)).toBeUndefined()
})

test('a miss of a scheduled time stands where the load held requests back, not where the client was absent', () => {
  expect(doubt(lagging, 'scheduled_ttft p95 <= 800ms', -3000)).toBeUndefined()
  expect(doubt(absent, 'scheduled_ttft p95 <= 200ms', -60)).toMatchObject({
    kind: 'sent-late',
    delay: 400,
    margin: 60,
  })
  // Had they left in time, the p95 would still be 100 ms and this bound be missed.
  expect(doubt(absent, 'scheduled_ttft p50 <= 90ms', -10)).toBeUndefined()
  expect(doubt(absent, 'scheduled_ttft p95 <= 600ms', 340)).toBeUndefined()
  expect(doubt(absent, 'ttft p95 <= 90ms', -10)).toBeUndefined()
})

test('the same is found of many records, which are packed', () => {
  // Whole packs, so that none is left as it is.
  const many = times(2 * packSize, (index) => ({ ...absent[index % absent.length]!, index }))
  const kept = keepRecords(0)
  kept.add(many)
  expect(kept.records.at(0)).not.toBe(many[0])
  const own = { kind: 'sent-late', delay: 400, margin: 60 }
  expect(doubt(many, 'scheduled_ttft p95 <= 200ms', -60)).toMatchObject(own)
  expect(doubt(kept.records, 'scheduled_ttft p95 <= 200ms', -60)).toMatchObject(own)
})

test('a self-check names a rate that was not sent, and requests that were held back', () => {
  const check = (records: RequestRecord[]) => {
    const summary = summarize(records, { isOpen: true })
    return diagnose(records, summary, open, { slos: [] }).map(({ id }) => id)
  }
  const ids = check(lagging)
  expect(ids).toEqual(expect.arrayContaining(['rate-not-sent', 'requests-held-back']))
  expect(ids.some((id) => id.startsWith('concurrency'))).toBe(false)
  expect(check(inTime)).not.toContain('rate-not-sent')
  expect(check(inTime)).not.toContain('requests-held-back')
  const summary = summarize(lagging, { isOpen: true })
  expect(diagnose(lagging, summary, open, { slos: [] })).toContainEqual({
    id: 'requests-held-back',
    level: 'warn',
    heldBack: 40,
    maxConcurrency: 4,
    requests: 41,
    longest: 4000,
  })
})
