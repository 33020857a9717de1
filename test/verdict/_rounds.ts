import type { RequestRecord } from '../../src/engine/record.ts'
import { nearestRank } from '../../src/metrics/sample.ts'
import type { Pair } from '../../src/verdict/ratio.ts'
import { completed } from '../metrics/records.ts'

/** How two services behave; σ are of ln(time). */
export interface Services {
  /** Candidate ÷ baseline, of every time. */
  ratio: number
  /** σ between the rounds of either service. */
  luck?: number
  /** Correlation of a request with the one before. */
  likeness?: number
  /** Slowing down of the machine from one round to the next: 0.03 is 3 %. */
  drift?: number
}

interface Plan {
  /** Of each service. */
  rounds?: number
  /** Requests of a round. */
  size?: number
  /** Whose round is when: as it is run, or the baseline before the candidate. */
  order?: 'ABBA' | 'AABB'
}

interface RoundTimes {
  candidate: number[]
  baseline: number[]
}

/** Log-normal times with σ .4 and a median of 1, in the order in which they are taken. */
function simulate(
  normal: () => number,
  { ratio, luck = 0, likeness = 0, drift = 0 }: Services,
  { rounds = 10, size = 30, order = 'ABBA' }: Plan,
): RoundTimes[] {
  const states = { candidate: normal(), baseline: normal() }
  const measure = (side: keyof RoundTimes, turn: number): number[] => {
    const shift = luck * normal() + drift * turn + (side === 'candidate' ? Math.log(ratio) : 0)
    return Array.from({ length: size }, () => {
      states[side] = likeness * states[side] + Math.sqrt(1 - likeness ** 2) * normal()
      return Math.exp(shift + 0.4 * states[side])
    })
  }
  return Array.from({ length: rounds }, (_, round) => {
    const [first, second] = order === 'ABBA' ? [2 * round, 2 * round + 1] : [round, rounds + round]
    if (order === 'ABBA' && round % 2 === 0) {
      return { candidate: measure('candidate', first), baseline: measure('baseline', second) }
    }
    return { baseline: measure('baseline', first), candidate: measure('candidate', second) }
  })
}

/** p95 of every round of two services. */
export function simulatePairs(normal: () => number, services: Services, plan: Plan = {}): Pair[] {
  return simulate(normal, services, plan).map(({ candidate, baseline }) => ({
    candidate: p95(candidate),
    baseline: p95(baseline),
  }))
}

function p95(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[nearestRank(values.length, 0.95) - 1] ?? NaN
}

/** The same as records, the median of the baseline being 100 ms. */
export function simulateRuns(
  normal: () => number,
  services: Services,
  plan: Plan = {},
): Record<keyof RoundTimes, RequestRecord[]> {
  const rounds = simulate(normal, services, plan)
  const recordsOf = (side: keyof RoundTimes): RequestRecord[] =>
    rounds.flatMap((times, round) =>
      times[side].map((ttft) => completed({ round, ttft: 100 * ttft, events: 1 })),
    )
  return { candidate: recordsOf('candidate'), baseline: recordsOf('baseline') }
}
