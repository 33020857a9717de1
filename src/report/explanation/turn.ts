import type { SloDocument } from '../../results/results.ts'
import { adjustByHolm } from '../../verdict/holm.ts'
import { type Account, alphaOf, besideAlpha, type Case, compare, showFigure } from './account.ts'

/** What becomes of the arithmetic's own status: the number of SLOs, the doubts, the end of the run. */
export function accountTurn(given: Case, own: Account['status']): Account {
  const holm = accountHolm(given, own)
  const { slo, results } = given
  const status = holm.status ?? own
  const steps = [...holm.steps, ...doubtSteps(given)]
  if (status === undefined || status === slo.status) {
    return { steps, differences: holm.differences, status: slo.status }
  }
  const ended = results.end.kind !== 'finished' && slo.status === 'ERROR'
  const doubted = slo.status === 'INCONCLUSIVE' && slo.why.includes(`Not a ${status}: `)
  const differences =
    ended || doubted
      ? []
      : [`status is ${slo.status} in results.json, and ${status} by its own figures`]
  const reason = ended ? `the run was ${results.end.kind}` : 'a doubt, see the sentence below'
  return {
    steps: [...steps, { about: 'turned', text: `${status} became ${slo.status}: ${reason}` }],
    differences: [...holm.differences, ...differences],
    status: slo.status,
  }
}

/** Holm over the SLOs of level error that have a p. */
function accountHolm({ slo, results }: Case, own: Account['status']): Account {
  const family = results.verdict.slos.filter(isCounted)
  const place = family.findIndex(({ id }) => id === slo.id)
  const adjusted = adjustByHolm(family.map(({ p_fail: p }) => p))[place]
  if (adjusted === undefined || slo.p_fail === null) {
    return { steps: [], differences: [], status: undefined }
  }
  const alpha = alphaOf(results)
  const { p_fail: p } = slo
  const smaller = family.filter((other) => other.p_fail < p).length
  const least = adjusted > Math.min(1, p * (family.length - smaller)) * 1.001
  const how = least
    ? 'that of a smaller one is larger'
    : `${showFigure(p)} · ${family.length - smaller}`
  return {
    steps: [
      {
        about: 'Holm',
        text: `${smaller + 1}. smallest of ${family.length} p_fail of level error: ${how} = ${showFigure(adjusted)} ${besideAlpha(adjusted, alpha)}`,
      },
    ],
    differences: compare('p_fail_adjusted', slo.p_fail_adjusted, adjusted),
    status: own === 'FAIL' && adjusted > alpha ? 'INCONCLUSIVE' : undefined,
  }
}

function isCounted(slo: SloDocument): slo is SloDocument & { p_fail: number } {
  return slo.level === 'error' && slo.p_fail !== null
}

/** The client's own lateness beside a bound on a time. */
function doubtSteps({ slo, results }: Case): Account['steps'] {
  const delay = results.client?.event_loop_delay_p99_ms ?? undefined
  if (slo.unit !== 'ms' || slo.metric === 'dispatch_delay' || delay === undefined) return []
  if (slo.bound === null) return []
  const sign = delay * 10 < slo.bound ? '<' : '≥'
  const busy = showFigure(results.client?.event_loop_utilization ?? 0)
  return [
    {
      about: 'client',
      text: `late by ${delay}ms (p99): 10 · ${delay}ms ${sign} bound ${slo.bound}ms; its event loop was busy for a share of ${busy}`,
    },
  ]
}
