import { expect, test } from 'vitest'

import {
  dropValues,
  mean,
  nearestRank,
  quantile,
  quantileEach,
  type Sample,
  stddev,
  toSample,
} from '../../src/metrics/sample.ts'
import { createRandom } from '../verdict/random.ts'

function sampleOf(...values: number[]): Sample {
  const sample = toSample(values)
  if (sample === undefined) throw new Error('empty')
  return sample
}

test('sorts by number, not by text', () => {
  expect(toSample([10, 9, 100, -1, 2.5])).toEqual(Float64Array.of(-1, 2.5, 9, 10, 100))
  expect(toSample(new Float64Array([3, 1, 2]))).toEqual(Float64Array.of(1, 2, 3))
})

test('leaves the values it was given as they were', () => {
  const values = new Float64Array([3, 1, 2])
  toSample(values)
  expect([...values]).toEqual([3, 1, 2])
})

test('has no sample of nothing', () => {
  expect(toSample([])).toBeUndefined()
})

test('takes the nearest rank, so a percentile is always an observed value [S0.13] [S1.3]', () => {
  const sample = sampleOf(...Array.from({ length: 100 }, (_, i) => i + 1))
  const shares = [0.5, 0.75, 0.9, 0.95, 0.99, 1]
  expect(shares.map((p) => quantile(sample, p))).toEqual([50, 75, 90, 95, 99, 100])
})

test('takes the lower middle value as the p50 of an even number of values [S1.43]', () => {
  expect(quantile(sampleOf(1, 2, 3, 4), 0.5)).toBe(2)
  expect(quantile(sampleOf(1, 2, 3), 0.5)).toBe(2)
})

test('gives the maximum as p99 of few values [T24]', () => {
  expect(quantile(sampleOf(1, 2, 3), 0.99)).toBe(3)
})

test('agrees with whole-number arithmetic for every p of two digits and every n up to 2000', () => {
  for (let n = 1; n <= 2000; n++) {
    for (let percent = 1; percent <= 100; percent++) {
      const exact = Number((BigInt(n) * BigInt(percent) + 99n) / 100n)
      if (nearestRank(n, percent / 100) !== exact) {
        expect.fail(`n ${n}, p${percent}: ${nearestRank(n, percent / 100)}, not ${exact}`)
      }
    }
  }
})

test('ranks p99.99 of a million values', () => {
  expect(nearestRank(1_000_000, 0.9999)).toBe(999_900)
  expect(nearestRank(1_000_001, 0.9999)).toBe(999_901)
})

test('averages, and spreads by n − 1 [S1.33]', () => {
  const sample = sampleOf(2, 4, 4, 4, 5, 5, 7, 9)
  expect(mean(sample)).toBe(5)
  expect(stddev(sample)).toBeCloseTo(Math.sqrt(32 / 7), 12)
  expect(stddev(sampleOf(1))).toBeUndefined()
})

test('sorts many values as few: by size, whatever their sign, and -0 before 0', () => {
  const random = createRandom(4)
  const special = [0, -0, 1, -1, Infinity, -Infinity, 5e-324, -5e-324, Number.MAX_VALUE, 2 ** 31]
  const values = Array.from({ length: 12_000 }, (_, at) =>
    at < 2000 ? special[at % special.length]! : (random() - 0.2) * 10 ** Math.floor(random() * 9),
  )
  const sorted = toSample(values)
  expect(sorted).toHaveLength(values.length)
  const few = Float64Array.from(values).sort()
  expect(Array.from(few, (value, at) => Object.is(value, sorted?.[at]))).not.toContain(false)
  // Of which most digits are the same, so that few passes are made.
  const equal = Float64Array.from({ length: 10_001 }, (_, at) => 8 - (at % 2))
  expect(toSample(equal)?.slice(4999, 5002)).toEqual(Float64Array.of(7, 8, 8))
})

test('of numbers whose room was given back none is left', () => {
  const sample = sampleOf(3, 1, 2)
  dropValues(sample)
  expect(sample).toHaveLength(0)
  dropValues(undefined)
})

test('what is in order already stays so, but for -0 behind 0', () => {
  expect(sampleOf(1, 2, 2, 3, Infinity)).toEqual(Float64Array.of(1, 2, 2, 3, Infinity))
  expect(Array.from(sampleOf(-1, 0, -0, 1), (value) => Object.is(value, -0))).toEqual([
    false,
    true,
    false,
    false,
  ])
})

function odd(value: number): number | undefined {
  return value % 2 === 0 ? undefined : value
}

test('takes the quantile of what each gives as of their sample', () => {
  expect(quantileEach([9, 4, 1, 5, 8, 3], odd, 0.5)).toBe(3)
  expect(quantileEach([2, 4], odd, 0.5)).toBeUndefined()
})
