import { describe, expect, test } from 'vitest'

import type { ClosedLoad } from '../../src/bench-spec/spec.ts'
import type { Reading, RequestRecord } from '../../src/engine/record.ts'
import { diagnose } from '../../src/metrics/diagnostics.ts'
import { diagnoseLeaving, measureNoticed } from '../../src/metrics/left-clients.ts'
import { meanOf, observe } from '../../src/metrics/observation.ts'
import { findShortfall } from '../../src/metrics/shortfall.ts'
import type { Snapshot } from '../../src/metrics/snapshot.ts'
import { summarize } from '../../src/metrics/summary.ts'
import { takeRounds } from '../../src/verdict/figures.ts'
import { watchHealth } from '../../src/verdict/health.ts'
import { cancelled, completed, failed, left, load, times, trust } from './records.ts'

/** Eight that stay, one of which fails, and four that were to leave. */
const records = [
  ...times(7, (index) => completed({ index, ttft: 100 + index, at: index })),
  failed({ index: 7, at: 7 }),
  left({ index: 8, ttft: 150, after: 150 }),
  left({ index: 9, ttft: 150, after: 120 }),
  completed({ index: 10, ttft: 20, leaves: true }),
  failed({ index: 11, leaves: true }),
]

describe('requests whose client was to go away', () => {
  test('are in no share, of success or of good ones, whatever they came to', () => {
    expect(observe(records, 'success_rate')).toMatchObject({ kind: 'share', good: 7, bad: 1 })
    const goodput = [{ metric: 'ttft', op: '<=', bound: 103 }] as const
    expect(observe(records, 'goodput', { goodput })).toMatchObject({ good: 4, bad: 4 })
    expect(summarize(records, { goodput })).toMatchObject({ successRate: 7 / 8, goodput: 0.5 })
  })

  test('give no sample of what comes behind the first token', () => {
    for (const metric of ['latency', 'ttfo', 'tpot', 'stall', 'chunk_gap'] as const) {
      const observation = observe(records, metric)
      if (observation?.kind !== 'values') continue
      expect(observation.requests.length).toBeLessThanOrEqual(8)
      expect(observation).toMatchObject({ left: 0 })
    }
    expect(summarize(records).latency?.count).toBe(7)
  })

  test('count in ttft with their first token, and as slower than any bound where they left without one', () => {
    const observation = observe(records, 'ttft')
    expect(observation).toMatchObject({
      sample: new Float64Array([20, 100, 101, 102, 103, 104, 105, 106, 150]),
      failed: 2,
      left: 1,
    })
    if (observation?.kind !== 'values') throw new Error('there are values')
    expect(Array.from(observation.requests).slice(8)).toEqual([
      { index: 8, round: 0, values: [150], failed: false, leaves: true },
      { index: 9, round: 0, values: [], failed: true, leaves: true, left: true },
      { index: 10, round: 0, values: [20], failed: false, leaves: true },
      { index: 11, round: 0, values: [], failed: true, leaves: true },
    ])
  })

  test('are in no mean: of those that left early only the quick ones are known', () => {
    const observation = observe(records, 'ttft')
    if (observation?.kind !== 'values') throw new Error('there are values')
    expect(meanOf(observation)).toBe(103)
  })

  test('are counted apart, and in the distribution of ttft where all of those that left had a first token', () => {
    expect(summarize([...records, cancelled({ index: 12 })])).toMatchObject({
      requests: { total: 13, completed: 8, failed: 2, cancelled: 1, left: 2, leaving: 4 },
      ttft: { count: 7, max: 106 },
    })
    const begun = records.filter(({ index }) => index !== 9)
    expect(summarize(begun).ttft).toMatchObject({ count: 9, min: 20, max: 150 })
  })

  test('are not counted in a round', () => {
    const rounds = takeRounds(records, { failures: 'as-infinite' })
    expect(rounds).toMatchObject([{ completed: 7, failed: 1 }])
  })

  test('are told by what they came to', () => {
    expect(diagnoseLeaving(records)).toEqual({
      id: 'clients-left',
      level: 'info',
      leaving: 4,
      left: 2,
      completed: 1,
      failed: 1,
      unanswered: 1,
    })
    expect(diagnoseLeaving([completed()])).toBeUndefined()
  })
})

