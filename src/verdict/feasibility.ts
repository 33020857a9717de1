import { extraRequests } from '../bench-spec/round.ts'
import type { RelativeSlo, Slo } from '../bench-spec/slo.ts'
import type { Baseline, Gate, Load } from '../bench-spec/spec.ts'
import { formatQuantity } from '../metrics/quantity.ts'
import { allowedShare } from './budget.ts'
import { nameStatistic } from './explanation.ts'
import { roundValues } from './figures.ts'
import { fewestPairs, requestsNeeded } from './grouping.ts'
import { alphaOf, countLooks } from './looks.ts'
import { binomialAtMost } from './tails.ts'

export interface Infeasibility {
  slo: Slo
  message: string
}

/**
 * SLOs that can never PASS at the number of requests asked for, extra rounds included, even if not
 * one of them is bad.
 * Nothing is said of policy `point`, of means, rates and extremes, nor of `chunk_gap`, whose number
 * of gaps is not known before the run.
 */
export function checkFeasibility(
  slos: readonly Slo[],
  load: Load,
  gate: Gate,
  baseline?: Baseline,
): Infeasibility[] {
  if (gate.policy === 'point') return []
  return slos.flatMap((slo): Infeasibility[] => {
    if (slo.allowance !== undefined) {
      const message = checkRelative(slo, load, gate.confidence, baseline?.kind)
      return message === undefined ? [] : [{ slo, message: `"${slo.text}" ${message}` }]
    }
    const share = allowedShare(slo)
    if (share === undefined) return []
    if (share === 0) {
      const message = `"${slo.text}" allows no exception, which no number of requests can prove: this SLO can never PASS; ask for a little less or use policy point`
      return [{ slo, message }]
    }
    const least = fewestToPass(share, 1 - alphaOf(gate))
    if (slo.metric === 'chunk_gap' || load.requests === undefined) return []
    const extra = gate.maxExtraRounds * extraRequests(load)
    if (load.requests + extra >= least) return []
    const asked = `${load.requests}${extra === 0 ? '' : ` and up to ${extra} more`}`
    const message = `${nameStatistic(slo)} needs at least ${least} requests at ${nameConfidence(gate)}, the spec asks for ${asked}: this SLO can never PASS; ask for ${least} or use policy point`
    return [{ slo, message }]
  })
}

/** Why a relative SLO can never be decided, or never be a PASS. */
function checkRelative(
  slo: RelativeSlo,
  { requests, rounds }: Load,
  confidence: number,
  kind: Baseline['kind'] | undefined,
): string | undefined {
  if (slo.unit === 'share') {
    const allowed = Math.abs(slo.allowance.change)
    const least = allowed === 0 ? Infinity : fewestToPass(allowed, confidence)
    if (requests === undefined || requests >= least) return undefined
    const ask = least === Infinity ? 'allow a little more' : `ask for ${least} or allow more`
    return `takes ${least === Infinity ? 'more requests than there are' : `at least ${least} requests`} of each target, the spec asks for ${requests}: this SLO can never PASS; ${ask}`
  }
  if (kind === 'file' && roundValues([], slo) === undefined) {
    return 'asks for a statistic that results do not keep of their rounds: this SLO can never be decided; use mean, p50, p75, p90, p95 or p99'
  }
  const needed = requestsNeeded(slo)
  const takes = `takes ${fewestPairs} rounds of at least ${needed} requests`
  if (rounds < fewestPairs) {
    return `${takes}, the spec asks for rounds: ${rounds}: this SLO can never be decided; ask for more`
  }
  if (requests === undefined) return undefined
  // Neighbours are put together where rounds alternated; the rounds of a file are as they are.
  const together = kind === 'file' ? 1 : Math.floor(rounds / fewestPairs)
  const inRound = Math.ceil(needed / together)
  if (Math.floor(requests / rounds) >= inRound) return undefined
  return `${takes}, the spec asks for ${requests} in ${rounds} rounds: this SLO can never be decided; ask for ${inRound * rounds} requests`
}

function nameConfidence(gate: Gate): string {
  const { planned, confidence } = countLooks(gate, 1)
  const each = `${formatQuantity(confidence, 'share')} confidence`
  return planned === 1
    ? each
    : `${each} (${formatQuantity(gate.confidence, 'share')} over ${planned} looks)`
}

/** Smallest n with (1 − q)ⁿ ≤ α: n ≥ ln α / ln(1 − q). */
export function fewestToPass(share: number, confidence: number): number {
  const alpha = 1 - confidence
  const estimate = Math.max(1, Math.round(Math.log(alpha) / Math.log1p(-share)))
  // Rounding may end on either side of the least number; the test itself has the last word.
  return binomialAtMost(0, estimate, share) <= alpha ? estimate : estimate + 1
}
