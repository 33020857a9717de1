import type { Stat } from '../bench-spec/slo.ts'
import type { SloDocument } from '../results/results.ts'

/** `ttft p95`, `latency mean`, `success_rate`. */
export function nameStatistic({ metric, stat }: Pick<SloDocument, 'metric' | 'stat'>): string {
  return stat === 'value' ? metric : `${metric} ${stat}`
}

/** The statistic of an SLO in a document. */
export function readStat({ stat }: Pick<SloDocument, 'stat'>): Stat {
  if (stat === 'mean' || stat === 'min' || stat === 'max' || stat === 'value') return { kind: stat }
  return { kind: 'percentile', p: Number(stat.slice(1)) }
}
