import { expect, test } from 'vitest'

import type { Load } from '../../src/bench-spec/spec.ts'
import type { Progress } from '../../src/report/progress-text.ts'
import { trackProgress } from '../../src/run/progress.ts'
import { cancelled, completed, failed, load, times } from '../metrics/records.ts'

/** What is told after each batch. */
function track(given: Load, targets?: number) {
  const told: Progress[] = []
  const { add } = trackProgress(given, (progress) => told.push(progress), targets)
  return { add, told, last: () => told.at(-1) }
}

/** `n` requests of 100 ms, one after the other from `at` on. */
const requests = (n: number, at = 0) =>
  times(n, (index) => completed({ index, at: at + index * 100, ttft: 100, events: 1 }))

test('counts what was measured, what failed of it and what is in flight', () => {
  const { add, told } = track(load)
  add(requests(3), 7)
  add([failed({ at: 300 }), cancelled({ at: 300 })], 0)
  expect(told).toMatchObject([
    { done: 3, total: 100, failed: 0, inFlight: 7 },
    { done: 5, total: 100, failed: 1, inFlight: 0 },
  ])
  for (const { elapsed } of told) expect(elapsed).toBeGreaterThanOrEqual(0)
})

test('the warm-up counts nowhere, and its time is not that of a rate', () => {
  const { add, last } = track(load)
  const warmup = requests(10).map((record) => ({ ...record, phase: 'warmup' as const, round: -1 }))
  add([...warmup, failed({ phase: 'warmup', round: -1 })], 1)
  expect(last()).toMatchObject({ done: 0, failed: 0, requestsPerSecond: 0 })
  add(requests(10, 50_000), 1)
  expect(last()).toMatchObject({ done: 10, failed: 0 })
  expect(last()?.requestsPerSecond).toBeCloseTo(10, 9)
})

test('the rate is that of the whole run, in whichever order requests ended', () => {
  const { add, last } = track(load)
  const [first, second] = [requests(10), requests(10, 9000)]
  add(second, 1)
  expect(last()?.requestsPerSecond).toBeCloseTo(10, 9)
  add(first, 1)
  // 20 of them from 0 to 10 s.
  expect(last()?.requestsPerSecond).toBeCloseTo(2, 9)
})

test('each of two targets gets the whole load', () => {
  const { add, last } = track({ ...load, requests: 60, duration: 5000 }, 2)
  add([...requests(2), completed({ target: 'baseline' })], 1)
  expect(last()).toMatchObject({ done: 3, total: 120, duration: 10_000 })
})

test('a run by duration has no total', () => {
  const { requests: _, ...rest } = load
  const { add, last } = track({ ...rest, duration: 5000 })
  add(requests(2), 1)
  expect(last()).toMatchObject({ done: 2, duration: 5000 })
  expect(last()).not.toHaveProperty('total')
})

test('extra rounds raise the total, and a run by requests has no duration', () => {
  const { add, last } = track({ ...load, requests: 5 })
  add(requests(7), 1)
  expect(last()).toMatchObject({ done: 7, total: 7 })
  expect(last()).not.toHaveProperty('duration')
})
