import { expect, test } from 'vitest'

import type { Arrival } from '../../src/bench-spec/spec.ts'
import { listArrivals } from '../../src/engine/arrivals.ts'
import { createQueue } from '../../src/mock/latency/queue.ts'

/**
 * Waiting times, in ms, of arrivals at the queue of the mock with one place, each served as long as
 * `serve` says; on a clock of its own.
 */
function listWaits(
  arrival: Arrival,
  rate: number,
  serve: (index: number) => number,
  count: number,
) {
  const queue = createQueue<number>({ running: 1, waiting: Infinity })
  const waits: number[] = []
  const arrivedAt: number[] = []
  let ends: { index: number; at: number } | undefined
  const begin = (index: number, at: number): void => {
    waits[index] = at - (arrivedAt[index] ?? 0)
    ends = { index, at: at + serve(index) }
  }
  const endUntil = (until: number): void => {
    while (ends !== undefined && ends.at <= until) {
      const { index, at } = ends
      ends = undefined
      const next = queue.leave(index)
      if (next !== undefined) begin(next, at)
    }
  }
  const load = { rate, arrival, seed: 3, warmup: 0 }
  for (const { index, at } of listArrivals(load)) {
    if (index === count) break
    endUntil(at)
    arrivedAt[index] = at
    if (queue.arrive(index) === 'running') begin(index, at)
  }
  endUntil(Infinity)
  return waits
}

/** The mean with its limits at four standard errors, of groups that are long enough to be independent. */
function estimate(values: readonly number[]): { mean: number; error: number } {
  const size = Math.floor(values.length / 50)
  const means = Array.from({ length: 50 }, (_, group) => {
    const own = values.slice(group * size, (group + 1) * size)
    return own.reduce((sum, value) => sum + value, 0) / own.length
  })
  const mean = means.reduce((sum, value) => sum + value, 0) / means.length
  const variance = means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (means.length - 1)
  return { mean, error: 4 * Math.sqrt(variance / means.length) }
}

const service = 20
const poisson: Arrival = { kind: 'gamma', burstiness: 1 }

/** Exponential service times: gaps of other arrivals of the same kind. */
function drawService(): (index: number) => number {
  const points = listArrivals({ rate: 1000 / service, arrival: poisson, seed: 99, warmup: 0 })
  let last = points.next().value?.at ?? 0
  return () => {
    const at = points.next().value?.at ?? 0
    const time = at - last
    last = at
    return time
  }
}

// Pollaczek and Khinchine: the mean wait is λ·E[S²] ÷ (2·(1 − ρ)). E[S²] is s² of service times that
// are all the same, 2·s² of exponential ones.
test.each([0.3, 0.5, 0.8])(
  'waits of Poisson arrivals at a single server are those of M/D/1 and M/M/1 at a load of %d',
  (rho) => {
    const rate = (1000 * rho) / service
    const fixed = estimate(listWaits(poisson, rate, () => service, 100_000))
    const random = estimate(listWaits(poisson, rate, drawService(), 100_000))
    const expected = (rho * service) / (2 * (1 - rho))
    expect(Math.abs(fixed.mean - expected)).toBeLessThan(fixed.error)
    expect(Math.abs(random.mean - 2 * expected)).toBeLessThan(random.error)
    expect(fixed.error).toBeLessThan(0.2 * expected)
    expect(random.error).toBeLessThan(0.4 * expected)
  },
)

test('even arrivals below the capacity of the server never wait', () => {
  const waits = listWaits({ kind: 'constant' }, 49, () => service, 1000)
  expect(Math.max(...waits)).toBe(0)
})
