import { expect, test } from 'vitest'

import {
  findTwins,
  measureRepetition,
  planUses,
  type Uses,
} from '../../src/bench-spec/repetition.ts'
import type { ClosedLoad, OpenLoad } from '../../src/bench-spec/spec.ts'
import type { PreparedRequest } from '../../src/bench-spec/template.ts'

function request(body: object | string | undefined, url = 'http://127.0.0.1/'): PreparedRequest {
  const text = typeof body === 'object' ? JSON.stringify(body) : body
  return { url, method: 'POST', headers: {}, ...(text !== undefined && { body: text }) }
}

function chat(content: string, more: object = {}): PreparedRequest {
  return request({ messages: [{ role: 'user', content }], stream: true, ...more })
}

const closed: ClosedLoad = { kind: 'closed', concurrency: 1, warmup: 10, rounds: 5, seed: 1 }
const once = { warmup: 0, measured: 1 }

function measure(requests: readonly PreparedRequest[], uses = requests.map(() => once)) {
  return measureRepetition(requests, uses)
}

test('two prompts through 300 requests: all repeat but those that the warm-up sent first', () => {
  const requests = [chat('What is the tide?'), chat('Who was Ada?')]
  expect(measure(requests, planUses(2, { ...closed, requests: 300 }))).toEqual({
    requests: 300,
    repeated: 300,
    different: 2,
    share: 1,
  })
  const cold = measure(requests, planUses(2, { ...closed, requests: 300, warmup: 0 }))
  expect(cold).toMatchObject({ repeated: 298, share: expect.closeTo(298 / 300, 2) })
})

test('different prompts repeat nothing, a row of the warm-up that is measured again does', () => {
  const requests = Array.from({ length: 20 }, (_, row) => chat(`${row}`.padStart(70, '-')))
  expect(measure(requests)).toEqual({
    requests: 20,
    repeated: 0,
    different: 20,
    share: (64 * 19) / 1400,
  })
  const uses = requests.map((_, row) => ({ warmup: row === 0 ? 1 : 0, measured: 1 }))
  expect(measure(requests, uses)).toMatchObject({ repeated: 1, share: (64 * 19 + 70) / 1400 })
})

test('of a common beginning only whole blocks of 64 characters count', () => {
  const long = 'x'.repeat(200)
  expect(shareOf(`${'a'.repeat(63)}1`, `${'a'.repeat(63)}2`)).toBe(0)
  expect(shareOf(`${'a'.repeat(64)}1`, `${'a'.repeat(64)}2`)).toBe(64 / 130)
  expect(shareOf(`${long}1`, `${long}2`)).toBeCloseTo(192 / 402)
  expect(shareOf(long, `${long}2`)).toBe(192 / 401)
})

test('the system is the beginning of a prompt, wherever it stands in the body', () => {
  const system = 's'.repeat(128)
  const ask = (content: string) =>
    request({ messages: [{ role: 'user', content }], max_tokens: 5, system })
  expect(measure([ask('a'), ask('b')])?.share).toBe(128 / (2 * 130))
})

test.each([
  ['url', chat('a'), { ...chat('a'), url: 'http://127.0.0.1/other' }],
  ['model', chat('a', { model: 'x' }), chat('a', { model: 'y' })],
  ['cache_salt', chat('a', { cache_salt: 'x' }), chat('a', { cache_salt: 'y' })],
])('the same prompt with another %s is none that a cache could know', (_, one, other) => {
  expect(measure([one, other])).toMatchObject({ repeated: 0, share: 0 })
  expect(measure([one, one])).toMatchObject({ repeated: 1, share: 0.5 })
})

test('another temperature makes no other prompt', () => {
  expect(measure([chat('a', { temperature: 0 }), chat('a', { temperature: 1 })])).toMatchObject({
    repeated: 1,
  })
})

test('where no prompt is known the whole of a request stands for it, and has no beginning', () => {
  const body = (id: number) => request({ job: 'x'.repeat(500), id })
  expect(measure([body(1), body(2)])).toMatchObject({ repeated: 0, share: 0 })
  expect(measure([body(1), body(1)])).toMatchObject({ repeated: 1, share: 0.5 })
  expect(measure([request(undefined), request(undefined)])).toMatchObject({ repeated: 1 })
})

test('a text beyond what is compared counts where all of it is the same', () => {
  const [one, other] = [chat(`${'a'.repeat(300)}1`), chat(`${'a'.repeat(300)}2`)]
  const uses = [once, once]
  expect(measureRepetition([one, other], uses, 128)?.share).toBe(128 / 602)
  expect(measureRepetition([one, one], uses, 128)).toMatchObject({ repeated: 1, share: 0.5 })
})

test('100,000 different prompts are compared', () => {
  const requests = Array.from({ length: 100_000 }, (_, row) => chat(`${row} ${'a'.repeat(50)}`))
  expect(measure(requests)).toMatchObject({ requests: 100_000, repeated: 0, share: 0 })
})

test('nothing is said of a load without a known number of requests, or without any', () => {
  expect(planUses(3, { ...closed, duration: 1000 })).toBeUndefined()
  expect(measureRepetition([chat('a')], [{ warmup: 3, measured: 0 }])).toBeUndefined()
})

test('at a rate about as many requests are expected as will be due', () => {
  const open: OpenLoad = {
    kind: 'open',
    rate: 20,
    arrival: { kind: 'constant' },
    maxConcurrency: 9,
    duration: 3000,
    warmup: 2,
    rounds: 5,
    seed: 1,
  }
  expect(planUses(1, open)?.[0]).toEqual({ warmup: 2, measured: 60 })
  const stage = { name: 'a', duration: 1000, ramp: 0, from: 0, to: 5 }
  expect(planUses(1, { ...open, stages: [stage, { ...stage, name: 'b', to: 7 }] })?.[0]).toEqual({
    warmup: 2,
    measured: 12,
  })
})

test('shuffled rows are each sent as often as they are drawn', () => {
  const uses = planUses(7, { ...closed, requests: 20, warmup: 0, shuffle: true })
  expect(uses?.map(({ measured }) => measured).sort()).toEqual([2, 3, 3, 3, 3, 3, 3])
})

test('twins are two requests that are sent with the same prompt', () => {
  const requests = [chat('a'), chat('b'), chat('a'), chat('b')]
  expect(findTwins(requests, sendEach(1, 1, 1, 1))).toEqual([0, 2])
  expect(findTwins(requests, sendEach(0, 1, 1, 1))).toEqual([1, 3])
  expect(findTwins(requests, sendEach(1, 1, 0, 0))).toBeUndefined()
})

function shareOf(...contents: string[]): number | undefined {
  return measure(contents.map((content) => chat(content)))?.share
}

function sendEach(...measured: number[]): Uses[] {
  return measured.map((count) => ({ warmup: 0, measured: count }))
}
