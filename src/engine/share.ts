/** Which of its `of` load processes has a part of a load: the `index`-th, 0-based. */
export interface Share {
  index: number
  of: number
}

export const wholeLoad: Share = { index: 0, of: 1 }

/** What one load process has of the numbered slots, requests or arrivals of a load. */
export interface Deal {
  /** 0-based number, in the whole load, of the `nth` that it has. */
  number(nth: number): number
  /** How many of the first `total` it has. */
  count(total: number): number
}

/**
 * Deals like cards: slots to the processes in turn, requests to the slots in turn. So each slot gets as
 * many requests as any other, whichever process it is in, and all processes are through at about the
 * same time. Where `slots` can be divided by their number, process k of P has the requests k, k + P, …
 */
export function dealTo({ index, of }: Share, slots: number): Deal {
  const own = Math.ceil((slots - index) / of)
  return {
    number: (nth) => Math.floor(nth / own) * slots + index + (nth % own) * of,
    count(total) {
      if (total === Infinity) return Infinity
      const rest = Math.ceil(((total % slots) - index) / of)
      return Math.floor(total / slots) * own + Math.max(0, rest)
    },
  }
}
