/**
 * Writes one deviate for each request of a run, in the order of dispatch. However they depend on
 * each other, each by itself is standard normal, so that the distribution of what they are turned
 * into stays known (a Gaussian copula).
 */
export type Deviates = (normal: () => number, into: Float64Array) => void

export const independent: Deviates = (normal, into) => {
  for (let i = 0; i < into.length; i++) into[i] = normal()
}

/** Each correlates with the one before by `likeness`. */
export function autoregressive(likeness: number): Deviates {
  const rest = Math.sqrt(1 - likeness ** 2)
  return (normal, into) => {
    let state = normal()
    for (let i = 0; i < into.length; i++) {
      into[i] = state
      state = likeness * state + rest * normal()
    }
  }
}

/** So many requests of such a series are worth one independent one, in the variance of their mean. */
export function memoryOf(likeness: number): number {
  return (1 + likeness) / (1 - likeness)
}

/** What a group of neighbours shares, as a part of the variance of each, 0–1. */
interface Sharing {
  /** Neighbours in a run of `n` requests. */
  sizeIn(n: number): number
  part: number
  /** Of what is not shared; independent by default. */
  own?: Deviates
  /** Of what groups share, from one to the next; independent by default. */
  groups?: Deviates
}

export function inGroups({
  sizeIn,
  part,
  own = independent,
  groups = independent,
}: Sharing): Deviates {
  const [weight, ownWeight] = [Math.sqrt(part), Math.sqrt(1 - part)]
  return (normal, into) => {
    own(normal, into)
    const size = sizeIn(into.length)
    const shared = new Float64Array(Math.ceil(into.length / size))
    groups(normal, shared)
    for (let i = 0; i < into.length; i++) {
      into[i] = weight * (shared[Math.floor(i / size)] ?? 0) + ownWeight * (into[i] ?? 0)
    }
  }
}

/** The part of the variance that σ `luck` has beside σ `own`. */
export function partOf(luck: number, own: number): number {
  return luck ** 2 / (luck ** 2 + own ** 2)
}
