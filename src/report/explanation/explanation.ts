import { cleanLine } from '../../bench-spec/plain-text.ts'
import type { Results, SloDocument } from '../../results/results.ts'
import { sloCells } from '../cells.ts'
import { padEnd, wrap } from '../columns.ts'
import { explainSlo } from '../sentence/slo.ts'
import type { Account, Case, Step } from './account.ts'
import { accountCurtailed } from './curtailed.ts'
import { accountExact } from './exact.ts'
import { accountPoint } from './point.ts'
import { accountRatio } from './ratio.ts'
import { accountRounds } from './rounds.ts'
import { accountTurns } from './turn.ts'

export interface Explanation {
  text: string
  /** What results.json says otherwise than its own figures do; empty when they agree. */
  differences: readonly string[]
}

const width = 100
const indent = 14

/** The arithmetic of one verdict, computed anew from the figures of results.json. */
export function accountFor(results: Results, slo: SloDocument): Explanation {
  const parts = account({ slo, results })
  const differences = parts.flatMap((part) => part.differences)
  const steps = [
    ...looksSteps(results),
    ...parts.flatMap(({ steps }) => steps),
    { about: slo.status, text: explainSlo(slo, results.end) },
    {
      about: 'check',
      text:
        differences.length === 0 ? 'computed anew, every figure agrees' : differences.join('; '),
    },
  ]
  const title = `${cleanLine(results.spec.name)}: ${sloCells(slo).slo}: ${slo.status}`
  const name = slo.id === slo.text ? [] : [`  id ${cleanLine(slo.id)}`]
  const lines = steps.flatMap(({ about, text }) =>
    wrap(cleanLine(text), width - indent - 2).map(
      (line, index) => `  ${padEnd(index === 0 ? about : '', indent)}${line}`,
    ),
  )
  return { text: [title, ...name, ...lines].join('\n'), differences }
}

function account(given: Case): Account[] {
  if (given.results.end.kind === 'curtailed') return [accountCurtailed(given)]
  const own = accounts[given.slo.method](given)
  return [own, accountTurns(given, own.status)]
}

/** Why α is less than 1 − confidence. */
function looksSteps({ verdict }: Results): Step[] {
  const { planned, taken } = verdict.looks
  if (planned === 1) return []
  const share = `(1 − ${verdict.confidence}) ÷ ${planned}`
  return [{ about: 'looks', text: `${taken} of ${planned} planned, each at α = ${share}` }]
}

const accounts: Readonly<Record<SloDocument['method'], (given: Case) => Account>> = {
  exact: accountExact,
  rounds: accountRounds,
  ratio: accountRatio,
  point: accountPoint,
  none: () => ({ steps: [], differences: [], status: undefined }),
}
