import { mix, mulberry32 } from './random.ts'

/** A request by its 0-based number within its phase. */
interface Numbered {
  phase: 'warmup' | 'measured'
  index: number
}

/** Which kind a request of a mix is of. */
export interface Chosen {
  /** 0-based. */
  kind: number
  /** 0-based number among the requests of its kind, within its phase. */
  nth: number
}

export type KindOrder = (request: Numbered) => Chosen

/** Requests in which the order of kinds is drawn anew. */
const longestBlock = 100

/** Sets the draws apart from those of other uses of the same seed. */
const use = 0x6b696e64

/**
 * Deals requests to kinds by their weights, whole numbers without a common divisor: of as many requests
 * in a row as the weights add up to each kind has as many as its weight says, and of each block of at
 * most 100 of them its share as near as whole requests come to it. Within a block the order is drawn:
 * by the seed, the phase and the number of the block alone, so that any number of load processes and
 * both of two targets send the same. The warm-up begins with one request of each kind.
 */
export function orderKinds(weights: readonly number[], seed: number): KindOrder {
  if (weights.length === 1) return ({ index }) => ({ kind: 0, nth: index })
  const pattern = spread(weights)
  const size = Math.min(pattern.length, longestBlock)
  /** How many of each kind the pattern has before each of its blocks. */
  const before = countBefore(pattern, size, weights.length)
  const perTurn = before.length
  /** The latest blocks: each phase of each of two targets may be in one. */
  let drawn: { phase: Numbered['phase']; block: number; chosen: Chosen[] }[] = []

  function draw(phase: Numbered['phase'], block: number): Chosen[] {
    const turn = Math.floor(block / perTurn)
    const place = block % perTurn
    const kinds = Array.from(pattern.subarray(place * size, (place + 1) * size))
    const random = mulberry32(mix(mix(seed, use), 2 * block + (phase === 'warmup' ? 1 : 0)))
    for (let last = kinds.length - 1; last > 0; last--) {
      const other = Math.floor((random() / 2 ** 32) * (last + 1))
      const kept = kinds[last] ?? 0
      kinds[last] = kinds[other] ?? 0
      kinds[other] = kept
    }
    const counts = weights.map((weight, kind) => turn * weight + (before[place]?.[kind] ?? 0))
    return kinds.map((kind) => {
      const nth = counts[kind] ?? 0
      counts[kind] = nth + 1
      return { kind, nth }
    })
  }

  function choose(phase: Numbered['phase'], index: number): Chosen {
    const turn = Math.floor(index / pattern.length)
    const rest = index % pattern.length
    const block = turn * perTurn + Math.floor(rest / size)
    let found = drawn.find((each) => each.block === block && each.phase === phase)
    if (found === undefined) {
      found = { phase, block, chosen: draw(phase, block) }
      drawn = [found, ...drawn.slice(0, 3)]
    }
    return found.chosen[rest % size] ?? { kind: 0, nth: index }
  }

  return ({ phase, index }) => {
    if (phase === 'measured') return choose(phase, index)
    const first = weights.length
    if (index < first) return { kind: index, nth: 0 }
    const { kind, nth } = choose(phase, index - first)
    return { kind, nth: nth + 1 }
  }
}

/**
 * The kinds of as many requests as the weights add up to, each spread as evenly as can be: the next one
 * is always of the kind whose next share is due first (Webster's method).
 */
function spread(weights: readonly number[]): Uint8Array {
  const given = weights.map(() => 0)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return Uint8Array.from({ length: total }, () => {
    let next = 0
    const dueAt = (kind: number): number => (2 * (given[kind] ?? 0) + 1) / (weights[kind] ?? 1)
    for (let kind = 1; kind < weights.length; kind++) if (dueAt(kind) < dueAt(next)) next = kind
    given[next] = (given[next] ?? 0) + 1
    return next
  })
}

function countBefore(pattern: Uint8Array, size: number, kinds: number): number[][] {
  const counts: number[] = Array.from({ length: kinds }, () => 0)
  const before: number[][] = []
  pattern.forEach((kind, place) => {
    if (place % size === 0) before.push([...counts])
    counts[kind] = (counts[kind] ?? 0) + 1
  })
  return before
}

/** Weights that add up to more than this are rounded: a share is then off by less than 0.01 %. */
const most = 10_000

/** Shares of a whole as whole numbers without a common divisor, for `orderKinds`; each is at least 1. */
export function toWholeWeights(shares: readonly number[]): number[] {
  const sum = shares.reduce((all, share) => all + share, 0)
  const scale = [1, 10, 100, 1000, most].find((factor) => {
    return shares.every((share) => isWhole(share * factor)) && sum * factor <= most
  })
  const whole = shares.map((share) =>
    Math.max(1, Math.round(scale === undefined ? (share / sum) * most : share * scale)),
  )
  const divisor = whole.reduce(divide)
  return whole.map((weight) => weight / divisor)
}

function isWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < 1e-6 && value >= 1 - 1e-6
}

/** The greatest common divisor. */
function divide(a: number, b: number): number {
  return b === 0 ? a : divide(b, a % b)
}
