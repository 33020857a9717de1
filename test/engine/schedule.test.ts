import { expect, test } from 'vitest'

import type { ClosedLoad } from '../../src/bench-spec/spec.ts'
import { createSchedule, type Ticket } from '../../src/engine/schedule.ts'

const load: ClosedLoad = {
  kind: 'closed',
  concurrency: 2,
  requests: 6,
  warmup: 0,
  rounds: 3,
  seed: 1,
}

function roundOf(ticket: Ticket | 'wait' | undefined): number | undefined {
  return typeof ticket === 'object' ? ticket.round : undefined
}

function takeAll(overrides: Partial<ClosedLoad>, instants: Iterable<number>) {
  const schedule = createSchedule({ ...load, ...overrides })
  return [...instants].map((at) => schedule.take(at, 0))
}

test('gives out the warm-up first, then the measured requests, then nothing', () => {
  const tickets = takeAll({ warmup: 2, requests: 3, rounds: 1 }, [0, 0, 1, 2, 3, 4])
  expect(tickets).toEqual([
    { target: 'candidate', phase: 'warmup', index: 0, round: -1 },
    { target: 'candidate', phase: 'warmup', index: 1, round: -1 },
    { target: 'candidate', phase: 'measured', index: 0, round: 0 },
    { target: 'candidate', phase: 'measured', index: 1, round: 0 },
    { target: 'candidate', phase: 'measured', index: 2, round: 0 },
    undefined,
  ])
})

test('divides the measured requests into equal rounds', () => {
  const rounds = takeAll({}, [0, 1, 2, 3, 4, 5]).map((ticket) => roundOf(ticket))
  expect(rounds).toEqual([0, 0, 1, 1, 2, 2])
})

test('ends a run by duration that long after its first measured request, and slices it by time', () => {
  const schedule = createSchedule({
    kind: 'closed',
    concurrency: 2,
    duration: 900,
    warmup: 1,
    rounds: 3,
    seed: 1,
  })
  schedule.take(0, 0)
  const tickets = [5000, 5300, 5600, 5899, 5900].map((at) => schedule.take(at, 0))
  expect(tickets.map((ticket) => roundOf(ticket))).toEqual([0, 1, 2, 2, undefined])
})

test('ends with whichever comes first when both requests and duration are given', () => {
  expect(takeAll({ requests: 2, duration: 1000 }, [0, 1, 2]).map(Boolean)).toEqual([
    true,
    true,
    false,
  ])
  expect(takeAll({ requests: 9, duration: 1000 }, [0, 999, 1000]).map(Boolean)).toEqual([
    true,
    true,
    false,
  ])
})

test('keeps slots busy with warm-up until a round is added, as long as one may be', () => {
  const schedule = createSchedule({ ...load, requests: 5, rounds: 2 }, 1)
  const takeSome = (count: number) =>
    Array.from({ length: count }, () => schedule.take(0, 0)).map((ticket) =>
      typeof ticket !== 'object' ? undefined : `${ticket.phase} ${ticket.index} ${ticket.round}`,
    )
  expect(takeSome(5)).toEqual([
    'measured 0 0',
    'measured 1 0',
    'measured 2 0',
    'measured 3 1',
    'measured 4 1',
  ])
  expect(schedule.isOpen()).toBe(false)
  expect(takeSome(2)).toEqual(['warmup 0 -1', 'warmup 1 -1'])
  expect(schedule.isOpen()).toBe(true)
  schedule.extend()
  expect(schedule.isOpen()).toBe(false)
  expect(takeSome(4)).toEqual(['measured 5 2', 'measured 6 2', 'measured 7 2', undefined])
  expect(schedule.isOpen()).toBe(false)
})

test('adds rounds of a slice of the duration, counted from their first request', () => {
  const { requests: _, ...timed } = load
  const schedule = createSchedule({ ...timed, duration: 900, rounds: 3 }, 2)
  const rounds = (instants: number[]) => instants.map((at) => roundOf(schedule.take(at, 0)))
  expect(rounds([0, 899, 900])).toEqual([0, 2, -1])
  schedule.extend()
  expect(rounds([5000, 5299, 5300])).toEqual([3, 3, -1])
  schedule.extend()
  expect(rounds([6000, 6300])).toEqual([4, undefined])
})
