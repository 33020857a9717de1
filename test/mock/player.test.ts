import { expect, test } from 'vitest'

import { createAgenda } from '../../src/mock/latency/agenda.ts'
import { createPace, type Pace } from '../../src/mock/latency/pace.ts'
import type { Plan, PlanEvent } from '../../src/mock/plan/plan.ts'
import { play } from '../../src/mock/serving/player.ts'
import { createVirtualClock, type VirtualClock } from './_clock.ts'

const event = (atMs: number, text: string): PlanEvent => ({
  atMs,
  kind: 'content',
  bytes: Buffer.from(text),
  tokens: 1,
})

const plan: Plan = {
  status: 200,
  headers: { 'content-type': 'text/plain' },
  headersAtMs: 0,
  events: [event(3.7, 'a'), event(3.7, 'b'), event(16.2, 'c'), event(28.7, 'd'), event(28.7, 'e')],
  framing: 'http',
  finishReason: undefined,
  end: { kind: 'clean', atMs: 28.7 },
  choicePrompts: [],
  promptTokens: 1,
  timing: undefined,
}

/** What was called on the response, each with the ms since `from`. */
function record(
  clock: VirtualClock,
  played: Plan,
  pace: Pace = createPace([]),
): { calls: string[]; stop: () => void } {
  const calls: string[] = []
  const from = clock.now()
  const note = (what: string): void => {
    calls.push(`${Math.round((clock.now() - from) * 100) / 100} ${what}`)
  }
  const sink = {
    writeHead: (status: number) => note(`head ${status}`),
    flushHeaders: () => note('flush'),
    write: (bytes: Buffer) => note(`write ${bytes.toString()}`),
    end: () => note('end'),
    socket: {
      write: (bytes: Buffer) => note(`wire ${bytes.toString()}`),
      uncork: () => note('uncork'),
      destroySoon: () => note('close'),
      resetAndDestroy: () => note('reset'),
    },
  }
  const stop = play(played, pace, sink, from, createAgenda(clock), {
    onStep: (step, at) => {
      expect(at).toBeGreaterThanOrEqual(from + step.atMs)
    },
    onEnd: () => note('done'),
  })
  return { calls, stop }
}

test('writes what is due together in one write, headers at once', () => {
  const clock = createVirtualClock(0)
  const { calls } = record(clock, plan)
  clock.run()
  expect(calls).toEqual([
    '0 head 200',
    '0 flush',
    '4 write ab',
    '17 write c',
    '29 write de',
    '29 end',
    '29 done',
  ])
})

test('is never early, even when timers are', () => {
  const clock = createVirtualClock(-0.9)
  const { calls } = record(clock, plan)
  clock.run()
  const times = calls.map((call) => Number(call.split(' ')[0]))
  expect(times[2]).toBeGreaterThanOrEqual(3.7)
  expect(times[3]).toBeGreaterThanOrEqual(16.2)
  expect(times[4]).toBeGreaterThanOrEqual(28.7)
})

test('does not add lateness up: each step is late on its own', () => {
  const clock = createVirtualClock(5)
  const events = Array.from({ length: 50 }, (_, index) => event(10 + index * 10, 'x'))
  const { calls } = record(clock, { ...plan, events, end: { kind: 'clean', atMs: 500 } })
  clock.run()
  expect(calls.at(-1)).toBe('505 done')
})

test('catches up in order when several steps are overdue, one write each', () => {
  const clock = createVirtualClock(100)
  const { calls } = record(clock, plan)
  clock.run()
  expect(calls.slice(2)).toEqual([
    '104 write ab',
    '104 write c',
    '104 write de',
    '104 end',
    '104 done',
  ])
})

test('writes nothing more once it is stopped', () => {
  const clock = createVirtualClock(0)
  const { calls, stop } = record(clock, plan)
  stop()
  clock.run()
  expect(calls).toEqual(['0 head 200', '0 flush'])
})

test('ends a plan in its own way, behind the bytes of the same step', () => {
  const ends = { clean: ['end'], close: ['close'], reset: ['uncork', 'reset'] } as const
  for (const kind of ['clean', 'close', 'reset'] as const) {
    const clock = createVirtualClock(0)
    const { calls } = record(clock, { ...plan, end: { kind, atMs: 28.7 } })
    clock.run()
    const expected = ['write de', ...ends[kind], 'done'].map((call) => `29 ${call}`)
    expect(calls.slice(4)).toEqual(expected)
  }
})

test('leaves open what never ends', () => {
  const clock = createVirtualClock(0)
  const { calls } = record(clock, { ...plan, end: { kind: 'never', atMs: 28.7 } })
  clock.run()
  expect(calls.slice(4)).toEqual(['29 write de', '29 done'])
})

test('sends nothing at all when neither headers nor events are planned', () => {
  const clock = createVirtualClock(0)
  const silent: Plan = { ...plan, headersAtMs: Infinity, events: [] }
  const { calls } = record(clock, { ...silent, end: { kind: 'reset', atMs: 0 } })
  clock.run()
  expect(calls).toEqual(['0 uncork', '0 reset', '0 done'])
})

test('writes a plan that brings its own framing to the socket alone', () => {
  const clock = createVirtualClock(0)
  const events = [event(0, 'head'), event(3.7, 'chunk')]
  const end = { kind: 'close', atMs: 3.7 } as const
  const { calls } = record(clock, { ...plan, framing: 'wire', events, end })
  clock.run()
  expect(calls).toEqual(['0 wire head', '4 wire chunk', '4 close', '4 done'])
})

test('plays a content when it was decided to be due, and what comes between at its distance', () => {
  const clock = createVirtualClock(0)
  const from = clock.now()
  const ping = { ...event(20, 'ping'), kind: 'lifecycle' } as const
  const events = [event(16, 'a'), ping, event(26, 'b'), event(26, 'end')]
  const pace = createPace([16, 26])
  const { calls } = record(clock, { ...plan, events, end: { kind: 'clean', atMs: 28 } }, pace)
  clock.run()
  expect(calls).toEqual(['0 head 200', '0 flush'])
  pace.decide(30)
  clock.run()
  // The second content is decided when the first is long sent.
  clock.setTimer(20, () => pace.decide(80))
  clock.run()
  expect(calls.slice(2)).toEqual([
    '30 write a',
    '34 write ping',
    '80 write bend',
    '82 end',
    '82 done',
  ])
  expect(clock.now()).toBe(from + 82)
})

test('writes nothing more once it is stopped before a decision', () => {
  const clock = createVirtualClock(0)
  const pace = createPace([16])
  const { calls, stop } = record(clock, { ...plan, events: [event(16, 'a')] }, pace)
  stop()
  pace.decide(16)
  clock.run()
  expect(calls).toEqual(['0 head 200', '0 flush'])
})
