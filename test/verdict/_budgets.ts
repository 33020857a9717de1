import { toSample } from '../../src/metrics/sample.ts'
import { testBudget } from '../../src/verdict/assessment.ts'
import { percentileBudget } from '../../src/verdict/budget.ts'
import type { ExactTest } from '../../src/verdict/exact.ts'
import { slo } from '../metrics/slos.ts'

const p95 = slo('ttft p95 <= 1')

/** Tests "p95 <= bound" of times in the order of dispatch, as a judge does. */
export function testTimes(times: readonly number[], bound: number, alpha: number): ExactTest {
  const sample = toSample(times)
  if (sample === undefined) throw new Error('there are no times')
  const requests = times.map((value, index) => ({
    index,
    round: 0,
    values: [value],
    failed: false,
  }))
  const counts = { failed: 0, left: 0, failureWeight: 1, unknown: 0, unseen: 0 }
  const observation = { kind: 'values', sample, ...counts, requests } as const
  const asked = { ...p95, bound }
  return testBudget(percentileBudget(asked, 95, { observation, failures: 'as-infinite' }), alpha)
    .test
}
