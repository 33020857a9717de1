import type { AbsoluteSlo, Slo } from '../bench-spec/slo.ts'
import type { Load } from '../bench-spec/spec.ts'
import type { RunEnd } from '../engine/record.ts'
import { formatQuantity } from '../metrics/quantity.ts'
import type { RunSummary } from '../metrics/summary.ts'
import type { Budget } from './budget.ts'
import type { Certainty } from './curtailment.ts'
import type { ExactTest } from './exact.ts'
import type { RoundsTest } from './rounds.ts'
import type { SloVerdict, Status } from './verdict.ts'

/** `ttft p95`, `latency mean`, `success_rate`. */
export function nameStatistic({ metric, stat }: Slo): string {
  if (stat.kind === 'value') return metric
  return `${metric} ${stat.kind === 'percentile' ? `p${stat.p}` : stat.kind}`
}

export function explainExact(
  slo: Slo,
  status: Status,
  given: { budget: Budget; test: ExactTest; more: number | undefined; load: Load },
): string {
  const { budget, test, more, load } = given
  const counted = slo.metric === 'chunk_gap' ? 'gaps' : 'requests'
  const seen = `${state(slo, budget.observed)}: ${test.bad} of ${test.n} ${counted} ${budget.fault}`
  return `${seen}${weighIn(status, budget.q, test)}${nameDependence(test)}.${nameMore(more, budget.requests, load)}`
}

export function explainRounds(
  slo: AbsoluteSlo,
  observed: number,
  test: RoundsTest,
  rounds: number,
): string {
  const { low, high } = test.interval
  const range = `${formatQuantity(low, slo.unit)} and ${formatQuantity(high, slo.unit)}`
  return `${state(slo, observed)}: its ${rounds} rounds put it between ${range}, the bound is ${formatQuantity(slo.bound, slo.unit)}.`
}

/** `because`: why no test was made, for example `policy point`. */
export function explainPoint(slo: AbsoluteSlo, observed: number, because: string): string {
  const bound = formatQuantity(slo.bound, slo.unit)
  return `${state(slo, observed)}, the bound is ${bound}: decided by the observed value alone (${because}).`
}

export function explainMissing({ metric }: Slo): string {
  if (metric === 'tpot') {
    return 'No tpot: the server sent no token count; ask for usage, for example with stream_options.include_usage.'
  }
  if (metric === 'chunk_gap' || metric === 'stall') {
    return `No ${metric}: no answer came in two token events or more.`
  }
  return `No ${metric}: no request gave a value.`
}

export function explainNothingCompleted({ requests, failures }: RunSummary): string {
  const [most] = failures
  if (most === undefined) {
    return requests.total === 0
      ? 'No request was sent.'
      : `No request completed: ${requests.total} of ${requests.total} were cancelled.`
  }
  const kind = most.status === undefined ? most.kind : `${most.kind} ${most.status}`
  return `No request completed: ${requests.failed} of ${requests.total} failed, most often with ${kind}.`
}

export function explainEnd(end: Exclude<RunEnd, { kind: 'finished' }>): string {
  if (end.kind === 'curtailed') return `The run was stopped because ${end.reason}`
  if (end.kind === 'unhealthy') {
    return `The run was stopped, the target being unhealthy (${end.reason})`
  }
  return end.kind === 'interrupted'
    ? `The run was interrupted (${end.reason})`
    : `The load process broke off (${end.message})`
}

/** Of a run that was stopped early. */
export function explainCertain(
  { slo, observed = Infinity, exceedances, n }: SloVerdict,
  { status, p, remaining }: Certainty,
): string {
  const seen = `${state(slo, observed)} so far, ${exceedances} of ${n} requests bad`
  return `${seen}: a ${status} whatever the other ${remaining} would have done (p at most ${p.toPrecision(2)}).`
}

function state(slo: Slo, observed: number): string {
  return `${nameStatistic(slo)} is ${formatQuantity(observed, slo.unit)}`
}

function weighIn(status: Status, q: number, { passAtMost, failAtLeast }: ExactTest): string {
  if (status === 'PASS') return `; up to ${passAtMost} still prove the SLO`
  if (status === 'FAIL') return `; ${failAtLeast} are enough to disprove it`
  if (q === 0) return '; no number of requests can prove that none ever will'
  const pass =
    passAtMost === undefined ? 'so few can never be a PASS' : `a PASS allows ${passAtMost}`
  return failAtLeast === undefined ? `; ${pass}` : `; ${pass}, a FAIL takes ${failAtLeast}`
}

function nameDependence({ designEffect, clusters }: ExactTest): string {
  if (designEffect === undefined) return ' (independence assumed)'
  return designEffect > 1 ? ` (design effect ${designEffect.toFixed(2)}, ${clusters} clusters)` : ''
}

export function nameMore(more: number | undefined, sent: number, { requests }: Load): string {
  if (more === undefined) return ''
  const total = requests === undefined ? '' : ` (${Math.max(requests, sent) + more} in all)`
  return ` About ${more} more requests${total} would decide it.`
}
