import { formatStat, type Slo } from '../../bench-spec/slo.ts'
import { formatTagValue } from '../../bench-spec/tag.ts'
import type { Infeasibility } from '../../verdict/feasibility.ts'
import { formatQuantity } from '../quantity.ts'
import { nameStatistic } from '../statistic.ts'
import { formatChange } from './change.ts'

/** Why an SLO can never PASS, or never or hardly be decided, and what to do. */
export function explainInfeasibility(found: Infeasibility): string {
  const { slo } = found
  const quoted = `"${slo.text}"`
  switch (found.kind) {
    case 'no-exception':
      return `${quoted} allows no exception, which no number of requests can prove: this SLO can never PASS; ask for a little less or use policy point`
    case 'few-requests': {
      const { least, asked, extra } = found
      const more = extra === 0 ? '' : ` and up to ${extra} more`
      return `${nameSlo(slo)} needs at least ${least} requests at ${nameConfidence(found)}, the spec asks for ${sayAsked(asked, found)}${more}: this SLO can never PASS; ask for ${sayWhole(least, asked, found)} or use policy point`
    }
    case 'few-for-success': {
      const { least, asked, proof } = found
      return `${quoted} takes at least ${least} requests to prove that ${formatQuantity(proof, 'share')} of them complete, as it is of completed ones alone; the spec asks for ${sayAsked(asked, found)}: this SLO can never PASS; ask for ${sayWhole(least, asked, found)} or use policy point`
    }
    case 'likely-undecided': {
      const { least, asked, likely } = found
      return `${nameSlo(slo)}: likely INCONCLUSIVE with ${sayAsked(asked, found)} requests, ${least} are the fewest that can be a PASS; ask for ${sayWhole(likely, asked, found)} or more`
    }
    case 'few-for-share': {
      const { least, asked } = found
      const takes =
        least === undefined ? 'more requests than there are' : `at least ${least} requests`
      const ask =
        least === undefined
          ? 'allow a little more'
          : `ask for ${sayWhole(least, asked, found)} or allow more`
      return `${quoted} takes ${takes} of each target, the spec asks for ${sayAsked(asked, found)}: this SLO can never PASS; ${ask}`
    }
    case 'statistic-not-kept':
      return `${quoted} asks for a statistic that results do not keep of their rounds: this SLO can never be decided; use mean, p50, p75, p90, p95 or p99`
    case 'few-rounds':
      return `${quoted} ${nameRounds(found)}, the spec asks for rounds: ${found.rounds}: this SLO can never be decided; ask for more`
    case 'small-rounds': {
      const { asked, rounds, enough } = found
      return `${quoted} ${nameRounds(found)}, the spec asks for ${sayAsked(asked, found)} in ${rounds} rounds: this SLO can never be decided; ask for ${sayWhole(enough, asked, found)} requests`
    }
    case 'few-for-failures': {
      const { least, asked } = found
      return `${quoted} takes at least ${least} requests of each target to disprove that far more fail than of the baseline, the spec asks for ${sayAsked(asked, found)}: this SLO can never PASS; ask for ${sayWhole(least, asked, found)}`
    }
    case 'noise-above-allowance': {
      const { rounds, change, allowed, enough } = found
      const more = enough === undefined ? '' : `ask for about ${enough} requests, or `
      return `${quoted}: by the calibrated noise of this target its ${rounds} rounds find a change of ${formatChange(change)} in four of five runs, and ${formatChange(allowed)} is allowed: it may well stay INCONCLUSIVE; ${more}allow more`
    }
    case 'low-power': {
      const { needed, requests, asked, rounds } = found
      const best = asked === undefined ? '' : ` of at least ${requests} requests`
      const given =
        asked === undefined ? `${rounds} rounds` : `${sayAsked(asked, found)} in ${rounds} rounds`
      const most = Math.max(needed, rounds)
      const ask =
        asked === undefined
          ? ''
          : `${sayWhole(Math.max(asked, most * requests), asked, found)} requests in `
      return `${quoted} is decided best by ${needed} rounds${best}, the spec asks for ${given}: it may well stay INCONCLUSIVE; ask for ${ask}${most} rounds, or measure what can be told: slogate calibrate --noise`
    }
  }
}

function nameSlo({ metric, stat, tags = [] }: Slo): string {
  const written = tags.map(({ name, value }) => ({ name, value: formatTagValue(value) }))
  return nameStatistic({ metric, stat: formatStat(stat), tags: written })
}

/** `asked`: those that the SLO is about. */
function sayAsked(asked: number, { whole }: Infeasibility): string {
  return whole === undefined ? `${asked}` : `${asked} such of ${whole}`
}

/** How many requests there must be for `own` ones that the SLO is about. */
function sayWhole(own: number, asked: number, { whole }: Infeasibility): string {
  if (whole === undefined) return `${own}`
  return asked === 0 ? `more than ${whole}` : `about ${Math.ceil((own * whole) / asked)} in all`
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
