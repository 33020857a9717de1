import type { RequestRecord, Records } from '../engine/record.ts'
import { measure, type RequestMetric } from '../metrics/measure.ts'
import { keepStaying } from '../metrics/observation.ts'
import { quantile, toSample } from '../metrics/sample.ts'
import { outputTokens, throughput } from '../metrics/throughput.ts'
import { studentQuantile } from './tails.ts'

/** How much one figure of a target differs between rounds in which nothing was changed. */
export interface Noise {
  metric: string
  /** `p50`, or `value` of a rate. */
  stat: string
  rounds: number
  /** Typical ln-ratio of two neighbouring rounds: 0.05 is about 5 %. */
  spread: number
  /** Change that a comparison with so many rounds of each side would see, as ratio − 1. */
  smallestChanges: readonly { rounds: number; change: number }[]
}

/** The same as it was stored: of rounds of `size` requests. */
export interface NoiseFigure extends Pick<Noise, 'metric' | 'stat' | 'spread'> {
  size: number
}

/** Chance of seeing a change of that size. */
const power = 0.8

const comparisons = [5, 10, 20] as const

/** Of the measured requests; figures with fewer than 3 rounds, or with a round of 0, are left out. */
export function measureNoise(records: Records, alpha: number): Noise[] {
  const measured = records.filter(({ phase }) => phase === 'measured')
  const perRound = (metric: RequestMetric, p: number): number[] => {
    const rounds = new Map<number, number[]>()
    for (const record of keepStaying(measured)) {
      const value = record.outcome === 'completed' ? measure(record, metric) : undefined
      if (typeof value !== 'number') continue
      const values = rounds.get(record.round) ?? []
      rounds.set(record.round, values)
      values.push(value)
    }
    return [...rounds]
      .toSorted(([a], [b]) => a - b)
      .flatMap(([, values]) => {
        const sample = toSample(values)
        return sample === undefined ? [] : [quantile(sample, p)]
      })
  }
  const rates = (weigh: (record: RequestRecord) => number): number[] =>
    (throughput(measured, weigh)?.rounds ?? []).map(({ perSecond }) => perSecond)
  const figures: [metric: string, stat: string, rounds: readonly number[]][] = [
    ['ttft', 'p50', perRound('ttft', 0.5)],
    ['ttft', 'p95', perRound('ttft', 0.95)],
    ['latency', 'p50', perRound('latency', 0.5)],
    ['latency', 'p95', perRound('latency', 0.95)],
    ['requests_per_second', 'value', rates(() => 1)],
    ['output_tokens_per_second', 'value', rates(outputTokens)],
  ]
  return figures.flatMap(([metric, stat, rounds]) => {
    if (rounds.length < 3 || !(Math.min(...rounds) > 0)) return []
    const spread = differNeighbours(rounds)
    const smallestChanges = comparisons.map((n) => ({
      rounds: n,
      change: smallestChange(spread, n, alpha),
    }))
    return [{ metric, stat, rounds: rounds.length, spread, smallestChanges }]
  })
}

/**
 * exp((t_α + t_0.2) · s ÷ √n) − 1 with t of n − 1 degrees of freedom: what a one-sided t test at α on
 * n ln-ratios of standard deviation s finds in four of five comparisons.
 */
export function smallestChange(spread: number, rounds: number, alpha: number): number {
  const reach = studentQuantile(alpha, rounds - 1) + studentQuantile(1 - power, rounds - 1)
  return Math.expm1((reach * spread) / Math.sqrt(rounds))
}

/**
 * Root mean square of ln(next ÷ this): the standard deviation of the ln-ratio of two rounds that are
 * neighbours, as interleaved rounds are. A slow drift of the target does not enlarge it.
 */
function differNeighbours(rounds: readonly number[]): number {
  let squares = 0
  for (let i = 1; i < rounds.length; i++) {
    squares += Math.log((rounds[i] ?? 1) / (rounds[i - 1] ?? 1)) ** 2
  }
  return Math.sqrt(squares / (rounds.length - 1))
}
