import { isUpperBound } from '../../bench-spec/slo.ts'
import type { ReasonDocument, SloDocument } from '../../results/results.ts'
import { decide } from '../../verdict/decision.ts'
import {
  type Account,
  readAlpha,
  besideAlpha,
  type Case,
  compare,
  marginStep,
  type Part,
  showFigure,
  showMeasured,
  type Step,
} from './account.ts'
import { compareRange, halfDigit, retrace } from './student.ts'

type FailuresDocument = Extract<ReasonDocument, { kind: 'failures' }>

/** A statistic beside the baseline's; Student's t on ln ratios out of its interval where there was one. */
export function accountRatio({ slo, results }: Case): Account {
  const { relative, allowance, observed, unit, n, p_fail: fail, p_pass: pass } = slo
  if (relative === null) {
    return { steps: [], differences: ['relative is null in results.json'], status: undefined }
  }
  const alpha = readAlpha(results)
  const { baseline, change, low, high, allowed, rounds } = relative
  const floor = allowance?.floor ?? null
  const words = floor === null ? '' : `, the looser of the change and ${showMeasured(floor, unit)}`
  const steps: Step[] = [
    { about: 'observed', text: `${showMeasured(observed, unit)} over n = ${n}` },
    { about: 'baseline', text: showMeasured(baseline, unit) },
    { about: 'allowed', text: `${allowed}${words}` },
    marginStep(slo),
  ]
  if (change !== null && low !== null && high !== null) {
    const text = `${change} by R = ${rounds} rounds, with limits ${low} to ${high}`
    steps.push({ about: 'change', text })
  }
  const failures = slo.reason.kind === 'failures' ? accountFailures(slo.reason, slo) : undefined
  if (failures !== undefined) steps.push(...failures.steps)
  if (fail === null || pass === null) return { steps, differences: [], status: 'INCONCLUSIVE' }
  for (const [about, p] of [['p_fail', fail] as const, ['p_pass', pass] as const]) {
    steps.push({ about, text: `${showFigure(p)} ${besideAlpha(p, alpha)}` })
  }
  const differences = failures?.differences ?? retraceRatio({ slo, results })
  return { steps, differences, status: decide({ pFail: fail, pPass: pass }, alpha) }
}

/** The difference of the failed shares, whose limits say what its test came to. */
function accountFailures(
  { failed, requests, baseline, difference, low, high, allowed }: FailuresDocument,
  { status, turns }: SloDocument,
): Part {
  const quotients = `${failed} ÷ ${requests} − ${baseline.failed} ÷ ${baseline.requests}`
  const own = failed / requests - baseline.failed / baseline.requests
  const beyond = low > allowed ? 'FAIL' : 'INCONCLUSIVE'
  const stands = turns[0]?.from ?? status
  return {
    steps: [
      {
        about: 'failures',
        text: `${quotients} = ${showFigure(own)} with limits ${low} to ${high} at α ÷ 2 each, beside ${allowed}; p is doubled`,
      },
    ],
    differences: [
      ...compare('difference', difference, own),
      ...(stands === beyond && high > allowed
        ? []
        : [`status is ${stands} in results.json, and ${beyond} by the limits of the failures`]),
    ],
  }
}

/** The paired test is known by its limits; of other tests they do not tell enough. */
function retraceRatio({ slo, results }: Case): string[] {
  const { relative, allowance, unit, p_fail: fail, p_pass: pass } = slo
  const { low = null, high = null } = relative ?? {}
  const floor = allowance?.floor ?? null
  const paired = results.baseline?.kind === 'interleaved' && unit !== 'share' && floor === null
  if (!paired || relative === null || low === null || high === null) return []
  const test = retrace({
    low: 1 + low,
    high: 1 + high,
    half: { low: halfDigit(low), high: halfDigit(high) },
    bound: 1 + relative.allowed,
    rounds: relative.rounds,
    alpha: readAlpha(results),
  })
  const [pFail, pPass] = isUpperBound(slo.op) ? [test.above, test.below] : [test.below, test.above]
  return [...compareRange('p_fail', fail, pFail), ...compareRange('p_pass', pass, pPass)]
}
