import { expect, test } from 'vitest'

import { orderSessions } from '../../src/bench-spec/session-order.ts'
import type { Session } from '../../src/bench-spec/session.ts'

const turn = { user: 'a', results: [], cells: {} }
const sessions: Session[] = [
  { turns: [turn, turn, turn] },
  { turns: [turn] },
  { turns: [turn, { ...turn, results: ['b'] }] },
]

test('the requests of a session follow one another, those of the next pass those of the last', () => {
  const order = orderSessions(sessions, { seed: 1 })
  expect([0, 1, 2, 3, 4].map(order.count)).toEqual([0, 3, 4, 7, 10])
  expect(Array.from({ length: 8 }, (_, index) => order.find(index))).toEqual([
    { session: 0, row: 0, turn: 0, step: 0 },
    { session: 0, row: 0, turn: 1, step: 0 },
    { session: 0, row: 0, turn: 2, step: 0 },
    { session: 1, row: 1, turn: 0, step: 0 },
    { session: 2, row: 2, turn: 0, step: 0 },
    { session: 2, row: 2, turn: 1, step: 0 },
    { session: 2, row: 2, turn: 1, step: 1 },
    { session: 3, row: 0, turn: 0, step: 0 },
  ])
})

test('as few sessions as have so many requests', () => {
  const order = orderSessions(sessions, { seed: 1 })
  expect([0, 1, 3, 4, 5, 7, 8, 14, 15].map(order.cover)).toEqual([0, 1, 1, 2, 3, 3, 4, 6, 7])
})

test('shuffled, each pass has an order of its own, and what finds requests and counts them agrees', () => {
  const order = orderSessions(sessions, { shuffle: true, seed: 3 })
  const found = Array.from({ length: 70 }, (_, index) => order.find(index))
  const passes = Array.from({ length: 10 }, (_, pass) =>
    found
      .slice(7 * pass, 7 * pass + 7)
      .map(({ row }) => row)
      .join(''),
  )
  expect(new Set(passes).size).toBeGreaterThan(1)
  for (const [index, { session, row }] of found.entries()) {
    expect(order.row({ phase: 'measured', index: session })).toBe(row)
    expect(order.count(session)).toBeLessThanOrEqual(index)
    expect(order.count(session + 1)).toBeGreaterThan(index)
    expect(order.cover(index + 1)).toBe(session + 1)
  }
})
