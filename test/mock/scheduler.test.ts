import { expect, test } from 'vitest'

import type { TierName } from '../../src/mock/latency/tier.ts'
import type { MockOptions } from '../../src/mock/options/mock-options.ts'
import { createRandom, type Random } from '../../src/mock/plan/random.ts'
import { type Answered, type Call, type Schedule, simulate } from './_simulation.ts'

interface Workload {
  options: MockOptions
  running: number
  waiting: number
  calls: Call[]
}

const tiers: readonly TierName[] = ['fixed', 'linear', 'step']
const workloads = 200

const between = (random: Random, min: number, max: number): number =>
  min + Math.floor(random() * (max - min + 1))

function createWorkload(tier: TierName, number: number): Workload {
  const random = createRandom(number, 'workload', tier)
  const running = between(random, 1, 6)
  const waiting = between(random, 0, 8)
  const itl = { dist: 'uniform', min: 1, max: 9 } as const
  const options: MockOptions = {
    seed: number,
    queue: { running, waiting },
    ...{
      fixed: { ttft: { dist: 'uniform', min: 5, max: 60 } as const, itl },
      linear: {
        itl,
        latency: { tier, base: 3, per_token: 0.4, per_token_squared: 0.01, slowdown: 3 } as const,
      },
      step: { latency: { tier, batch_tokens: between(random, running + 1, 40) } as const },
    }[tier],
  }
  const spread = between(random, 5, 60)
  let at = 0
  const calls = Array.from({ length: between(random, 5, 60) }, (): Call => {
    at += -Math.log(random()) * spread
    const call = {
      at,
      promptTokens: between(random, 1, 90),
      contents: between(random, 1, 20),
    }
    return random() < 0.15 ? { ...call, leavesAt: at + random() * 150 } : call
  })
  return { options, running, waiting, calls }
}

/** Those that were in the server at a time: from their arrival to their end, which is not part of it. */
const isInside = ({ call, rejected, endAt }: Answered, at: number): boolean =>
  !rejected && call.at <= at && endAt! > at
const isRunning = (answered: Answered, at: number): boolean =>
  isInside(answered, at) && (answered.admittedAt ?? Infinity) <= at

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

const stalls = { every: { dist: 'exponential', mean: 80 }, for: 30 } as const

test.each(tiers)('keeps order, limits and every content in %s, whatever comes', (tier) => {
  let rejections = 0
  for (let number = 0; number < workloads; number++) {
    const { options, running, waiting, calls } = createWorkload(tier, number)
    const { answers, counts } = simulate(calls, number % 2 ? options : { ...options, stalls })
    expect(answers).toHaveLength(calls.length)

    const admissions = answers.flatMap(({ admittedAt }) => admittedAt ?? [])
    expect(admissions).toEqual(admissions.toSorted((a, b) => a - b))
    const crowded = counts.filter((now) => now.running > running || now.waiting > waiting)
    expect(crowded).toEqual([])
    // Work conservation.
    const idle = counts.filter((now) => now.waiting > 0 && now.running < running)
    expect(idle, 'a slot is free while somebody waits').toEqual([])
    expect(counts.at(-1)).toMatchObject({ running: 0, waiting: 0 })

    for (const [index, answered] of answers.entries()) {
      const { call, rejected, contentsAt, endAt, admittedAt } = answered
      const before = answers.slice(0, index)
      const inside = before.filter((other) => isInside(other, call.at)).length
      expect(rejected).toBe(inside === running + waiting)
      if (rejected) {
        rejections++
        continue
      }
      expect(contentsAt).toEqual(contentsAt.toSorted((a, b) => a - b))
      if (endAt !== call.leavesAt) {
        expect(contentsAt).toHaveLength(call.contents)
        expect(contentsAt.at(-1)).toBe(endAt)
      }
      if (admittedAt !== undefined) expect(admittedAt).toBeGreaterThanOrEqual(call.at)
    }
  }
  expect(rejections).toBeGreaterThan(100)
})

test.each(tiers)('holds L = λW in %s', (tier) => {
  for (let number = 0; number < workloads; number++) {
    const { options, calls } = createWorkload(tier, number)
    const { answers, counts } = simulate(calls, options)
    const served = answers.filter(({ rejected }) => !rejected)
    const from = counts[0]!.at
    const to = counts.at(-1)!.at
    const area = sum(
      counts.slice(1).map(({ at }, index) => (at - counts[index]!.at) * inSystem(counts[index]!)),
    )
    const lambda = served.length / (to - from)
    const w = sum(served.map(({ call, endAt }) => endAt! - call.at)) / served.length
    expect(area / (to - from)).toBeCloseTo(lambda * w, 9)
  }
})

const inSystem = ({ running, waiting }: Schedule['counts'][number]): number => running + waiting

