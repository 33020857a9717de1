import { joinTags } from '../../bench-spec/tag.ts'
import type { SloDocument } from '../../results/results.ts'
import type { Untold } from '../../results/wording.ts'
import { formatQuantity } from '../quantity.ts'
import { nameStatistic } from '../statistic.ts'

type Slo = Untold<SloDocument>

/** `ttft p95 is 912ms`. */
export function stateObserved(slo: Slo): string {
  return `${nameStatistic(slo)} is ${formatQuantity(slo.observed ?? 'infinite', slo.unit)}`
}

/** `asked`: requests so far; `null` for a run by duration. */
export function nameMore({ more_requests: more, tags }: Slo, asked: number | null): string {
  if (more === null) return ''
  const total = asked === null ? '' : ` (${asked + more} in all)`
  const which = tags.length === 0 ? '' : ` with ${joinTags(tags)}`
  return ` About ${more} more requests${which}${total} would decide it.`
}
