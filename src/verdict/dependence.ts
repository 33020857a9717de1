import { listLazily, type Sequence } from '../metrics/sequence.ts'
import { normalQuantile, studentQuantile } from './tails.ts'

/** Observations that were made together. */
export interface Tally {
  size: number
  /** Those that are counted: the bad ones of a budget, those that belong to a share. */
  hits: number
}

/** Tallies of many requests, in less room than objects take. */
export function keepTallies(given: Sequence<Tally>): Sequence<Tally> {
  const { length } = given
  const sizes = new Counts(length)
  const hits = new Counts(length)
  given.forEach((tally, position) => {
    sizes.set(position, tally.size)
    hits.set(position, tally.hits)
  })
  return listLazily(length, (at) => ({ size: sizes.at(at), hits: hits.at(at) }))
}

/** Whole numbers, in a byte each as long as they fit. */
class Counts {
  #numbers: Uint8Array | Uint32Array

  constructor(length: number) {
    this.#numbers = new Uint8Array(length)
  }

  set(position: number, count: number): void {
    if (count > 255 && this.#numbers instanceof Uint8Array) {
      this.#numbers = new Uint32Array(this.#numbers)
    }
    this.#numbers[position] = count
  }

  at(position: number): number {
    return this.#numbers[position] ?? 0
  }
}

/**
 * What makes the observations of a run count as fewer than there are: of all that was looked at,
 * what makes them the fewest.
 */
export type Dependence =
  /** Nothing does. */
  | { kind: 'none' }
  /**
   * They differ between groups by more than chance: tenths or fifths of the run, conversations, single
   * requests, or rounds. `at`: counted beyond the bound, or beyond the run's own quantile.
   */
  | {
      kind: 'groups'
      of: 'slices' | 'sessions' | 'requests' | 'rounds'
      groups: number
      designEffect: number
      at: 'bound' | 'quantile'
    }
  /** Failures come so many in a row, on average: as seen in the run, or as the spec says. */
  | { kind: 'bursts'; length: number; by: 'run' | 'spec' }

/** With fewer, nothing is known of how much they differ. */
const fewestGroups = 3

/** Numbers of slices that a run is cut into, by the order of dispatch. */
export const slicings = [10, 5] as const

/** 0-based slice of the `position`-th of `count` in the order of dispatch. */
export function findSlice(position: number, count: number, slices: number): number {
  return Math.floor((position * slices) / count)
}

/** Adjacent tallies of `slices` equal parts put together; those that got none are left out. */
export function slice(tallies: Sequence<Tally>, slices: number): Tally[] {
  const groups: Tally[] = Array.from({ length: slices }, () => ({ size: 0, hits: 0 }))
  tallies.forEach(({ size, hits }, position) => {
    const group = groups[findSlice(position, tallies.length, slices)]
    if (group === undefined) return
    group.size += size
    group.hits += hits
  })
  return groups.filter(({ size }) => size > 0)
}

/** Tallies of the same conversation put together, which are neighbours; empty where each has but one. */
function gatherSessions(tallies: Sequence<Tally>, sessions: readonly number[]): Tally[] {
  const groups: Tally[] = []
  let position = 0
  for (const { size, hits } of tallies) {
    const group = groups.at(-1)
    const isNew = position === 0 || sessions[position] !== sessions[position - 1]
    position++
    if (isNew || group === undefined) groups.push({ size, hits })
    else {
      group.size += size
      group.hits += hits
    }
  }
  return groups.length === tallies.length ? [] : groups
}

/** All tallies as one. */
export function addUp(tallies: Sequence<Tally>): Tally {
  const sum = { size: 0, hits: 0 }
  tallies.forEach(({ size, hits }) => {
    sum.size += size
    sum.hits += hits
  })
  return sum
}

/** Share of the hits, 0–1; NaN without an observation. */
export function toShare(tallies: Sequence<Tally>): number {
  const { size, hits } = addUp(tallies)
  return hits / size
}

/**
 * Design effect of groups (Korn and Graubard 1998): variance of the share between k groups ÷
 * `variance`, that of one observation, which makes variance ÷ n of the share; at least 1.
 */
export function measureEffect(groups: Sequence<Tally>, variance: number): number {
  const { size: n, hits } = addUp(groups)
  let squares = 0
  groups.forEach((group) => {
    squares += (group.hits - (hits / n) * group.size) ** 2
  })
  return toDesignEffect(squares, groups.length, { n, variance })
}

