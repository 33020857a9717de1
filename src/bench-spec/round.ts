import type { Load } from './spec.ts'

/** 0-based slice of the `index`-th of `requests` requests. */
export function findRound(
  index: number,
  { requests, rounds }: { requests: number; rounds: number },
): number {
  return Math.floor((index / requests) * rounds)
}

/** Requests in a round that is added to a run; Infinity for a run by duration. */
export function extraRequests({ requests = Infinity, rounds }: Load): number {
  return Math.ceil(requests / rounds)
}
