import type { Results } from '../../results/results.ts'
import { formatCount, formatValue } from '../units.ts'
import { listSeries, type Series } from './exported-series.ts'

/** An entry of the tools `customSmallerIsBetter` and `customBiggerIsBetter`. */
interface Entry {
  name: string
  unit: string
  value: number
  /** Lines of a tooltip. */
  extra: string
}

/**
 * Figures for github-action-benchmark, which knows one direction per file. It would read a missing
 * value as 0, so what is missing or infinite is left out.
 */
export function renderBenchmark(runs: readonly Results[], better: Series['better']): string {
  const entries = listSeries(runs)
    .filter((series) => series.better === better && Number.isFinite(series.value))
    .map(toEntry)
  return `${JSON.stringify(entries, null, 2)}\n`
}

function toEntry({ name, unit, value, low, high, n }: Series): Entry {
  const show = (limit: number | undefined): string =>
    limit === undefined ? '–' : formatValue(limit, unit)
  const limits =
    low === undefined && high === undefined ? [] : [`limits: ${show(low)} to ${show(high)}`]
  return {
    name,
    ...(unit === 'share'
      ? { unit: '%', value: Number((value * 100).toPrecision(6)) }
      : { unit: { ms: 'ms', '/s': 'requests/s', 'tok/s': 'tokens/s' }[unit], value }),
    extra: [`n: ${formatCount(n)}`, ...limits].join('\n'),
  }
}
