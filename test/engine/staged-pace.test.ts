import { expect, test } from 'vitest'

import type { ClosedLoad, Stage } from '../../src/bench-spec/spec.ts'
import type { Alarm } from '../../src/engine/alarm.ts'
import type { Dispatcher, Place, Sending } from '../../src/engine/pace.ts'
import { dealTo, type Share, wholeLoad } from '../../src/engine/share.ts'
import { keepStages } from '../../src/engine/staged-pace.ts'
import { listDepartures } from '../../src/engine/timetable.ts'
import { fakeConnection } from './_connection.ts'

const stages: Stage[] = [
  { name: 'calm', duration: 1000, ramp: 0, from: 0, to: 2 },
  { name: 'peak', duration: 2000, ramp: 1000, from: 2, to: 6 },
  { name: 'after', duration: 1000, ramp: 0, from: 6, to: 1 },
]

const load: ClosedLoad & { stages: Stage[] } = {
  kind: 'closed',
  concurrency: 6,
  duration: 4000,
  warmup: 0,
  rounds: 5,
  seed: 1,
  stages,
}

/** A clock that stands still between what is due: ends of requests, of `lasting` ms each, and alarms. */
function simulate(
  { share = wholeLoad, ...given }: { warmup?: number; share?: Share } = {},
  lasting = 50,
) {
  const deal = dealTo(share, 6)
  let at = 0
  let agenda: { at: number; act: () => void }[] = []
  const sent: (Sending & { at: number; slot: number })[] = []
  const peaks: number[] = []
  let inFlight = 0
  let stopped = false
  let finishedAt: number | undefined
  const alarm: Alarm = (due, ring) => {
    const entry = { at: Math.max(due, at), act: ring }
    agenda.push(entry)
    return () => {
      agenda = agenda.filter((other) => other !== entry)
    }
  }
  let slots = 0
  const dispatcher: Dispatcher = {
    open: (): Place => ({ slot: deal.number(slots++), candidate: fakeConnection() }),
    send(place, sending, onEnd) {
      sent.push({ ...sending, at, slot: place.slot })
      inFlight++
      const end = (): void => {
        inFlight--
        onEnd()
      }
      agenda.push({ at: at + lasting, act: end })
    },
    inFlight: () => inFlight,
    pending: () => 0,
    isStopped: () => stopped,
    finish() {
      finishedAt = at
    },
    now: () => at,
  }
  const pace = keepStages({ ...load, ...given }, deal, dispatcher, alarm)

  function advance(until: number): void {
    for (;;) {
      peaks.push(inFlight)
      const [first] = agenda.toSorted((a, b) => a.at - b.at)
      if (first === undefined || first.at > until) break
      agenda = agenda.filter((entry) => entry !== first)
      at = first.at
      first.act()
    }
    at = until
  }
  return {
    sent,
    advance,
    inFlight: () => inFlight,
    peak: () => Math.max(...peaks.splice(0)),
    finishedAt: () => finishedAt,
    stop() {
      stopped = true
      pace.stop()
    },
  }
}

test('the requests in flight follow the stages', () => {
  const run = simulate()
  run.advance(999)
  expect(run.inFlight()).toBe(2)
  run.advance(1240)
  expect(run.inFlight()).toBe(3)
  run.advance(1990)
  expect(run.inFlight()).toBe(6)
  run.advance(2999)
  expect(run.inFlight()).toBe(6)
  run.advance(3060)
  expect(run.inFlight()).toBe(1)
  run.advance(10_000)
  expect(run.peak()).toBe(6)
  expect(run.finishedAt()).toBe(4000)
})

test('a request is of the stage in which it was due, and of the round of that stage', () => {
  const run = simulate()
  run.advance(10_000)
  expect(run.sent.map(({ ticket }) => ticket.index)).toEqual(run.sent.map((_, index) => index))
  for (const { ticket, scheduled } of run.sent) {
    expect(ticket.stage).toBe(scheduled < 1000 ? 0 : scheduled < 3000 ? 1 : 2)
  }
  const rounds = Map.groupBy(run.sent, ({ ticket }) => ticket.stage)
  for (const own of rounds.values()) {
    expect(new Set(own.map(({ ticket }) => ticket.round))).toEqual(new Set([0, 1, 2, 3, 4]))
  }
})

