import type { Results } from '../../results/results.ts'
import { type Family, listFamilies, renderSamples } from './metric-families.ts'

/**
 * Prometheus' text format 0.0.4, with the series of the OpenMetrics file: a gauge each, for want of the
 * types of that.
 */
export function renderPrometheus(runs: readonly Results[]): string {
  return listFamilies(runs)
    .flatMap(renderFamily)
    .map((line) => `${line}\n`)
    .join('')
}

function renderFamily({ name, type, help, samples }: Family): string[] {
  const series = type === 'info' ? `${name}_info` : name
  return [`# HELP ${series} ${help}`, `# TYPE ${series} gauge`, ...renderSamples(series, samples)]
}
