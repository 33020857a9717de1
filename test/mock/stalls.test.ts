import { expect, test } from 'vitest'

import { createFixedEngine } from '../../src/mock/latency/engine.ts'
import { createScheduler } from '../../src/mock/latency/scheduler.ts'
import { stallEngine } from '../../src/mock/latency/stalled-engine.ts'
import { createStallCalendar } from '../../src/mock/latency/stalls.ts'
import type { TierName } from '../../src/mock/latency/tier.ts'
import type { MockOptions } from '../../src/mock/options/mock-options.ts'
import { type Answered, type Call, simulate } from './_simulation.ts'

const constant = (value: number): { kind: 'constant'; value: number } => ({
  kind: 'constant',
  value,
})

test('the engine stands still while the clock goes on', () => {
  const { toClock, toEngine } = createStallCalendar({ every: constant(100), for: constant(30) }, 1)
  expect([0, 99, 100, 199, 200, 201].map(toClock)).toEqual([0, 99, 130, 229, 260, 261])
  expect([0, 99, 100, 115, 130, 229, 230, 245, 260].map(toEngine)).toEqual([
    0, 99, 100, 100, 100, 199, 200, 200, 200,
  ])
})

test('both clocks agree whatever the stalls are, in whatever order they are asked', () => {
  const stalls = {
    every: { kind: 'exponential', mean: 200, min: 0, max: Infinity },
    for: { kind: 'uniform', min: 10, max: 90 },
  } as const
  const calendar = createStallCalendar(stalls, 7)
  const again = createStallCalendar(stalls, 7)
  for (const engine of [90_000, 3, 4_000, 50, 20_000]) {
    expect(calendar.toEngine(calendar.toClock(engine))).toBeCloseTo(engine, 6)
    expect(again.toClock(engine)).toBe(calendar.toClock(engine))
  }
  // 90 s of work, a stall of 50 ms each 200 ms of it: 450 of them, give or take four deviations.
  expect(Math.abs(calendar.toClock(90_000) / 90_000 - 1.25)).toBeLessThan(0.06)
  const other = createStallCalendar(stalls, 8)
  expect(other.toClock(90_000)).not.toBe(calendar.toClock(90_000))
})

const stalls = {
  every: { dist: 'uniform', min: 60, max: 200 },
  for: { dist: 'uniform', min: 60, max: 120 },
} as const

const tiers: [TierName, MockOptions][] = [
  ['fixed', { ttft: 20, itl: 5 }],
  ['linear', { itl: 5, latency: { tier: 'linear', base: 20, slowdown: 1 } }],
  ['step', { latency: { tier: 'step', base: 5, per_token: 0.01 } }],
]

/** 16 requests that come while the others stream, each for about 400 ms of work. */
const calls = Array.from({ length: 16 }, (_, index): Call => ({
  at: 1000 + 21.7 * index,
  promptTokens: 10,
  contents: 80,
}))

interface Silence {
  from: number
  to: number
}

/** What is longer than 50 ms between two of these times, which ascend. */
function listSilences(times: readonly number[]): Silence[] {
  return times
    .map((to, index) => ({ from: times[index - 1] ?? to, to }))
    .filter(({ from, to }) => to - from > 50)
}

const listContents = (answers: readonly Answered[]): number[] =>
  answers.flatMap(({ contentsAt }) => contentsAt).toSorted((a, b) => a - b)

test.each(tiers)('all streams pause together and none alone: %s', (_, timing) => {
  const options = { profile: 'vllm', queue: { running: 16 }, ...timing } as const
  const undisturbed = simulate(calls, options).answers
  expect(undisturbed.flatMap(({ contentsAt }) => listSilences(contentsAt))).toEqual([])
  const { answers } = simulate(calls, { ...options, stalls })
  const silences = listSilences(listContents(answers))
  expect(silences.length).toBeGreaterThanOrEqual(3)
  for (const answered of answers) {
    const { admittedAt, contentsAt, endAt } = answered
    const pauses = listSilences([admittedAt!, ...contentsAt])
    // Who comes in the middle of a stall has less of it.
    const met = silences.filter(({ from, to }) => from >= admittedAt! && to <= endAt!)
    const shared = pauses.filter((pause) =>
      silences.some(({ to }) => pause.from < to && pause.to >= to),
    )
    expect(pauses.length).toBeGreaterThanOrEqual(met.length)
    expect(shared).toEqual(pauses)
  }
})

test.each(tiers)('a stall adds its time and nothing else: %s', (_, timing) => {
  const options = { profile: 'vllm', queue: { running: 16 }, ...timing } as const
  const crowd = calls.map((call) => ({ ...call, at: 1000 }))
  const undisturbed = simulate(crowd, options).answers
  const stalled = simulate(crowd, { ...options, stalls: { every: '100ms', for: '30ms' } }).answers
  const { toClock } = createStallCalendar({ every: constant(100), for: constant(30) }, 1)
  for (const [index, { contentsAt }] of stalled.entries()) {
    const expected = undisturbed[index]!.contentsAt.map((at) => 1000 + toClock(at - 1000))
    for (const [place, at] of contentsAt.entries()) expect(at).toBeCloseTo(expected[place]!, 6)
  }
})

test('who comes during a stall is admitted and waits for its end', () => {
  const options: MockOptions = {
    profile: 'vllm',
    ttft: 20,
    itl: 5,
    stalls: { every: 100, for: 30 },
  }
  const late = { at: 1110, promptTokens: 10, contents: 2 }
  const [, answered] = simulate([{ ...late, at: 1000 }, late], options).answers
  expect(answered).toMatchObject({ admittedAt: 1110, contentsAt: [1150, 1155] })
})

test('the end of an answer does not wait for a stall that begins behind its last content', () => {
  const every = { stalls: { every: constant(100), for: constant(30) }, seed: 1, latencyFactor: 1 }
  const limits = { running: 1, waiting: 1 }
  const scheduler = createScheduler(limits, stallEngine(createFixedEngine, every))
  const admissions: number[] = []
  for (const at of [0, 1]) {
    scheduler.arrive(at, (admittedAt) => {
      admissions.push(admittedAt)
      const prompt = { promptTokens: 1, prefillTokens: 1, delayMs: 0 }
      return { ...prompt, contentsMs: [95], holdMs: 20, decide() {} }
    })
  }
  scheduler.advance(200)
  expect(admissions).toEqual([0, 115])
})

test('a stall follows latency_factor, and with 0 there is none', () => {
  const options: MockOptions = {
    profile: 'vllm',
    ttft: 20,
    itl: 5,
    stalls: { every: 100, for: 30 },
  }
  const call = { at: 1000, promptTokens: 10, contents: 20 }
  const endOf = (latency_factor: number): number =>
    simulate([call], { ...options, latency_factor }).answers[0]!.endAt! - 1000
  // 115 ms of work.
  expect([1, 0.5, 0].map(endOf)).toEqual([145, 72.5, 0])
})
