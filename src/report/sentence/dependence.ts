import { limitsFailures } from '../../bench-spec/sample-size.ts'
import type { DependenceDocument, SloDocument } from '../../results/results.ts'
import type { Untold } from '../../results/wording.ts'

type Slo = Untold<SloDocument>

/** How much of n a side of the test counts, and why; a sentence with a space before it, or nothing. */
export function nameDependence(slo: Slo): string {
  const { dependence, turns, status, n } = slo
  if (dependence === null) return ''
  const own = turns[0]?.from ?? status
  const { fail, pass } = dependence
  // Of what is undecided the reader asks why it is not what the observed value says.
  const misses = own === 'FAIL' || (own === 'INCONCLUSIVE' && isMissed(slo))
  const [side, found] = misses ? ['FAIL', fail] : ['PASS', pass]
  const cause = nameCause(slo, found)
  if (cause !== undefined) return ` For a ${side} these ${n} count as fewer: ${cause}.`
  return assumesSingly(slo) && !misses ? ' Failures are assumed to come singly.' : ''
}

function isMissed({ margin }: Slo): boolean {
  return margin === 'infinite' || (margin ?? 0) < 0
}

function nameCause({ metric }: Slo, found: DependenceDocument): string | undefined {
  switch (found.kind) {
    case 'none':
      return undefined
    case 'groups': {
      const { of, groups, design_effect: effect } = found
      const what = `${groups} ${nameGroups(of)}`
      const more = Number(effect.toPrecision(3))
      return `${metric} differs between ${what} ${more} times as much as chance makes it (design effect)`
    }
    case 'bursts': {
      const length = Number(found.length.toPrecision(2))
      const by = found.by === 'spec' ? 'by the spec ' : ''
      return `${by}failures come ${length} in a row on average`
    }
  }
}

/** What observations are put together by. */
export function nameGroups(of: Extract<DependenceDocument, { kind: 'groups' }>['of']): string {
  if (of === 'slices') return 'parts of the run'
  return of === 'sessions' ? 'conversations' : of
}

/** Whether it is about failures of which none was seen, and the spec does not say how they come. */
function assumesSingly({ metric, op, exceedances }: Slo): boolean {
  const aboutFailures = metric === 'success_rate' || metric === 'error_rate'
  return aboutFailures && limitsFailures({ metric, op }) && exceedances === 0
}
