import { holds } from '../../metrics/measure.ts'
import { type Account, readBound, type Case, marginStep, showMeasured } from './account.ts'

/** No test: the observed value beside the bound. */
export function accountPoint({ slo }: Case): Account {
  const { observed, op, unit, n } = slo
  const bound = readBound(slo)
  const held = typeof observed === 'number' && holds(observed, op, bound)
  const value = showMeasured(observed, unit)
  return {
    steps: [
      { about: 'observed', text: `${value} over n = ${n}` },
      marginStep(slo),
      {
        about: 'decision',
        text: `${value} ${op} ${showMeasured(bound, unit)} ${held ? 'holds' : 'does not hold'}; no test was made`,
      },
    ],
    differences: [],
    status: held ? 'PASS' : 'FAIL',
  }
}
