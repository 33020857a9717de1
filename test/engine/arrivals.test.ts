import { expect, test } from 'vitest'

import type { Arrival, Stage } from '../../src/bench-spec/spec.ts'
import { type ArrivalPoint, listArrivals, type Share } from '../../src/engine/arrivals.ts'

interface Asked {
  rate?: number
  arrival?: Arrival
  seed?: number
  warmup?: number
  stages?: readonly Stage[]
}

const constant: Arrival = { kind: 'constant' }
const poisson: Arrival = { kind: 'gamma', burstiness: 1 }

function take(count: number, asked: Asked, share?: Share): ArrivalPoint[] {
  const load = { rate: 10, arrival: constant, seed: 1, warmup: 0, ...asked }
  const points: ArrivalPoint[] = []
  for (const point of listArrivals(load, share)) {
    points.push(point)
    if (points.length === count) break
  }
  return points
}

function gapsOf(burstiness: number, count: number, seed = 1): number[] {
  const arrival: Arrival = { kind: 'gamma', burstiness }
  const points = take(count + 1, { rate: 1000, arrival, seed }).map(({ at }) => at)
  return points.slice(1).map((at, i) => at - (points[i] ?? 0))
}

/** The regularised lower incomplete gamma function, by its series: P(a, x), the gamma distribution. */
function gammaCdf(a: number, x: number): number {
  let term = 1 / a
  let sum = term
  for (let n = 1; n < 2000; n++) {
    term *= x / (a + n)
    sum += term
  }
  return sum * Math.exp(-x + a * Math.log(x) - logGamma(a))
}

/** Stirling's series, from 10 on, and the recurrence below. */
function logGamma(a: number): number {
  if (a < 10) return logGamma(a + 1) - Math.log(a)
  return (
    (a - 0.5) * Math.log(a) - a + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * a) - 1 / (360 * a ** 3)
  )
}

test('requests at a constant rate are due at even times, the first at once', () => {
  expect(take(4, {}).map(({ at }) => at)).toEqual([0, 100, 200, 300])
})

test.each([0.25, 0.5, 1, 4])(
  'gaps of burstiness %d have the mean, the variance and the distribution of a gamma variable',
  (shape) => {
    const gaps = gapsOf(shape, 20_000)
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length
    // Four standard errors; the variance of a sample variance is that of its fourth moment.
    const four = 4 / Math.sqrt(gaps.length)
    expect(Math.abs(mean - 1)).toBeLessThan(four * Math.sqrt(1 / shape))
    expect(Math.abs(variance - 1 / shape)).toBeLessThan((four / shape) * Math.sqrt(2 + 6 / shape))
    // Kolmogorov and Smirnov, at a level of 0.001.
    const sorted = gaps.toSorted((a, b) => a - b)
    const distance = sorted.reduce((most, gap, i) => {
      const p = gammaCdf(shape, gap * shape)
      return Math.max(most, p - i / gaps.length, (i + 1) / gaps.length - p)
    }, 0)
    expect(distance).toBeLessThan(1.95 / Math.sqrt(gaps.length))
  },
)

test('counts of a Poisson process in equal times have the variance of their mean', () => {
  const points = take(40_000, { rate: 1000, arrival: poisson }).map(({ at }) => at)
  const windows = Map.groupBy(points, (at) => Math.floor(at / 20))
  const counts = Array.from({ length: 1500 }, (_, i) => windows.get(i)?.length ?? 0)
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / counts.length
  expect(variance / mean).toBeGreaterThan(0.85)
  expect(variance / mean).toBeLessThan(1.15)
})

test('a seed draws the same instants each time, and another one others', () => {
  expect(gapsOf(1, 50, 7)).toEqual(gapsOf(1, 50, 7))
  expect(gapsOf(1, 50, 7)).not.toEqual(gapsOf(1, 50, 8))
})

test.each([1, 2, 3, 4, 5])('%i processes together send exactly the schedule of one', (of) => {
  const stages = [
    { name: 'up', duration: 2000, ramp: 1500, from: 0, to: 40 },
    { name: 'down', duration: 1000, ramp: 0, from: 40, to: 5 },
  ]
  for (const asked of [
    { arrival: poisson, warmup: 3 },
    { arrival: poisson, warmup: 4, stages },
  ]) {
    const whole = take(60, asked)
    const shares = Array.from({ length: of }, (_, index) => take(60, asked, { index, of }))
    shares.forEach((share, index) =>
      expect(share.every((point) => point.index % of === index)).toBe(true),
    )
    const joined = shares.flat().toSorted((a, b) => a.index - b.index)
    expect(joined.slice(0, whole.length)).toEqual(whole)
  }
})

test('the warm-up comes first at the same rate, and the measured ones go on from its last', () => {
  const points = take(4, { warmup: 2 })
  expect(points.map(({ at }) => at)).toEqual([0, 100, 200, 300])
  expect(points.map(({ elapsed }) => elapsed)).toEqual([-1, -1, 0, 100])
})

test('steps and ramps have as many arrivals as the area under the rate, and end with the last stage', () => {
  const stages = [
    { name: 'up', duration: 4000, ramp: 2000, from: 0, to: 10 },
    { name: 'peak', duration: 1000, ramp: 0, from: 20, to: 20 },
    { name: 'off', duration: 2000, ramp: 2000, from: 20, to: 0 },
  ]
  const points = take(1000, { stages })
  const counts = [...Map.groupBy(points, ({ stage }) => stage)].map(([stage, of]) => [
    stage,
    of.length,
  ])
  expect(counts).toEqual([
    [0, 30],
    [1, 20],
    [2, 20],
  ])
  // Of a rate that grows as 5·t a second the n-th is due at √(2n ÷ 5).
  points.slice(0, 10).forEach(({ elapsed }, n) => {
    expect(elapsed).toBeCloseTo(1000 * Math.sqrt((2 * n) / 5), 6)
  })
  expect(points[10]?.elapsed).toBeCloseTo(2000, 6)
  expect(points[30]?.elapsed).toBeCloseTo(4000, 6)
})
