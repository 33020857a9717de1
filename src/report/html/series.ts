import type { Records } from '../../engine/record.ts'
import { keepCounted, observeCounted } from '../../metrics/observation.ts'
import { nearestRank, type Sample } from '../../metrics/sample.ts'
import type { Results, SloDocument } from '../../results/results.ts'

/** Metrics whose distribution is drawn. */
export const seriesMetrics = ['ttft', 'chunk_gap', 'latency'] as const

export type SeriesMetric = (typeof seriesMetrics)[number]

/** All values of one metric, as the SLOs on it see them. */
export interface Series {
  metric: SeriesMetric
  /** ms, of completed requests. */
  sample: Sample
  /** Requests that count as infinitely slow: those that failed, unless the gate leaves them out, and those that left before. */
  failed: number
  bounds: readonly Bound[]
}

/** An SLO on the metric. */
export interface Bound {
  /** ms. */
  value: number
  /** The share of values that must keep it; `undefined` for a mean or a minimum. */
  p: number | undefined
  /** Of the SLO without its metric: `p95 <= 800ms`. */
  text: string
}

/** `undefined` when no request gave a value. */
export function collectSeries(
  results: Results,
  records: Records,
  metric: SeriesMetric,
): Series | undefined {
  // Their order, which takes long, is not asked for here.
  const observation = observeCounted(keepCounted(records), metric)
  if (observation?.kind !== 'values') return undefined
  const counted = results.verdict.failures === 'as-infinite'
  return {
    metric,
    sample: observation.sample,
    failed: (counted ? observation.failed : 0) + observation.left,
    bounds: listBounds(results, metric),
  }
}

/** The SLOs on a metric that can be drawn on an axis of times. */
export function listBounds({ verdict }: Results, metric: string): Bound[] {
  return verdict.slos
    .filter((slo) => slo.metric === metric && slo.unit === 'ms')
    .flatMap((slo) =>
      slo.bound === null
        ? []
        : [{ value: slo.bound, p: computeShare(slo), text: slo.text.replace(`${metric} `, '') }],
    )
}

function computeShare({ stat }: SloDocument): number | undefined {
  if (stat === 'max') return 1
  const [, percent] = /^p([\d.]+)$/.exec(stat) ?? []
  return percent === undefined ? undefined : Number(percent) / 100
}

/** Nearest rank among all requests that count; `undefined` where it falls on a failed one. */
export function computePercentile({ sample, failed }: Series, p: number): number | undefined {
  return sample[nearestRank(sample.length + failed, p) - 1]
}