function snapshot(more: Partial<Snapshot>): Snapshot {
  return { source: 'vllm', times: {}, ...more }
}

function readings(
  finished?: number,
  aborted?: number,
): Record<'before' | 'after', Reading<Snapshot>> {
  return {
    before: { sent: -2000, received: -1999, value: snapshot({ finished: 5, aborted: 2 }) },
    after: {
      sent: 9000,
      received: 9001,
      value: snapshot({
        ...(finished !== undefined && { finished: finished + 5 }),
        ...(aborted !== undefined && { aborted: aborted + 2 }),
      }),
    },
  }
}

describe('whether the server noticed', () => {
  const run = [
    ...times(20, (index) => completed({ index })),
    ...times(5, (index) => left({ index })),
  ]

  test.each([
    ['it broke off all of them', 20, 5, { left: 5, noticed: 5, finished: 0 }],
    ['it went on for one', 21, 4, { left: 5, noticed: 4, finished: 1 }],
    ['it went on for all', 25, 0, { left: 5, noticed: 0, finished: 5 }],
    [
      'it went on for some, and counts no others',
      23,
      undefined,
      { left: 5, noticed: 0, finished: 3 },
    ],
  ])('is told by its own counts: %s', (_, finished, aborted, told) => {
    expect(measureNoticed(readings(finished, aborted), run)).toEqual(told)
  })

  test.each([
    ['it counts neither', 20, 0, run],
    ['it does not count what it breaks off', 20, undefined, run],
    ['it does not count what it finishes', undefined, 5, run],
    ['others were broken off too', 20, 7, run],
    ['others were served too', 30, 5, run],
    ['a request failed, which it may have broken off', 20, 5, [...run, failed()]],
    ['nobody left', 20, 0, run.slice(0, 20)],
  ])('is not claimed where %s', (_, finished, aborted, own) => {
    expect(measureNoticed(readings(finished, aborted), own)).toBeUndefined()
  })
})

function listIds(records: readonly RequestRecord[]): string[] {
  return diagnose(records, summarize(records), load, { slos: [] }).map(({ id }) => id)
}

test('a connection that is opened behind a client that left is not held against the server', () => {
  const run = times(100, (index) => {
    const shape = { index, at: index * 300, reused: index % 2 === 1 }
    return index % 2 === 1 ? left(shape) : completed(shape)
  })
  expect(listIds(run)).not.toContain('sockets-not-reused')
  expect(listIds(run.map((record) => ({ ...record, reused: false })))).toContain(
    'sockets-not-reused',
  )
})

test('of users who think it is told how many waited, and never that a concurrency was not held', () => {
  const run = times(100, (index) => completed({ index, slot: index % 4, at: index * 400 }))
  const tell = (asked: ClosedLoad) => diagnose(run, summarize(run), asked, { slos: [] })
  const four = { ...load, concurrency: 4 }
  expect(tell(four).map(({ id }) => id)).toContain('concurrency-not-held')
  const told = tell({ ...four, thinkTime: { kind: 'constant', value: 1400 } })
  expect(told).toContainEqual({
    id: 'users-thought',
    level: 'info',
    users: 4,
    meanInFlight: expect.closeTo(190 / 400, 2),
    peakInFlight: 1,
  })
  expect(told.map(({ id }) => id)).not.toContain('concurrency-not-held')
  const asked = { kind: 'closed', concurrency: 4, drained: false } as const
  const think = { thinkTime: { kind: 'constant', value: 1400 } } as const
  expect(findShortfall(run, trust, asked)).toMatchObject({ kind: 'load-not-held' })
  expect(findShortfall(run, trust, { ...asked, ...think })).toBeUndefined()
})

function findIllness(records: readonly RequestRecord[]) {
  const health = watchHealth(0.5)
  health.add(records)
  return health.illness()
}

test('a target is given up by the error rate of those that stay', () => {
  const bad = times(40, (index) => failed({ index }))
  const good = times(60, (index) => left({ index }))
  expect(findIllness([...bad, ...good])).toMatchObject({ kind: 'errors', failed: 40, requests: 40 })
  const leaving = times(40, (index) => failed({ index, leaves: true }))
  expect(findIllness([...times(40, () => completed()), ...leaving])).toBeUndefined()
})