test('a slot that opens is due at its instant', () => {
  const run = simulate()
  run.advance(10_000)
  const opened = [2, 3, 4, 5].map((slot) => run.sent.find((each) => each.slot === slot)?.scheduled)
  // The first slot above the level before opens with the ramp.
  expect(opened).toEqual([1000, 1250, 1500, 1750])
})

test('the warm-up goes through the slots of the first stage, the others wait for the first measured request', async () => {
  const run = simulate({ warmup: 4 })
  // Slots of a warm-up start one after the other, by timers of their own.
  await new Promise((resolve) => setTimeout(resolve, 30))
  run.advance(10_000)
  const warmup = run.sent.filter(({ ticket }) => ticket.phase === 'warmup')
  expect(warmup.map(({ slot }) => slot)).toEqual([0, 1, 0, 1])
  const measured = run.sent.filter(({ ticket }) => ticket.phase === 'measured')
  expect(measured[0]?.at).toBe(100)
  expect(new Set(measured.map(({ slot }) => slot)).size).toBe(6)
  expect(run.finishedAt()).toBe(4100)
})

test('a run that is stopped does not wait for stages to come', () => {
  const run = simulate()
  run.advance(500)
  run.stop()
  expect(run.finishedAt()).toBeUndefined()
  run.advance(600)
  expect(run.finishedAt()).toBe(550)
})

test('requests of an open loop are of the stage in which they are due', () => {
  const open = {
    kind: 'open' as const,
    rate: 20,
    arrival: { kind: 'constant' as const },
    maxConcurrency: 10,
    duration: 3000,
    warmup: 2,
    rounds: 5,
    seed: 1,
    stages: [
      { name: 'calm', duration: 1000, ramp: 0, from: 0, to: 10 },
      { name: 'peak', duration: 2000, ramp: 0, from: 10, to: 20 },
    ],
  }
  const tickets = [...listDepartures(open)].map(({ ticket }) => ticket)
  const measured = tickets.filter(({ phase }) => phase === 'measured')
  expect(tickets.filter(({ stage }) => stage === undefined)).toHaveLength(2)
  expect(measured.filter(({ stage }) => stage === 0)).toHaveLength(10)
  expect(measured.filter(({ stage }) => stage === 1)).toHaveLength(40)
  expect(measured.filter(({ stage, round }) => stage === 1 && round === 4)).toHaveLength(8)
})

test('two processes together have the slots of the stages, and no number twice', async () => {
  const runs = [0, 1].map((index) => simulate({ warmup: 3, share: { index, of: 2 } }))
  await new Promise((resolve) => setTimeout(resolve, 30))
  const advance = (until: number): number =>
    runs.reduce((sum, run) => {
      run.advance(until)
      return sum + run.inFlight()
    }, 0)
  // Each counts from the end of its own warm-up.
  expect(advance(900)).toBe(2)
  expect(advance(2500)).toBe(6)
  expect(advance(3500)).toBe(1)
  advance(10_000)
  const numbers = runs.flatMap(({ sent }) =>
    sent.map(({ ticket }) => `${ticket.phase} ${ticket.index}`),
  )
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(numbers.filter((each) => each.startsWith('warmup')).toSorted()).toEqual([
    'warmup 0',
    'warmup 1',
    'warmup 2',
  ])
})

test('a process whose slots all open later does not wait for a warm-up of others', async () => {
  const run = simulate({ warmup: 4, share: { index: 2, of: 3 } })
  await new Promise((resolve) => setTimeout(resolve, 30))
  run.advance(10_000)
  expect(run.sent.every(({ ticket }) => ticket.phase === 'measured')).toBe(true)
  expect(run.sent.length).toBeGreaterThan(0)
  expect(run.finishedAt()).toBeDefined()
})