/** The same of Σ(e − p̂m)² over groups with e hits among m. */
export function toDesignEffect(
  squares: number,
  groups: number,
  { n, variance }: { n: number; variance: number },
): number {
  const between = ((groups / (groups - 1)) * squares) / n ** 2
  return variance === 0 ? 1 : Math.max(1, between / (variance / n))
}

/**
 * Effective ÷ actual number of observations: 1 ÷ deff · (z ÷ t)² with groups − 1 degrees of freedom;
 * 1 ÷ (2L − 1) where failures come L in a row. `alpha` is the error of the test.
 */
export function weigh(dependence: Dependence, alpha: number): number {
  switch (dependence.kind) {
    case 'none':
      return 1
    case 'groups': {
      const { groups, designEffect } = dependence
      return (normalQuantile(alpha) / studentQuantile(alpha, groups - 1)) ** 2 / designEffect
    }
    case 'bursts':
      return 1 / (2 * dependence.length - 1)
  }
}

/** That of the candidates which makes the observations the fewest. */
export function pickHeaviest(candidates: readonly Dependence[], alpha: number): Dependence {
  return candidates.reduce<Dependence>(
    (heaviest, each) => (weigh(each, alpha) < weigh(heaviest, alpha) ? each : heaviest),
    { kind: 'none' },
  )
}

/** What groups have to say; nothing when they are too few, or differ by chance alone. */
export function compareGroups(
  groups: Sequence<Tally>,
  variance: number,
  { of, at }: Pick<Extract<Dependence, { kind: 'groups' }>, 'of' | 'at'>,
): Dependence[] {
  if (groups.length < fewestGroups) return []
  const designEffect = measureEffect(groups, variance)
  return designEffect === 1 ? [] : [{ kind: 'groups', of, groups: groups.length, designEffect, at }]
}

/** Mean length of the runs of failures, in the order of dispatch; `undefined` without a failure. */
export function measureBurst(failures: Sequence<boolean>): number | undefined {
  let failed = 0
  let bursts = 0
  let before = false
  failures.forEach((failure) => {
    if (failure) failed++
    if (failure && !before) bursts++
    before = failure
  })
  return bursts === 0 ? undefined : failed / bursts
}

/** The requests of a run in the order of dispatch, for one question. */
export interface Arrangement {
  /** Bad at the bound. */
  tallies: Sequence<Tally>
  /**
   * Beyond the run's own quantile, where about as many lie as may be bad: a run about to PASS has few
   * at the bound, too few to show how they come. `undefined` where there is no such quantile.
   */
  anchored?: Sequence<Tally>
  /** Whether the bound is so far from every part of the run that its own quantile has no say. */
  isFar?: () => boolean
  /** Whether a request gives many observations, which then resemble each other. */
  many: boolean
  /** Conversation of each request, those of one of them neighbours: they share its luck. `undefined` without any. */
  sessions?: readonly number[]
  /** What failures do that come in a row; `undefined` where it is not about them. */
  burst?: Extract<Dependence, { kind: 'bursts' }>
}

/**
 * How far the observations depend on each other, as the FAIL and the PASS of a test count it: over
 * tenths and fifths of the run in the order of dispatch (and over conversations, where there are any,
 * and over requests, where one gives many), at the bound for both. For FAIL against the variance of the observed share where that is larger, so
 * that gross failure does not look like luck; for PASS also at the run's own quantile.
 */
export function findDependence(
  { tallies, anchored, isFar, many, sessions, burst }: Arrangement,
  q: number,
  alpha: number,
): { fail: Dependence; pass: Dependence } {
  const share = toShare(tallies)
  const allowed = q * (1 - q)
  // Both are as long as the run, and one is looked at twice.
  const seen = { bound: tallies, quantile: anchored ?? [] }
  const sliced = {
    bound: slicings.map((slices) => slice(seen.bound, slices)),
    quantile: slicings.map((slices) => slice(seen.quantile, slices)),
  }
  const look = (at: 'bound' | 'quantile', variance: number): Dependence[] => [
    ...sliced[at].flatMap((slices) => compareGroups(slices, variance, { of: 'slices', at })),
    ...(sessions && seen[at].length === sessions.length
      ? compareGroups(gatherSessions(seen[at], sessions), variance, { of: 'sessions', at })
      : []),
    ...(many ? compareGroups(seen[at], variance, { of: 'requests', at }) : []),
  ]
  const fail = look('bound', Math.max(allowed, share * (1 - share)))
  const own = look('quantile', allowed)
  const pass = [
    ...look('bound', allowed),
    ...(own.length === 0 || isFar?.() === true ? [] : own),
    ...(burst ? [burst] : []),
  ]
  return { fail: pickHeaviest(fail, alpha), pass: pickHeaviest(pass, alpha) }
}