test('takes in linear what the formulas say, request by request', () => {
  let stretched = 0
  const wrong: string[] = []
  for (let number = 0; number < workloads; number++) {
    const { options, running, calls } = createWorkload('linear', number)
    const { answers } = simulate(calls, options)
    const alone = simulate(calls, { ...options, queue: { running: 1_000_000 } })
    for (const [index, answered] of answers.entries()) {
      const { admittedAt, contentsAt, call } = answered
      if (admittedAt === undefined || contentsAt.length === 0) continue
      const n = call.promptTokens
      expect(contentsAt[0]! - admittedAt).toBeCloseTo(3 + 0.4 * n + 0.01 * n * n, 6)
      for (const [place, at] of contentsAt.slice(1).entries()) {
        const begins = contentsAt[place]!
        const r = answers.filter((other) => isRunning(other, begins)).length
        const factor = running === 1 ? 1 : 1 + (2 * (r - 1)) / (running - 1)
        const { contentsAt: drawn } = alone.answers[index]!
        if (drawn[place + 1] === undefined) continue
        // With a million slots a gap is what was drawn, up to a few millionths.
        const gap = drawn[place + 1]! - drawn[place]!
        if (Math.abs((at - begins) / gap - factor) > 1e-3)
          wrong.push(`${number}: ${index}, ${place}`)
        if (factor > 1) stretched++
      }
    }
  }
  expect(wrong).toEqual([])
  expect(stretched).toBeGreaterThan(1000)
})

test('lets every token through the steps once', () => {
  for (let number = 0; number < workloads; number++) {
    const { options, calls } = createWorkload('step', number)
    const patient = calls.map(({ at, promptTokens, contents }) => ({ at, promptTokens, contents }))
    const { answers, steps } = simulate(patient, options)
    const served = answers.filter(({ rejected }) => !rejected)
    // The step that finishes a prompt yields its first content, the others cost one token each.
    const tokens = served.map(({ call }) => call.promptTokens + call.contents - 1)
    expect(sum(steps)).toBe(sum(tokens))
    const { batch_tokens } = options.latency as { batch_tokens: number }
    expect(Math.max(...steps)).toBeLessThanOrEqual(batch_tokens)
  }
})

test.each(tiers)('gives the place of a client that leaves to the next at once in %s', (tier) => {
  let handed = 0
  for (let number = 0; number < workloads; number++) {
    const { options, running, calls } = createWorkload(tier, number)
    const { answers, counts } = simulate(calls, options)
    for (const leaver of answers) {
      const { leavesAt } = leaver.call
      if (leavesAt === undefined || leaver.endAt !== leavesAt || leaver.rejected) continue
      const here = counts.filter(({ at }) => at === leavesAt).at(-1)!
      const inside = answers.filter((other) => isInside(other, leavesAt)).length
      expect(inSystem(here)).toBe(inside)
      if (leaver.admittedAt === undefined || inside < running) continue
      expect(answers.filter(({ admittedAt }) => admittedAt === leavesAt)).toHaveLength(1)
      handed++
    }
  }
  expect(handed).toBeGreaterThan(50)
})

/** `requests` of one kind, `concurrency` at a time, each followed at once by the next. */
function loop(concurrency: number, requests: number, options: MockOptions): Answered[] {
  const kind = { promptTokens: 8, contents: 11 }
  let left = requests - concurrency
  const calls = Array.from({ length: concurrency }, (): Call => ({ at: 0, ...kind }))
  return simulate(calls, options, (_, at) => (left-- > 0 ? { at, ...kind } : undefined)).answers
}

const seedLimits = { running: 3, waiting: 10 }

test.each<[string, MockOptions, (r: number) => number]>([
  ['fixed', { ttft: 100, itl: 10 }, () => 200],
  [
    'linear',
    { itl: 10, latency: { tier: 'linear', base: 90, per_token: 1.25, slowdown: 2 } },
    (r) => 100 + 10 * 10 * (1 + (r - 1) / 2),
  ],
])('a closed loop follows its formulas in %s', (_, timing, serve) => {
  for (const concurrency of [1, 2, 3, 4, 6, 10, 13]) {
    const answers = loop(concurrency, 600, { ...timing, queue: seedLimits })
    expect(answers.some(({ rejected }) => rejected)).toBe(false)
    // The steady part, when the start is forgotten and the end not yet near.
    const [first, last] = [answers[299]!, answers[539]!]
    const rate = 240 / (last.endAt! - first.endAt!)
    const service = serve(Math.min(concurrency, 3))
    expect(rate * service).toBeCloseTo(Math.min(concurrency, 3), 1)
    const steady = answers.slice(300, 540)
    const wait = sum(steady.map(({ call, admittedAt }) => admittedAt! - call.at)) / steady.length
    expect(Math.abs(wait - Math.max(0, concurrency / 3 - 1) * service)).toBeLessThan(0.02 * service)
  }
})

