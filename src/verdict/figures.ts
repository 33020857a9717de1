import { keepKnown } from '../bench-spec/known.ts'
import {
  formatStat,
  type GoodputBounds,
  type Metric,
  type Slo,
  type Stat,
} from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import type { Records } from '../engine/record.ts'
import {
  keepStaying,
  meanOf,
  type Observation,
  observe,
  observeCounted,
  orderCounted,
} from '../metrics/observation.ts'
import { groupRounds } from '../metrics/round-records.ts'
import { nearestRank } from '../metrics/sample.ts'
import { outputTokens, type Throughput, throughputs, tokenBasis } from '../metrics/throughput.ts'
import type { Tally } from './dependence.ts'
import { rankValues } from './ranking.ts'

/** How a value is taken of records. */
export interface Taking {
  failures: Gate['failures']
  goodput?: GoodputBounds | undefined
}

type Asked = Pick<Slo, 'metric' | 'stat' | 'op'>

/**
 * The statistic of some records: ms, per second, or 0–1. +Infinity when failed requests fill a
 * percentile, 0 for the rate of a round that completed nothing; `undefined` when there is none.
 */
export function takeValue(
  records: Records,
  slo: Asked,
  { failures, goodput }: Taking,
): number | undefined {
  return takeStatistic(observe(records, slo.metric, { goodput }), records, slo, failures)
}

function takeStatistic(
  observation: Observation | undefined,
  records: Records,
  { metric, stat, op }: Asked,
  failures: Gate['failures'],
): number | undefined {
  if (observation === undefined) {
    const failed = records.some(({ outcome }) => outcome === 'failed')
    if (!failed) return undefined
    if (metric.endsWith('_per_second')) return 0
    return stat.kind === 'percentile' && failures === 'as-infinite' ? Infinity : undefined
  }
  if (observation.kind === 'rate') return observation.value
  if (observation.kind === 'share') {
    const { good, bad } = observation
    return (metric === 'error_rate' ? bad : good) / (good + bad)
  }
  if (stat.kind !== 'percentile') return meanOf(observation)
  const ranking = rankValues(observation, { op }, failures)
  return ranking.at(nearestRank(ranking.n, stat.p / 100))
}

/** Requests that belong to a share, by round. */
export function takeShares(records: Records, metric: Metric, { goodput }: Taking): Tally[] {
  const observation = observe(records, metric, { goodput })
  if (observation?.kind !== 'share') return []
  const rounds = new Map<number, Tally>()
  for (const { round, good } of observation.requests) {
    const tally = rounds.get(round) ?? { size: 0, hits: 0 }
    rounds.set(round, tally)
    tally.size++
    if (good === (metric !== 'error_rate')) tally.hits++
  }
  return [...rounds.values()]
}

export const storedMetrics = [
  'ttft',
  'ttfo',
  'latency',
  'scheduled_ttft',
  'scheduled_latency',
  'tpot',
  'chunk_gap',
  'stall',
] as const
export const storedStats = ['mean', 'p50', 'p75', 'p90', 'p95', 'p99'] as const

type StoredMetric = (typeof storedMetrics)[number]
type StoredStat = (typeof storedStats)[number]

/**
 * What is kept of one round, so that another run can be compared with it; requests whose client was to
 * go away are in no count.
 */
export interface RoundFigures {
  round: number
  completed: number
  failed: number
  /** Requests that kept every goodput bound; `undefined` without bounds. */
  good?: number
  requestsPerSecond?: number
  outputTokensPerSecond?: number
  /** ms, as SLOs take them: +Infinity where failed requests fill a percentile. */
  times: Readonly<Partial<Record<StoredMetric, Partial<Record<StoredStat, number>>>>>
}

/** The measured rounds of a run in figures. */
export function takeRounds(records: Records, taking: Taking): RoundFigures[] {
  // Ordered once for all metrics.
  const counted = orderCounted(records)
  const [requests, tokens] = throughputs(counted, [() => 1, outputTokens]).map(rateByRound)
  const hasTokens = tokenBasis(counted) !== 'none'
  const rounds = [...groupRounds(counted)].sort(([a], [b]) => a - b)
  return rounds.map(([round, own]) => {
    const staying = keepStaying(own)
    const completed = staying.filter(({ outcome }) => outcome === 'completed').length
    const [good] = taking.goodput === undefined ? [] : takeShares(own, 'goodput', taking)
    return keepKnown<RoundFigures>({
      round,
      completed,
      failed: staying.length - completed,
      good: good?.hits,
      requestsPerSecond: requests?.get(round),
      outputTokensPerSecond: hasTokens ? tokens?.get(round) : undefined,
      times: Object.fromEntries(
        storedMetrics.map((metric) => [metric, takeTimes(own, metric, taking)]),
      ),
    })
  })
}

function rateByRound({ rounds }: Throughput): Map<number, number> {
  return new Map(rounds.map(({ round, perSecond }) => [round, perSecond]))
}

function takeTimes(
  counted: Records,
  metric: StoredMetric,
  { failures }: Taking,
): Partial<Record<StoredStat, number>> {
  const observation = observeCounted(counted, metric)
  return keepKnown<Record<StoredStat, number>>(
    Object.fromEntries(
      storedStats.map((stat) => [
        stat,
        takeStatistic(observation, counted, { metric, stat: toStat(stat), op: '<=' }, failures),
      ]),
    ) as Record<StoredStat, number | undefined>,
  )
}

function toStat(stat: StoredStat): Stat {
  return stat === 'mean' ? { kind: 'mean' } : { kind: 'percentile', p: Number(stat.slice(1)) }
}

/** The value of each round; `undefined` when a statistic is asked for that is not kept. */
export function roundValues(
  rounds: readonly RoundFigures[],
  { metric, stat }: Pick<Slo, 'metric' | 'stat'>,
): (number | undefined)[] | undefined {
  if (metric === 'requests_per_second') return rounds.map((round) => round.requestsPerSecond)
  if (metric === 'output_tokens_per_second') {
    return rounds.map((round) => round.outputTokensPerSecond)
  }
  const name = formatStat(stat)
  const times = storedMetrics.find((each) => each === metric)
  const kept = storedStats.find((each) => each === name)
  if (times === undefined || kept === undefined) return undefined
  return rounds.map((round) => round.times[times]?.[kept])
}

/** Requests that belong to a share, by round; empty when it is not known. */
export function roundShares(rounds: readonly RoundFigures[], metric: Metric): Tally[] {
  return rounds.flatMap(({ completed, failed, good }) => {
    const counts: Partial<Record<Metric, number | undefined>> = {
      success_rate: completed,
      error_rate: failed,
      goodput: good,
    }
    const hits = counts[metric]
    return hits === undefined ? [] : [{ size: completed + failed, hits }]
  })
}
