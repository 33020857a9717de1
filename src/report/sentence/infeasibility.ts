import { formatStat, type Slo } from '../../bench-spec/slo.ts'
import type { Infeasibility } from '../../verdict/feasibility.ts'
import { formatQuantity } from '../quantity.ts'
import { nameStatistic } from '../statistic.ts'

/** Why an SLO can never PASS or be decided, and what to do. */
export function explainInfeasibility(found: Infeasibility): string {
  const { slo } = found
  const quoted = `"${slo.text}"`
  switch (found.kind) {
    case 'no-exception':
      return `${quoted} allows no exception, which no number of requests can prove: this SLO can never PASS; ask for a little less or use policy point`
    case 'few-requests': {
      const { least, asked, extra } = found
      const sent = `${asked}${extra === 0 ? '' : ` and up to ${extra} more`}`
      return `${nameSlo(slo)} needs at least ${least} requests at ${nameConfidence(found)}, the spec asks for ${sent}: this SLO can never PASS; ask for ${least} or use policy point`
    }
    case 'few-for-success': {
      const { least, asked, proof } = found
      return `${quoted} takes at least ${least} requests to prove that ${formatQuantity(proof, 'share')} of them complete, as it is of completed ones alone; the spec asks for ${asked}: this SLO can never PASS; ask for ${least} or use policy point`
    }
    case 'likely-undecided': {
      const { least, asked, likely } = found
      return `${nameSlo(slo)}: likely INCONCLUSIVE with ${asked} requests, ${least} are the fewest that can be a PASS; ask for ${likely} or more`
    }
    case 'few-for-share': {
      const { least, asked } = found
      const takes =
        least === undefined ? 'more requests than there are' : `at least ${least} requests`
      const ask = least === undefined ? 'allow a little more' : `ask for ${least} or allow more`
      return `${quoted} takes ${takes} of each target, the spec asks for ${asked}: this SLO can never PASS; ${ask}`
    }
    case 'statistic-not-kept':
      return `${quoted} asks for a statistic that results do not keep of their rounds: this SLO can never be decided; use mean, p50, p75, p90, p95 or p99`
    case 'few-rounds':
      return `${quoted} ${nameRounds(found)}, the spec asks for rounds: ${found.rounds}: this SLO can never be decided; ask for more`
    case 'small-rounds': {
      const { asked, rounds, enough } = found
      return `${quoted} ${nameRounds(found)}, the spec asks for ${asked} in ${rounds} rounds: this SLO can never be decided; ask for ${enough} requests`
    }
  }
}

function nameSlo({ metric, stat }: Slo): string {
  return nameStatistic({ metric, stat: formatStat(stat) })
}

function nameRounds({ needed, requests }: { needed: number; requests: number }): string {
  return `takes ${needed} rounds of at least ${requests} requests`
}

function nameConfidence({
  confidence,
  looks,
}: Extract<Infeasibility, { kind: 'few-requests' }>): string {
  const each = `${formatQuantity(looks.confidence, 'share')} confidence`
  return looks.planned === 1
    ? each
    : `${each} (${formatQuantity(confidence, 'share')} over ${looks.planned} looks)`
}
