import type { Stat } from '../bench-spec/slo.ts'
import { joinTags } from '../bench-spec/tag.ts'
import type { SloDocument } from '../results/results.ts'

/** `ttft p95 {stage=peak}`, `latency mean`, `success_rate`. */
export function nameStatistic({
  metric,
  stat,
  tags = [],
}: Pick<SloDocument, 'metric' | 'stat'> & Partial<Pick<SloDocument, 'tags'>>): string {
  const parts = [metric, stat === 'value' ? '' : stat, joinTags(tags)]
  return parts.filter((part) => part !== '').join(' ')
}

/** The statistic of an SLO in a document. */
export function readStat({ stat }: Pick<SloDocument, 'stat'>): Stat {
  if (stat === 'mean' || stat === 'min' || stat === 'max' || stat === 'value') return { kind: stat }
  return { kind: 'percentile', p: Number(stat.slice(1)) }
}
