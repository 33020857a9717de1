import { createRandom, permute } from '../plan/random.ts'
import { createQuantile, type Distribution } from './distribution.ts'
import { createDrift } from './drift.ts'

/** Hands out the times of one request, in ms. */
export type Draw = () => number

/**
 * `turn` counts the requests that take part in exact quantiles and in drifts, from 0; `undefined` for
 * a request that must not (warm-up), which then draws from the same values by chance.
 */
export type Sampler = (key: string, turn: number | undefined) => Draw

/**
 * Independent draws come from the key alone, drifting ones from the key and the turn. Exact quantiles and samples give a request one value,
 * whatever the number of draws: turns 0 … n − 1 get the n values or a permutation of them, the next n
 * the same or another permutation.
 */
export function createSampler(distribution: Distribution, seed: number, purpose: string): Sampler {
  const quantile = createQuantile(distribution)
  if (distribution.kind !== 'exact') {
    const drift =
      distribution.kind === 'drifting' ? createDrift(distribution.over, seed, purpose) : undefined
    return (key, turn) => {
      const random = createRandom(seed, purpose, key)
      if (drift === undefined || turn === undefined) return () => quantile(random())
      const share = drift(turn)
      return () => quantile(share(random()))
    }
  }
  const { grid, order } = distribution
  let lap = -1
  let shuffled: number[] = []

  function shuffle(current: number): readonly number[] {
    if (current !== lap) {
      lap = current
      shuffled = permute(grid.length, createRandom(seed, `${purpose} order`, String(lap)))
    }
    return shuffled
  }

  return (key, turn) => {
    if (turn === undefined) {
      const value = quantile(createRandom(seed, purpose, key)())
      return () => value
    }
    const place = turn % grid.length
    const value = grid[order === 'cycle' ? place : shuffle(Math.floor(turn / grid.length))[place]!]!
    return () => value
  }
}
