import type { EndDocument, SloDocument, TurnDocument } from '../../results/results.ts'
import type { Untold } from '../../results/wording.ts'
import { formatQuantity } from '../quantity.ts'
import { listDifferences } from './differences.ts'
import { explainDoubt } from './doubt.ts'
import { nameEnd } from './end.ts'
import { stateObserved } from './observed.ts'
import { explainReason } from './reason.ts'

type Slo = Untold<SloDocument>

/** Why an SLO has its status: its own figures, and what then changed the status. */
export function explainSlo(slo: Slo, end: EndDocument): string {
  return slo.turns.reduce((told, turn) => tellTurn(told, turn, { slo, end }), explainReason(slo))
}

function tellTurn(
  told: string,
  turn: TurnDocument,
  { slo, end }: { slo: Slo; end: EndDocument },
): string {
  switch (turn.kind) {
    case 'holm': {
      const p = `p ${formatP(slo.p_fail)} is ${formatP(slo.p_fail_adjusted)} after Holm`
      return `${told} Not a FAIL among ${turn.family} SLOs: ${p}.`
    }
    case 'unknown-values':
      return `${told} Not a PASS: ${turn.requests} completed requests gave no value.`
    case 'unseen-values':
      return `${told} Not a PASS: ${turn.requests} completed requests cannot have a ${nameValue(slo)}, and it would be none if they were bad.`
    case 'unproven-success':
      return `${told} Not a PASS: it is of completed requests alone, and a success rate of ${formatQuantity(turn.proof, 'share')} is not proven beside it: ${turn.failed} of ${turn.requests} failed.`
    case 'doubt':
      return `${told} ${tellDoubt(turn, slo)}`
    case 'not-comparable':
      return `Not comparable: ${listDifferences(turn.differences)}. ${told}`
    case 'certain': {
      const seen = `${stateObserved(slo)} so far, ${slo.exceedances} of ${slo.n} requests bad`
      return `${seen}: a ${turn.to} whatever the other ${turn.remaining} would have done (p at most ${formatP(turn.p)}).`
    }
    case 'ended':
      return `${nameEnd(end)} before this was decided.`
  }
}

/** What an answer of one token has not. */
function nameValue({ metric }: Slo): string {
  return metric === 'goodput' ? 'value that is bounded' : metric
}

/** A miss that is taken back must not be read as a success. */
function tellDoubt({ from, doubt }: Extract<TurnDocument, { kind: 'doubt' }>, slo: Slo): string {
  const told = `Not a ${from}: ${explainDoubt(doubt, { from, unit: slo.unit })}.`
  return from === 'FAIL'
    ? `${told} Not a PASS either: policy pr does not block on it, release does.`
    : told
}

function formatP(p: number | null): string {
  return p === null ? '?' : p.toPrecision(2)
}
