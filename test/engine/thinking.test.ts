import { expect, test } from 'vitest'

import type { Distribution } from '../../src/bench-spec/distribution.ts'
import { keepKnown } from '../../src/bench-spec/known.ts'
import type { ClosedLoad } from '../../src/bench-spec/spec.ts'
import { drawThinking } from '../../src/bench-spec/think-time.ts'
import type { Alarm } from '../../src/engine/alarm.ts'
import { keepConcurrency } from '../../src/engine/closed-pace.ts'
import { createInterleavedSchedule } from '../../src/engine/interleaving.ts'
import type { Dispatcher, Place, Sending } from '../../src/engine/pace.ts'
import { createSchedule, type Schedule } from '../../src/engine/schedule.ts'
import { dealTo, type Share, wholeLoad } from '../../src/engine/share.ts'
import { keepStages } from '../../src/engine/staged-pace.ts'
import { createThinking } from '../../src/engine/thinking.ts'
import { fakeConnection } from './_connection.ts'

const spread: Distribution = { kind: 'uniform', min: 100, max: 300 }

const load: ClosedLoad = {
  kind: 'closed',
  concurrency: 3,
  requests: 12,
  warmup: 0,
  rounds: 2,
  seed: 1,
  thinkTime: spread,
}

/** A clock that stands still between what is due; each request takes `lasting` ms. */
function simulate(
  given: { [Key in keyof ClosedLoad]?: ClosedLoad[Key] | undefined } = {},
  share: Share = wholeLoad,
  lasting = 50,
) {
  const asked = keepKnown<ClosedLoad>({ ...load, ...given })
  const deal = dealTo(share, asked.concurrency)
  let at = 0
  let agenda: { at: number; act: () => void }[] = []
  const sent: (Sending & { at: number; slot: number; end: number })[] = []
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
      sent.push({ ...sending, at, slot: place.slot, end: at + lasting })
      inFlight++
      agenda.push({
        at: at + lasting,
        act() {
          inFlight--
          onEnd()
        },
      })
    },
    inFlight: () => inFlight,
    pending: () => inFlight,
    isStopped: () => stopped,
    finish() {
      finishedAt = at
    },
    now: () => at,
  }
  const keep = (schedule: Schedule) =>
    keepConcurrency(schedule, dispatcher, {
      slots: deal.count(asked.concurrency),
      warmup: asked.warmup,
      warmups: 0,
      thinking: createThinking(asked, dispatcher, alarm),
      onOpen: undefined,
    })
  return {
    sent,
    finishedAt: () => finishedAt,
    start: () => keep(createSchedule(asked, 0, share)),
    startBeside: () => keep(createInterleavedSchedule(asked)),
    startStages: (stages: NonNullable<ClosedLoad['stages']>) =>
      keepStages({ ...asked, stages }, deal, dispatcher, alarm),
    stop(pace: { stop(): void }) {
      stopped = true
      pace.stop()
    },
    runTo(end: number) {
      for (;;) {
        const next = agenda.toSorted((a, b) => a.at - b.at)[0]
        if (next === undefined || next.at > end) return
        agenda = agenda.filter((entry) => entry !== next)
        at = next.at
        next.act()
      }
    },
  }
}

test('the next request of a slot is due when its user has thought, from the end of the one before', () => {
  const run = simulate()
  run.start()
  run.runTo(Infinity)
  expect(run.sent).toHaveLength(12)
  for (const own of Map.groupBy(run.sent, ({ slot }) => slot).values()) {
    for (const [place, { ticket, end }] of own.slice(0, -1).entries()) {
      const thought = drawThinking(spread, 1, ticket)
      expect(thought).toBeGreaterThanOrEqual(100)
      expect(own[place + 1]).toMatchObject({ scheduled: end + thought, at: end + thought })
    }
  }
})

test('without a think time a slot is refilled in the turn in which its request has ended', () => {
  const run = simulate({ thinkTime: undefined })
  run.start()
  run.runTo(Infinity)
  expect(run.sent.map(({ at }) => at)).toEqual([0, 0, 0, 50, 50, 50, 100, 100, 100, 150, 150, 150])
})

/** Number of each request, and ms until the next one of its slot. */
function listGaps(share: Share): [number, number][] {
  const run = simulate({}, share)
  run.start()
  run.runTo(Infinity)
  const slots = [...Map.groupBy(run.sent, ({ slot }) => slot).values()]
  return slots.flatMap((own) =>
    own
      .slice(0, -1)
      .map((each, place): [number, number] => [
        each.ticket.index,
        Math.round((own[place + 1]?.at ?? 0) - each.end),
      ]),
  )
}

test('how long is thought behind a request does not depend on the number of load processes', () => {
  const thought = (index: number): number =>
    Math.round(drawThinking(spread, 1, { phase: 'measured', index }))
  for (const share of [wholeLoad, { index: 0, of: 2 }, { index: 1, of: 2 }]) {
    for (const [index, gap] of listGaps(share)) expect(gap).toBe(thought(index))
  }
  expect(drawThinking(spread, 2, { phase: 'measured', index: 0 })).not.toBe(
    drawThinking(spread, 1, { phase: 'measured', index: 0 }),
  )
})

test('nobody is waited for who thinks when nothing is left, and a run that is stopped ends at once', () => {
  const whole = simulate({ requests: 6, thinkTime: { kind: 'constant', value: 60_000 } })
  whole.start()
  whole.runTo(Infinity)
  // The first to find nothing has thought for its minute; the others do not go on.
  expect(whole.finishedAt()).toBe(50 + 60_000 + 50 + 60_000)
  const stopped = simulate({ thinkTime: { kind: 'constant', value: 60_000 } })
  const pace = stopped.start()
  stopped.runTo(1000)
  expect(stopped.sent).toHaveLength(3)
  stopped.stop(pace)
  expect(stopped.finishedAt()).toBe(50)
})

test('users think beside a baseline too: each gets its requests, and no target while the other is busy', () => {
  const run = simulate()
  run.startBeside()
  run.runTo(Infinity)
  const own = (side: string) => run.sent.filter(({ ticket }) => ticket.target === side)
  expect(own('candidate')).toHaveLength(12)
  expect(own('baseline')).toHaveLength(12)
  for (const each of own('candidate')) {
    for (const other of own('baseline')) {
      expect(each.at >= other.end || other.at >= each.end).toBe(true)
    }
  }
  expect(run.finishedAt()).toBeDefined()
})

test('users of stages think, and one whose slot has closed meanwhile sends nothing more', () => {
  const run = simulate({ concurrency: 4, duration: 4000 })
  run.startStages([
    { name: 'many', duration: 2000, ramp: 0, from: 0, to: 4 },
    { name: 'few', duration: 2000, ramp: 0, from: 4, to: 1 },
  ])
  run.runTo(Infinity)
  const late = run.sent.filter(({ at }) => at >= 2000)
  expect(new Set(late.map(({ slot }) => slot))).toEqual(new Set([0]))
  for (const own of Map.groupBy(run.sent, ({ slot }) => slot).values()) {
    for (const [place, { ticket, end }] of own.slice(0, -1).entries()) {
      expect(own[place + 1]?.scheduled).toBe(end + drawThinking(spread, 1, ticket))
    }
  }
  expect(run.finishedAt()).toBeDefined()
})
