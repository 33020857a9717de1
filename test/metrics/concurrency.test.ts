import { expect, test } from 'vitest'

import { measureConcurrency } from '../../src/metrics/concurrency.ts'
import { completed, times } from './records.ts'

function lasting(at: number, duration: number, phase: 'warmup' | 'measured' = 'measured') {
  return completed({ at, ttft: duration, events: 1, phase })
}

test('holds full concurrency when every slot is refilled at once [S1.1] [S1.44]', () => {
  const records = times(20, (i) => lasting(Math.floor(i / 2) * 100, 100))
  expect(measureConcurrency(records, 2)).toEqual({ fullShare: 1, mean: 2, peak: 2 })
  expect(measureConcurrency(records.toReversed(), 2)?.peak).toBe(2)
})

test('leaves ramp-up and drain out', () => {
  const records = [lasting(0, 400), lasting(100, 100), lasting(200, 100), lasting(300, 900)]
  expect(measureConcurrency(records, 2)).toEqual({ fullShare: 1, mean: 2, peak: 2 })
})

test('tells the share of time in which a slot stood empty', () => {
  const records = [lasting(0, 1000), lasting(0, 100), lasting(150, 50), lasting(200, 100)]
  expect(measureConcurrency(records, 2)).toEqual({ fullShare: 0.75, mean: 1.75, peak: 2 })
})

test('counts warm-up requests that still hold a slot', () => {
  const records = [
    lasting(-50, 100, 'warmup'),
    lasting(0, 100),
    lasting(50, 100),
    lasting(100, 100),
  ]
  expect(measureConcurrency(records, 2)).toEqual({ fullShare: 1, mean: 2, peak: 2 })
})

test('tells the peak of a run that never was full', () => {
  const records = times(10, (i) => lasting(i * 100, 100))
  expect(measureConcurrency(records, 3)).toEqual({ fullShare: 0, mean: 1, peak: 1 })
})

test('says nothing of a single wave', () => {
  expect(measureConcurrency([lasting(0, 10), lasting(0, 10)], 2)).toBeUndefined()
  expect(measureConcurrency([], 2)).toBeUndefined()
})
