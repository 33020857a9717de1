import { expect, test } from 'vitest'

import type { Session } from '../../src/bench-spec/session.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { measureConcurrency } from '../../src/metrics/concurrency.ts'
import { diagnose } from '../../src/metrics/diagnostics.ts'
import { measureSentRate } from '../../src/metrics/sent-rate.ts'
import { joinSessions, summarizeSessions } from '../../src/metrics/sessions.ts'
import { summarize } from '../../src/metrics/summary.ts'
import { cancelled, completed, failed, load } from './records.ts'

const turn = { user: 'a', results: [], cells: {} }
const sessions: Session[] = [
  { turns: [turn, turn, turn] },
  { turns: [turn, { ...turn, results: ['b', 'c'] }] },
]

function place<R extends RequestRecord>(record: R, session: number, at: number, step = 0): R {
  return { ...record, session, turn: at, step, row: session % 2 }
}

test('a conversation is completed, broken off by a turn that was not answered, or cut by the end of the run', () => {
  const records = [
    place(completed({ index: 0 }), 0, 0),
    place(completed({ index: 1 }), 0, 1),
    place(completed({ index: 2 }), 0, 2),
    // Of its two results of tools one was called for.
    place(completed({ index: 3 }), 1, 0),
    place(completed({ index: 4 }), 1, 1),
    place(completed({ index: 5 }), 1, 1, 1),
    place(failed({ index: 7 }), 2, 0),
    place(completed({ index: 11 }), 3, 0),
    place(failed({ index: 12 }), 3, 1),
    place(completed({ index: 15 }), 4, 0),
    place(cancelled({ index: 16 }), 4, 1),
    place(completed({ index: 18 }), 5, 0),
    place(completed({ index: 0, phase: 'warmup' }), 0, 0),
  ]
  const summary = summarizeSessions(records, { sessions, asked: 8 })
  expect(summary).toEqual({
    asked: 8,
    completed: 2,
    broken: 2,
    unfinished: 2,
    turnsNotSent: [
      { turn: 2, count: 1 },
      { turn: 3, count: 1 },
    ],
    resultsNotNeeded: 1,
  })
  const whole = summarize(records, { talks: { sessions } })
  // What was not sent is no sample of anything.
  expect(whole.requests).toMatchObject({ total: 12, completed: 9, failed: 2, cancelled: 1 })
  expect(whole.successRate).toBeCloseTo(9 / 11, 12)
  expect(diagnose(records, whole, load, { slos: [] })).toContainEqual({
    id: 'conversations-broken',
    level: 'warn',
    broken: 2,
    begun: 6,
    notSent: summary.turnsNotSent,
  })
})

test('a conversation is in progress also while its user thinks', () => {
  const records = [0, 1].flatMap((session) =>
    [0, 1].map((at) =>
      place(completed({ index: 2 * session + at, at: 1000 * (2 * session + at) }), session, at),
    ),
  )
  expect(Array.from(joinSessions(records)).map(({ marks }) => marks)).toEqual([
    { dispatched: 0, ended: 1190 },
    { dispatched: 2000, ended: 3190 },
  ])
  expect(measureConcurrency(records, 1)?.mean).toBeCloseTo(1190 / 2000, 6)
  expect(joinSessions([completed({})])).toEqual([completed({})])
})

test('what is due at a rate are conversations', () => {
  const records = [0, 1, 2].flatMap((session) =>
    [0, 1, 2].map((at) =>
      place(completed({ index: 3 * session + at, at: 500 * session + 50 * at }), session, at),
    ),
  )
  expect(measureSentRate(records)).toEqual({ due: 2, sent: 2, heldBack: 0 })
})
