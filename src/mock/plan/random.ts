import { createHash } from 'node:crypto'

/** Uniform numbers strictly between 0 and 1. */
export type Random = () => number

/**
 * A stream of random numbers that depends on seed, purpose and key alone, so that another draw for
 * one purpose or one request never shifts the numbers of another.
 *
 * SHA-256 spreads the three into the state of sfc32 (Doty-Humphrey, PractRand).
 */
export function createRandom(seed: number, purpose: string, key: string): Random {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, purpose, key]))
    .digest()
  let a = digest.readInt32LE(0)
  let b = digest.readInt32LE(4)
  let c = digest.readInt32LE(8)
  let counter = 1
  return () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return ((sum >>> 0) + 0.5) / 2 ** 32
  }
}

/** The indices 0 … n − 1 in random order (Fisher–Yates). */
export function permute(n: number, random: Random): number[] {
  const order = Array.from({ length: n }, (_, index) => index)
  for (let last = n - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const moved = order[last]!
    order[last] = order[other]!
    order[other] = moved
  }
  return order
}
