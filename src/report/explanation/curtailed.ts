import { type Account, type Case, marginStep, showFigure, showMeasured } from './account.ts'

/**
 * A run that was stopped because its outcome was certain. What was certain is a statement about
 * requests that were never sent, so that nothing can be computed anew from the figures.
 */
export function accountCurtailed({ slo }: Case): Account {
  const { observed, unit, n, exceedances: bad, status } = slo
  const p = status === 'FAIL' ? slo.p_fail : slo.p_pass
  const certain = (status === 'FAIL' || status === 'PASS') && p !== null
  return {
    steps: [
      { about: 'observed', text: `${showMeasured(observed, unit)} so far, over n = ${n}` },
      marginStep(slo),
      ...(bad === null
        ? []
        : [{ about: 'bad', text: `E = ${bad} of n = ${n} observations so far` }]),
      ...(certain
        ? [
            {
              about: 'certain',
              text: `p = ${showFigure(p)} at the most, however the rest had gone`,
            },
          ]
        : []),
    ],
    differences: [],
    status: undefined,
  }
}