test.each([14, 20, 50])(
  'turns concurrency %d into a storm of rejections [S4.21]',
  (concurrency) => {
    const answers = loop(concurrency, 100, { ttft: 40, itl: 0, queue: seedLimits })
    expect(answers.filter(({ rejected }) => rejected)).toHaveLength(87)
    expect(answers.filter(({ contentsAt }) => contentsAt.length === 11)).toHaveLength(13)
  },
)

const step = {
  tier: 'step',
  base: 6,
  per_request: 0.5,
  per_token: 0.01,
  batch_tokens: 100,
} as const
const gapsOf = ({ contentsAt }: Answered): number[] =>
  contentsAt.slice(1).map((at, index) => at - contentsAt[index]!)

test.each([1, 99, 100, 101, 250])('an idle server prefills %d tokens in chunks', (promptTokens) => {
  const { answers } = simulate([{ at: 5, promptTokens, contents: 4 }], {
    queue: { running: 8 },
    latency: step,
  })
  const { contentsAt } = answers[0]!
  expect(contentsAt[0]! - 5).toBeCloseTo(Math.ceil(promptTokens / 100) * 6 + 0.01 * promptTokens)
  for (const gap of gapsOf(answers[0]!)) expect(gap).toBeCloseTo(6.5)
})

test('prefills only what is not cached', () => {
  const call = { at: 0, promptTokens: 250, contents: 1 }
  const options = { queue: { running: 8 }, latency: step }
  const { answers } = simulate([{ ...call, cachedTokens: 160 }], options)
  expect(answers[0]!.contentsAt[0]).toBeCloseTo(6 + 0.9)
})

test.each([1, 2, 5, 16])('%d requests that decode share steps of t0 + a · d', (d) => {
  const calls = Array.from({ length: d }, () => ({ at: 0, promptTokens: 2, contents: 60 }))
  const { answers } = simulate(calls, { queue: { running: 16 }, latency: step })
  for (const answered of answers) {
    for (const gap of gapsOf(answered).slice(2, 50)) expect(gap).toBeCloseTo(6 + 0.5 * d)
  }
  // Saturation: M contents per step.
  const ends = answers.map(({ contentsAt }) => contentsAt[20]!)
  expect(new Set(ends.map((at) => at.toFixed(6))).size).toBeLessThanOrEqual(2)
})

test('makes those that decode wait while others prefill, and no longer', () => {
  const calls = [
    { at: 0, promptTokens: 10, contents: 60 },
    { at: 100, promptTokens: 250, contents: 5 },
  ]
  const { answers } = simulate(calls, { queue: { running: 4 }, latency: step })
  const [decoder, comer] = [answers[0]!, answers[1]!]
  const during = gapsOf(decoder).filter((_, index) => {
    const at = decoder.contentsAt[index + 1]!
    return at > 107 && at <= comer.contentsAt[0]! + 1e-6
  })
  // One token of each step is the decoder's own.
  expect(during.map((gap) => gap.toFixed(3))).toEqual(['7.490', '7.490', '7.020'])
  const before = gapsOf(decoder).filter((_, index) => decoder.contentsAt[index + 1]! < 107)
  for (const gap of before) expect(gap).toBeCloseTo(6.5)
})

test('counts the context of those that decode', () => {
  const latency = { ...step, per_context_token: 0.001 }
  const calls = [{ at: 0, promptTokens: 50, contents: 4 }]
  const { answers } = simulate(calls, { queue: { running: 4 }, latency })
  const gaps = gapsOf(answers[0]!).map((gap) => gap.toFixed(6))
  expect(gaps).toEqual(['6.551000', '6.552000', '6.553000'])
})

test.each(tiers)('is never faster than an idle server in %s', (tier) => {
  const faster: string[] = []
  for (let number = 0; number < workloads; number++) {
    const { options, calls } = createWorkload(tier, number)
    for (const [index, answered] of simulate(calls, options).answers.entries()) {
      const { admittedAt, contentsAt, call } = answered
      if (admittedAt === undefined) continue
      const key = String(index + 1)
      const [idle] = simulate([{ ...call, at: 0, key }], {
        ...options,
        queue: { running: 1 },
      }).answers
      const times = idle!.contentsAt
      contentsAt.forEach((at, place) => {
        if (times[place] === undefined) return
        const gap = at - (contentsAt[place - 1] ?? admittedAt)
        if (gap < times[place] - (times[place - 1] ?? 0) - 1e-6) faster.push(`${number}: ${index}`)
      })
    }
  }
  expect(faster).toEqual([])
})
