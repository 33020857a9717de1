import type { EndDocument, Results } from '../../results/results.ts'
import { nameEnd } from './end.ts'
import { explainNothing } from './nothing.ts'

type Verdict = Pick<Results['verdict'], 'status' | 'reason'>

/** Why the run has its verdict. */
export function explainVerdict(verdict: Verdict, end: EndDocument): string {
  const found = explainReason(verdict)
  if (end.kind === 'finished' || verdict.reason.kind === 'nothing-completed') {
    // A run that was cut off says so first.
    const cut = end.kind !== 'finished' && end.kind !== 'curtailed'
    return cut ? `${nameEnd(end)}.` : found
  }
  if (end.kind === 'curtailed') return `${found} ${nameEnd(end)}.`
  return verdict.status === 'FAIL' ? `${nameEnd(end)}. ${found}` : `${nameEnd(end)}.`
}

const complaints: Readonly<Record<Exclude<Verdict['status'], 'PASS'>, string>> = {
  FAIL: 'missed',
  ERROR: 'could not be judged',
  INCONCLUSIVE: 'undecided',
}

function explainReason({ status, reason }: Verdict): string {
  switch (reason.kind) {
    case 'no-slo':
      return 'No SLO was asked for, so there is nothing to judge.'
    case 'none-blocks':
      return 'No SLO of level error was asked for, so none can block.'
    case 'nothing-completed':
      return explainNothing(reason)
    case 'slos': {
      const { slos, blocking } = reason
      if (status === 'PASS') return `${slos.length} of ${blocking} SLOs of level error hold.`
      const names = slos.map((text) => `"${text}"`).join(', ')
      return `${slos.length} of ${blocking} SLOs of level error ${complaints[status]}: ${names}.`
    }
  }
}
