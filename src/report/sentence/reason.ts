import { allowedShare } from '../../bench-spec/sample-size.ts'
import { limitsFailures } from '../../bench-spec/sample-size.ts'
import { joinTags } from '../../bench-spec/tag.ts'
import type { ReasonDocument, SloDocument } from '../../results/results.ts'
import type { Untold } from '../../results/wording.ts'
import { formatQuantity } from '../quantity.ts'
import { nameStatistic, readStat } from '../statistic.ts'
import { nameDependence } from './dependence.ts'
import { explainNothing } from './nothing.ts'
import { nameMore, stateObserved } from './observed.ts'
import { explainComparison } from './relative-reason.ts'

type Slo = Untold<SloDocument>

/** How an SLO's own figures led to the status that they did. */
export function explainReason(slo: Slo): string {
  const { reason } = slo
  switch (reason.kind) {
    case 'exceedances':
      return explainExceedances(slo, reason)
    case 'rounds':
      return explainRounds(slo)
    case 'ratio':
    case 'signs':
    case 'left-out':
    case 'failures':
    case 'no-finite-value':
      return explainComparison(slo)
    case 'policy-point':
      return slo.relative === null ? explainPoint(slo, 'policy point') : explainComparison(slo)
    case 'extreme':
      return explainPoint(slo, `a ${slo.stat} has no other way`)
    case 'few-rounds':
      return explainPoint(slo, `${reason.rounds} rounds, a test takes ${reason.needed}`)
    case 'no-logarithm':
      return explainPoint(slo, 'a test takes values and a bound above 0')
    case 'few-pairs':
      return explainFew(slo, reason)
    case 'statistic-not-kept':
      if (slo.tags.length > 0)
        return `Results keep figures of whole rounds, not of ${joinTags(slo.tags)}.`
      return 'Results keep mean, p50, p75, p90, p95 and p99 of a round, and no other statistic.'
    case 'no-value':
      return ofTarget(reason.target, explainMissing(slo))
    case 'no-request':
      return ofTarget(reason.target, `No measured request has ${joinTags(slo.tags)}.`)
    case 'nothing-completed':
      return ofTarget(reason.target, explainNothing(reason))
    case 'no-baseline':
      return 'There is no baseline to compare with.'
  }
}

function explainExceedances(
  slo: Slo,
  { failed, left, asked, without_value: without }: Extract<ReasonDocument, { kind: 'exceedances' }>,
): string {
  const { exceedances, n } = slo
  const counted = slo.metric === 'chunk_gap' ? 'gaps' : 'requests'
  const seen = `${stateObserved(slo)}: ${exceedances} of ${n} ${counted} ${nameFault(slo, { failed, left })}`
  const own = slo.turns[0]?.from ?? slo.status
  const missing =
    without > 0 && own === 'INCONCLUSIVE' ? ` ${without} completed requests gave no value.` : ''
  return `${seen}${weighIn(slo)}.${missing}${nameDependence(slo)}${nameMore(slo, asked)}`
}

/** What a bad observation did: `are above 800ms`. */
function nameFault(slo: Slo, { failed, left }: { failed: number; left: number }): string {
  const { metric, op, bound, unit } = slo
  if (unit !== 'share') {
    const beyond = { '<': 'at or above', '<=': 'above', '>': 'at or below', '>=': 'below' }[op]
    const orFailed = failed > 0 ? ' or failed' : ''
    const orLeft = left > 0 ? ' or left before' : ''
    return `${slo.exceedances === 1 ? 'is' : 'are'} ${beyond} ${formatQuantity(bound ?? 'infinite', unit)}${orFailed}${orLeft}`
  }
  const ofFailures = limitsFailures({ metric, op })
  if (metric === 'goodput')
    return ofFailures ? 'missed a goodput bound' : 'kept every goodput bound'
  return ofFailures ? 'failed' : 'completed'
}

function weighIn(slo: Slo): string {
  const { pass_at_most: most, fail_at_least: fewest, bound, turns, status } = slo
  const own = turns[0]?.from ?? status
  if (own === 'PASS') return `; up to ${most} still prove the SLO`
  if (own === 'FAIL') return `; ${fewest} are enough to disprove it`
  if (allowedShare({ ...slo, bound: bound ?? 0, stat: readStat(slo) }) === 0) {
    return '; no number of requests can prove that none ever will'
  }
  const pass = most === null ? 'not even 0 would be a PASS' : `a PASS allows ${most}`
  return fewest === null ? `; ${pass}` : `; ${pass}, a FAIL takes ${fewest}`
}

function explainRounds(slo: Slo): string {
  const { interval, rounds, bound, unit } = slo
  const [low, high] = [interval?.low, interval?.high].map((limit) =>
    formatQuantity(limit ?? 'infinite', unit),
  )
  return `${stateObserved(slo)}: its ${rounds} rounds put it between ${low} and ${high}, the bound is ${formatQuantity(bound ?? 'infinite', unit)}.`
}

/** `because`: why no test was made. */
function explainPoint(slo: Slo, because: string): string {
  const bound = formatQuantity(slo.bound ?? 'infinite', slo.unit)
  return `${stateObserved(slo)}, the bound is ${bound}: decided by the observed value alone (${because}).`
}

function explainMissing({ metric }: Slo): string {
  if (metric === 'tpot') {
    return 'No tpot: the server sent no token count; ask for usage, for example with stream_options.include_usage.'
  }
  if (metric === 'chunk_gap' || metric === 'stall') {
    return `No ${metric}: no answer came in two token events or more.`
  }
  return `No ${metric}: no request gave a value.`
}

function explainFew(
  slo: Slo,
  { pairs, needed, requests }: Extract<ReasonDocument, { kind: 'few-pairs' }>,
): string {
  const of = requests > 1 ? ` of at least ${requests} requests` : ''
  return `To compare ${nameStatistic(slo)} takes ${needed} rounds${of} in which both sides have a value, and there are ${pairs}.`
}

function ofTarget(target: 'candidate' | 'baseline', sentence: string): string {
  return target === 'baseline' ? `Of the baseline: ${sentence}` : sentence
}
