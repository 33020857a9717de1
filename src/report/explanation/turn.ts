import type { SloDocument } from '../../results/results.ts'
import { adjustByHolm } from '../../verdict/holm.ts'
import { type Account, readAlpha, besideAlpha, type Case, compare, showFigure } from './account.ts'

/** What became of the arithmetic's own status: the number of SLOs, the doubts, the end of the run. */
export function accountTurns(given: Case, own: Account['status']): Account {
  const { slo } = given
  const holm = accountHolm(given, own)
  const first = slo.turns[0]?.from ?? slo.status
  const last = slo.turns.at(-1)?.to ?? slo.status
  const corrected = slo.turns.some(({ kind }) => kind === 'holm')
  return {
    steps: [
      ...holm.steps,
      ...clientSteps(given),
      ...slo.turns.map(({ kind, from, to }) => ({
        about: 'turned',
        text: `${from} became ${to}: ${causes[kind]}`,
      })),
    ],
    differences: [
      ...holm.differences,
      ...(own === undefined || own === first
        ? []
        : [`status is ${first} in results.json, and ${own} by its own figures`]),
      ...(last === slo.status
        ? []
        : [`status is ${slo.status} in results.json, and its turns end at ${last}`]),
      ...(own === undefined || corrected === (holm.status !== undefined)
        ? []
        : [
            `Holm ${corrected ? 'turned it' : 'did not turn it'} by results.json, and by its own figures it ${corrected ? 'does not' : 'does'}`,
          ]),
    ],
    status: slo.status,
  }
}

const causes: Readonly<Record<SloDocument['turns'][number]['kind'], string>> = {
  holm: 'it is one of several SLOs',
  'unknown-values': 'not every answer gave a value',
  'unseen-values': 'not every answer can have a value, and those might all be bad',
  'unproven-success': 'it is of completed requests alone, whose share is not proven',
  doubt: 'the figure cannot be believed',
  'not-comparable': 'the runs cannot be compared',
  certain: 'the rest of the run could not have changed it',
  ended: 'the run ended before it was decided',
}

/** Holm over the SLOs of level error that have a p. */
function accountHolm({ slo, results }: Case, own: Account['status']): Account {
  const family = results.verdict.slos.filter(isCounted)
  const place = family.findIndex(({ id }) => id === slo.id)
  const adjusted = adjustByHolm(family.map(({ p_fail: p }) => p))[place]
  if (adjusted === undefined || slo.p_fail === null) {
    return { steps: [], differences: [], status: undefined }
  }
  const alpha = readAlpha(results)
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

/** The client's own lateness, and where it was more than the margin. */
function clientSteps({ slo, results }: Case): Account['steps'] {
  const delay = results.client?.event_loop_delay_p99_ms ?? undefined
  const way = ways[slo.metric]
  if (way === undefined || delay === undefined) return []
  const busy = showFigure(results.client?.event_loop_utilization ?? 0)
  const compared = slo.turns.flatMap((turn) => {
    if (turn.kind !== 'doubt' || !('reach' in turn.doubt)) return []
    const { reach, margin } = turn.doubt
    return [`; reach ${showFigure(reach)} > ${showFigure(margin)} to the bound`]
  })
  return [
    {
      about: 'client',
      text: `late by ${delay}ms (p99), ${way}${compared.join('')}; its event loop was busy for a share of ${busy}`,
    },
  ]
}

const lengthens = 'which only lengthens it'
const either = 'which errs either way'

const ways: Readonly<Partial<Record<SloDocument['metric'], string>>> = {
  ttft: lengthens,
  ttfo: lengthens,
  latency: lengthens,
  tpot: `${either}, ÷ (tokens − 1)`,
  chunk_gap: either,
  stall: either,
}
