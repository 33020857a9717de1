import { expect, test } from 'vitest'

import { createQueue } from '../../src/mock/latency/queue.ts'

test('runs 3, lets 10 wait and rejects the 14th [S4.21]', () => {
  const queue = createQueue<number>({ running: 3, waiting: 10 })
  const places = Array.from({ length: 14 }, (_, ticket) => queue.arrive(ticket))
  expect(places).toEqual([
    ...Array.from({ length: 3 }, () => 'running'),
    ...Array.from({ length: 10 }, () => 'waiting'),
    'rejected',
  ])
  expect(queue.count()).toEqual({ running: 3, waiting: 10, peak: 13 })
})

test('gives a freed slot to whoever waits longest', () => {
  const queue = createQueue<string>({ running: 1, waiting: 3 })
  for (const ticket of ['a', 'b', 'c', 'd']) queue.arrive(ticket)
  expect(queue.leave('c')).toBeUndefined()
  expect([queue.leave('a'), queue.leave('b'), queue.leave('d')]).toEqual(['b', 'd', undefined])
  expect(queue.count()).toEqual({ running: 0, waiting: 0, peak: 4 })
})

test('ignores a ticket that leaves twice or never came in', () => {
  const queue = createQueue<string>({ running: 1, waiting: 1 })
  queue.arrive('a')
  queue.arrive('b')
  queue.arrive('rejected')
  expect(queue.leave('rejected')).toBeUndefined()
  expect(queue.leave('a')).toBe('b')
  expect(queue.leave('a')).toBeUndefined()
  expect(queue.count()).toMatchObject({ running: 1, waiting: 0 })
})

test('admits everybody without limits', () => {
  const queue = createQueue<number>()
  for (let ticket = 0; ticket < 500; ticket++) expect(queue.arrive(ticket)).toBe('running')
})

/** A closed loop in virtual time: every answer, and every rejection, is followed by the next request at once. */
function simulate(concurrency: number, requests: number): { waits: number[]; rejected: number } {
  const service = 40
  const queue = createQueue<{ id: number; arrivedAt: number }>({ running: 3, waiting: 10 })
  const started: number[] = []
  const waits: number[] = []
  const ends: { at: number; ticket: { id: number; arrivedAt: number } }[] = []
  let sent = 0
  let rejected = 0
  const begin = (ticket: { id: number; arrivedAt: number }, now: number): void => {
    started.push(ticket.id)
    waits.push(now - ticket.arrivedAt)
    ends.push({ at: now + service, ticket })
  }
  const arrive = (now: number): void => {
    while (sent < requests) {
      const ticket = { id: sent++, arrivedAt: now }
      const place = queue.arrive(ticket)
      if (place === 'running') begin(ticket, now)
      if (place !== 'rejected') return
      rejected++
    }
  }
  for (let slot = 0; slot < concurrency; slot++) arrive(0)
  for (let end = ends.shift(); end !== undefined; end = ends.shift()) {
    const next = queue.leave(end.ticket)
    if (next !== undefined) begin(next, end.at)
    arrive(end.at)
    expect(queue.count().running).toBeLessThanOrEqual(3)
    expect(queue.count().waiting).toBeLessThanOrEqual(10)
  }
  expect(started).toEqual(started.toSorted((a, b) => a - b))
  expect(started.length + rejected).toBe(requests)
  return { waits, rejected }
}

test('keeps arrival order and serves all at concurrency 13 [S4.21]', () => {
  const { waits, rejected } = simulate(13, 100)
  expect(rejected).toBe(0)
  // In the steady state 13 requests share 3 slots of 40 ms, so a wait is 3 or 4 services long.
  expect(new Set(waits.slice(20, 80))).toEqual(new Set([120, 160]))
})

test('turns one request too many into a storm of rejections [S4.21]', () => {
  expect(simulate(14, 100).rejected).toBe(87)
})
