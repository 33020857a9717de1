import { expect, test } from 'vitest'

import type { OpenLoad } from '../../src/bench-spec/spec.ts'
import { type Departure, listDepartures } from '../../src/engine/timetable.ts'

const load: OpenLoad = {
  kind: 'open',
  rate: 10,
  arrival: { kind: 'constant' },
  maxConcurrency: 4,
  requests: 4,
  warmup: 2,
  rounds: 2,
  seed: 1,
}

function listAll(overrides: Partial<OpenLoad>): string[] {
  const departures = [...listDepartures({ ...load, ...overrides })]
  return departures.map(
    ({ at, ticket: { phase, index, round } }) => `${at} ${phase} ${index} ${round}`,
  )
}

test('gives the warm-up, then the measured requests in equal rounds, each with its instant', () => {
  expect(listAll({})).toEqual([
    '0 warmup 0 -1',
    '100 warmup 1 -1',
    '200 measured 0 0',
    '300 measured 1 0',
    '400 measured 2 1',
    '500 measured 3 1',
  ])
})

test('ends a run by duration that long after its first measured request, and slices it by time', () => {
  const { requests: _, ...timed } = load
  const departures = [...listDepartures({ ...timed, duration: 600, rounds: 3 })]
  expect(departures.map(({ ticket }) => ticket.round)).toEqual([-1, -1, 0, 0, 1, 1, 2, 2])
  expect(listAll({ duration: 150 })).toHaveLength(4)
  expect(listAll({ duration: 5000 })).toHaveLength(6)
})

test('sends the requests of a trace when it says, behind a warm-up at its mean rate', () => {
  const instants = [0, 30, 30, 90]
  const arrival = { kind: 'trace', format: 'mooncake', speed: 2, instants } as const
  expect(listAll({ arrival })).toEqual([
    '0 warmup 0 -1',
    '100 warmup 1 -1',
    '200 measured 0 0',
    '230 measured 1 0',
    '230 measured 2 1',
    '290 measured 3 1',
  ])
})

test('deals the requests of a trace to the processes, each at the instant that it has in the whole', () => {
  const instants = [0, 30, 30, 90]
  const arrival = { kind: 'trace', format: 'mooncake', speed: 2, instants } as const
  const whole = [...listDepartures({ ...load, arrival })]
  const dealt = [0, 1, 2].map((index) => [
    ...listDepartures({ ...load, arrival }, { index, of: 3 }),
  ])
  expect(dealt.map((own) => own.length)).toEqual([2, 2, 2])
  const all = dealt
    .flat()
    .toSorted((a, b) => whole.findIndex(isSame(a)) - whole.findIndex(isSame(b)))
  expect(all).toEqual(whole)
})

function isSame({ ticket }: Departure): (other: Departure) => boolean {
  return (other) => other.ticket.phase === ticket.phase && other.ticket.index === ticket.index
}
