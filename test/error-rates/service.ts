import type { Deviates } from './deviates.ts'
import { normalAbove, normalAtLeast, solveFalling } from './normal-tail.ts'

/** Where the numbers of one run come from. */
export interface Source {
  /** Uniform on 0–1. */
  random(): number
  /** Standard normal. */
  normal(): number
}

/** What a run is made of that owes its neighbours nothing, of which a rule needs to see some. */
export interface Parts {
  kind: 'waves' | 'spells'
  /** In a run of `n` requests. */
  countIn(n: number): number
}

/** A server whose distribution of times is known, however they depend on each other. */
export interface Service {
  name: string
  /** How its times come about, for the reader of the table. */
  account: string
  concurrency: number
  /** `undefined`: requests are independent, or nearly. */
  parts?: Parts
  /** ms that this share of the requests of a run takes longer than. */
  above(share: number): number
  /** Writes the times of one run to the first token, ms, in the order of dispatch. */
  draw(source: Source, into: Float64Array): void
}

type Traits = Pick<Service, 'name' | 'account'> & Partial<Pick<Service, 'concurrency' | 'parts'>>

/** ms; the median of what is drawn by `toLogNormal`. */
const median = 100

/** σ of ln(time) where nothing else is said. */
export const sigma = 0.4

/** Turns a standard normal deviate into ms. */
export function toLogNormal(spread = sigma): (deviate: number) => number {
  return (deviate) => median * Math.exp(spread * deviate)
}

/** P(X > x) = (median ÷ x)^shape · ½. */
export function toPareto(shape: number): (deviate: number) => number {
  return (deviate) => median * (2 * normalAtLeast(deviate)) ** (-1 / shape)
}

/** One whose time rises with a standard normal deviate. */
export function fromDeviates(traits: Traits, deviates: Deviates, toTime = toLogNormal()): Service {
  return {
    concurrency: 8,
    ...traits,
    above: (share) => toTime(normalAbove(share)),
    draw: ({ normal }, into) => {
      deviates(normal, into)
      for (let i = 0; i < into.length; i++) into[i] = toTime(into[i] ?? 0)
    },
  }
}

/**
 * Log-normal times of which some are longer, by a factor or by ms. `tail` is P(X > x) of a request
 * chosen at random, which the bounds are taken from.
 */
export function fromTail(
  traits: Traits,
  tail: (ms: number) => number,
  draw: Service['draw'],
): Service {
  return {
    concurrency: 8,
    ...traits,
    above: (share) => solveFalling(tail, share, [0, 100 * median]),
    draw,
  }
}

/** P(X > x) of a log-normal time. */
export function logNormalTail(ms: number, { centre = median, spread = sigma } = {}): number {
  return ms <= 0 ? 1 : normalAtLeast(Math.log(ms / centre) / spread)
}
