import { createRandom } from '../verdict/random.ts'

/** Draws, the same ones in the same order for the same seed. */
export interface Chance {
  /** Uniform on 0–1. */
  share(): number
  /** A whole number from 0 to `limit` − 1. */
  below(limit: number): number
  /** Whether something of this probability happens. */
  happens(probability: number): boolean
  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T
  /** Between `least` and `most` of them, drawn one by one. */
  some<T>(least: number, most: number, draw: () => T): T[]
}

/** The draws of one case: those of a case do not depend on which cases were tried before it. */
export function createChance(seed: number, name: string, number: number): Chance {
  const share = createRandom(mix(`${seed} ${name} ${number}`))
  const below = (limit: number): number => Math.floor(share() * limit)
  return {
    share,
    below,
    happens: (probability) => share() < probability,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new Error('nothing to pick from')
      return list[below(list.length)] as T
    },
    some: (least, most, draw) =>
      Array.from({ length: least + below(most - least + 1) }, () => draw()),
  }
}

/** FNV-1a, 32 bit. */
function mix(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  return hash >>> 0
}
