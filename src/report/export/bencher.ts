import { keepKnown } from '../../bench-spec/known.ts'
import type { Results } from '../../results/results.ts'
import { listSeries, type Series } from './exported-series.ts'

/** A metric of the Bencher Metric Format. */
interface Metric {
  value: number
  lower_value?: number
  upper_value?: number
}

/** Longest name of a benchmark. */
const longest = 1024

/**
 * Bencher Metric Format: the run as a benchmark with a measure per figure (`ttft-p95-ms`), and each
 * SLO as a benchmark of its own with the limits of its test. A measure has one direction, so the
 * unit stands in its name.
 */
export function renderBencher(runs: readonly Results[]): string {
  const benchmarks = new Map<string, Record<string, Metric>>()
  for (const series of listSeries(runs)) {
    if (!Number.isFinite(series.value)) continue
    const { spec, slo, value, low, high } = series
    const name = (slo === undefined ? spec : `${spec}/${slo}`).slice(0, longest)
    const measures = benchmarks.get(name) ?? {}
    benchmarks.set(name, measures)
    measures[toSlug(series)] = keepKnown<Metric>({
      value,
      lower_value: low,
      upper_value: high,
    })
  }
  return `${JSON.stringify(Object.fromEntries(benchmarks), null, 2)}\n`
}

function toSlug({ metric, stat, unit }: Series): string {
  const parts = [metric, ...(stat === 'value' ? [] : [stat]), ...(unit === 'ms' ? ['ms'] : [])]
  return parts.join('-').replace(/[^a-z0-9]+/g, '-')
}
