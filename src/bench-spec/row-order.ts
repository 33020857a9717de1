import { mix, mulberry32 } from './random.ts'

/** A request by its 0-based number within its phase. */
interface Numbered {
  phase: 'warmup' | 'measured'
  index: number
}

/** The 0-based place of the row that a request takes. */
export type RowOrder = (request: Numbered) => number

/**
 * Measured requests take the rows from the first on, warm-up requests from the last on backwards, so
 * that rows are not warmed up. Shuffled, each pass over the rows has an order of its own, which
 * depends on the seed, the number of rows and the number of the pass alone: two targets get the same.
 */
export function orderRows(
  count: number,
  { shuffle, seed }: { shuffle?: boolean | undefined; seed: number },
): RowOrder {
  /** The latest ones: one for the warm-up and one for each of two targets are in use at once. */
  let drawn: { pass: number; order: Uint32Array }[] = []

  function find(pass: number, place: number): number {
    if (shuffle !== true) return place
    let found = drawn.find((each) => each.pass === pass)
    if (found === undefined) {
      found = { pass, order: drawOrder(count, mix(seed, pass)) }
      drawn = [found, ...drawn.slice(0, 2)]
    }
    return found.order[place] ?? 0
  }

  // Drawn before anything is sent.
  find(0, 0)
  return ({ phase, index }) => {
    const place = index % count
    if (phase === 'warmup') return find(0, count - 1 - place)
    return find(Math.floor(index / count), place)
  }
}

/** A permutation of 0 … count − 1, by Fisher and Yates. */
function drawOrder(count: number, state: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, place) => place)
  const random = mulberry32(state)
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor((random() / 2 ** 32) * (last + 1))
    const kept = order[last] ?? 0
    order[last] = order[other] ?? 0
    order[other] = kept
  }
  return order
}
