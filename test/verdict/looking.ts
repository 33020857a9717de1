import { findRound } from '../../src/bench-spec/round.ts'
import type { Gate } from '../../src/bench-spec/spec.ts'
import { foresee } from '../../src/verdict/curtailment.ts'
import { testExactly } from '../../src/verdict/exact.ts'
import { completed, load as anyLoad, times } from '../metrics/records.ts'
import { slo } from '../metrics/slos.ts'

const gate: Gate = { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 }

/**
 * Judges "p95 <= T" after 5 rounds of 60 requests and after each extra one, and stops at the first
 * decision. `drawRound` says how many of a round are bad, `alpha` is the error of each look.
 */
export function lookAgain(
  drawRound: (size: number) => number,
  extra: number,
  alpha: number,
): { status: 'FAIL' | 'PASS' | undefined; sent: number } {
  const clusters: { size: number; hits: number }[] = []
  for (let round = 0; round < 5 + extra; round++) {
    clusters.push({ size: 60, hits: drawRound(60) })
    if (round < 4) continue
    const { pFail, pPass } = testExactly(clusters, 0.05, alpha)
    if (pFail <= alpha) return { status: 'FAIL', sent: 60 * clusters.length }
    if (pPass <= alpha) return { status: 'PASS', sent: 60 * clusters.length }
  }
  return { status: undefined, sent: 60 * clusters.length }
}

/** Requests of 500 that are sent before the verdict on "p95 <= T" is certain, looked at every 20. */
export function curtail(isBad: () => boolean, rounds: number): number {
  const load = { ...anyLoad, requests: 500, rounds }
  const records = times(500, (index) =>
    completed({
      index,
      round: findRound(index, load),
      ttft: isBad() ? 900 : 100,
      events: 1,
    }),
  )
  const p95 = slo('ttft p95 <= 500')
  for (let seen = 20; seen < 500; seen += 20) {
    if (foresee(p95, records.slice(0, seen), { gate, load, family: 1 })) return seen
  }
  return 500
}
