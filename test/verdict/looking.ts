import type { Gate } from '../../src/bench-spec/spec.ts'
import { foresee } from '../../src/verdict/curtailment.ts'
import { completed, load as anyLoad, times } from '../metrics/records.ts'
import { slo } from '../metrics/slos.ts'
import { testTimes } from './_budgets.ts'

const gate: Gate = { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 }

/** `alpha` is the error of each look. */
interface Looking {
  bound: number
  extra: number
  alpha: number
}

/**
 * Judges "p95 <= bound" after 5 rounds of 60 requests and after each extra one, and stops at the
 * first decision. `drawRound` gives the times of so many requests in the order of their dispatch.
 */
export function lookAgain(
  drawRound: (size: number) => readonly number[],
  { bound, extra, alpha }: Looking,
): { status: 'FAIL' | 'PASS' | undefined; sent: number } {
  const drawn = times(4, () => drawRound(60)).flat()
  for (let look = 0; look <= extra; look++) {
    drawn.push(...drawRound(60))
    const { pFail, pPass } = testTimes(drawn, bound, alpha)
    if (pFail <= alpha) return { status: 'FAIL', sent: drawn.length }
    if (pPass <= alpha) return { status: 'PASS', sent: drawn.length }
  }
  return { status: undefined, sent: drawn.length }
}

/** Requests of 500 that are sent before the verdict on "p95 <= T" is certain, looked at every 20. */
export function curtail(isBad: () => boolean): number {
  const load = { ...anyLoad, requests: 500 }
  const records = times(500, (index) => completed({ index, ttft: isBad() ? 900 : 100, events: 1 }))
  const p95 = slo('ttft p95 <= 500')
  for (let seen = 20; seen < 500; seen += 20) {
    if (foresee(p95, records.slice(0, seen), { gate, load, family: 1 })) return seen
  }
  return 500
}
