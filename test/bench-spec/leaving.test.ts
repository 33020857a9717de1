import { describe, expect, test } from 'vitest'

import {
  countStaying,
  findLeaving,
  leaves,
  type LeavingLoad,
} from '../../src/bench-spec/leaving.ts'
import { checkSpec } from '../../src/bench-spec/loading.ts'

function load(share: number, seed = 1, after: 'first-token' | number = 'first-token'): LeavingLoad {
  const time = after === 'first-token' ? after : ({ kind: 'constant', value: after } as const)
  return { seed, cancel: { share, after: time } }
}

function listLeaving(
  given: LeavingLoad,
  requests: number,
  phase: 'warmup' | 'measured' = 'measured',
) {
  const all = Array.from({ length: requests }, (_, index) => index)
  return all.filter((index) => leaves(given, { phase, index }))
}

describe.each([0.001, 0.1, 0.15, 1 / 3, 0.5, 0.9, 0.999])('a share of %f', (part) => {
  const share = Math.round(part * 1e6) / 1e6

  test('leaves of any number of first requests, to within one', () => {
    const given = load(share)
    let left = 0
    for (let index = 0; index < 3000; index++) {
      if (leaves(given, { phase: 'measured', index })) left++
      expect(Math.abs(left - share * (index + 1))).toBeLessThan(1 + 1e-9)
      expect(countStaying(given, index + 1)).toBe(index + 1 - left)
    }
  })

  test('is exact over whole blocks', () => {
    expect(listLeaving(load(share), 1_000_000 / 100).length).toBe(Math.round(share * 10_000))
  })
})

test('who leaves is drawn anew by the seed and in the warm-up, and does not keep step with rows', () => {
  const usual = listLeaving(load(0.1), 1000)
  expect(listLeaving(load(0.1), 1000)).toEqual(usual)
  expect(listLeaving(load(0.1, 2), 1000)).not.toEqual(usual)
  expect(listLeaving(load(0.1), 1000, 'warmup')).not.toEqual(usual)
  const places = Map.groupBy(usual, (index) => index % 10)
  expect(places.size).toBe(10)
  for (const own of places.values()) expect(own.length).toBeLessThan(25)
})

test('any number of load processes finds the same ones', () => {
  const given = load(0.15)
  const whole = listLeaving(given, 500)
  const parts = [0, 1, 2].map((process) =>
    Array.from({ length: 500 }, (_, index) => index).filter(
      (index) => index % 3 === process && leaves(given, { phase: 'measured', index }),
    ),
  )
  expect(parts.flat().toSorted((a, b) => a - b)).toEqual(whole)
})

test('nobody leaves where nobody is asked to', () => {
  expect(listLeaving({ seed: 1 }, 1000)).toEqual([])
  expect(countStaying({ seed: 1 }, 1000)).toBe(1000)
  expect(findLeaving({ seed: 1 }, { phase: 'measured', index: 0 })).toBeUndefined()
})

function find(given: LeavingLoad): unknown[] {
  const all = Array.from({ length: 200 }, (_, index) =>
    findLeaving(given, { phase: 'measured', index }),
  )
  return all.filter((time) => time !== undefined)
}

test('a client leaves with its first token, after a fixed time, or after one that is drawn for it', () => {
  expect(new Set(find(load(0.5)))).toEqual(new Set(['first-token']))
  expect(new Set(find(load(0.5, 1, 2000)))).toEqual(new Set([2000]))
  const spread = { share: 0.5, after: { kind: 'uniform', min: 100, max: 300 } } as const
  const times = find({ seed: 1, cancel: spread }) as number[]
  expect(times).toHaveLength(100)
  expect(new Set(times).size).toBe(100)
  expect(Math.min(...times)).toBeGreaterThanOrEqual(100)
  expect(Math.max(...times)).toBeLessThanOrEqual(300)
  expect(find({ seed: 1, cancel: spread })).toEqual(times)
})

function readSpec(document: object) {
  const url = 'http://127.0.0.1:1/v1/chat/completions'
  return checkSpec({ url, slo: ['ttft p95 <= 1s'], ...document }, { env: {}, baseDir: '.' })
}

function refuse(document: object): string {
  try {
    readSpec(document)
  } catch (error) {
    return String(error)
  }
  throw new Error('it was read')
}

test('a spec says how many clients leave, and when', () => {
  const read = (cancel: object): unknown => readSpec({ cancel }).load.cancel
  expect(read({ share: '10%' })).toEqual({ share: 0.1, after: 'first-token' })
  expect(read({ share: '12.5%', after: 'first_token' })).toEqual({
    share: 0.125,
    after: 'first-token',
  })
  expect(read({ share: '10%', after: '2s' })).toEqual({
    share: 0.1,
    after: { kind: 'constant', value: 2000 },
  })
  expect(read({ share: '10%', after: { dist: 'uniform', min: '1s', max: '3s' } })).toEqual({
    share: 0.1,
    after: { kind: 'uniform', min: 1000, max: 3000 },
  })
  const stages = [{ duration: '10s', concurrency: 4 }]
  expect(readSpec({ stages, cancel: { share: '10%' } }).load.cancel).toBeDefined()
  expect(readSpec({ rate: '5/s', cancel: { share: '10%' } }).load.cancel).toBeDefined()
})

test.each([
  [{ share: '110%' }, 'cancel.share: must be'],
  [
    { share: '0.00001%' },
    'cancel.share: must be at least 0.0001% and leave as much, got 0.00001%.',
  ],
  [{}, 'cancel: the key "share" is required'],
  [
    { share: '10%', after: 'last_token' },
    'cancel.after: must be first_token, a duration with its unit (us, ms, s, m, h) or a distribution, got "last_token".',
  ],
  [{ share: '10%', after: { dist: 'uniform', min: '1s' } }, 'cancel.after: needs max'],
])('a cancel that cannot be is one error: %j', (cancel, message) => {
  expect(refuse({ cancel })).toContain(message)
})

test('as many requests are chosen that those that stay are enough', () => {
  const stay = readSpec({ slo: ['latency p95 <= 1s'], cancel: { share: '50%' } })
  const all = readSpec({ slo: ['latency p95 <= 1s'] })
  const { requests = 0 } = stay.load
  expect(countStaying(stay.load, requests)).toBe(all.load.requests)
  expect(readSpec({ cancel: { share: '50%' } }).load.requests).toBe(all.load.requests)
})
