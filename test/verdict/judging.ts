import type { Slo } from '../../src/bench-spec/slo.ts'
import type { Gate } from '../../src/bench-spec/spec.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { judge, type JudgeOptions } from '../../src/verdict/judge.ts'
import type { SloVerdict, Verdict } from '../../src/verdict/verdict.ts'
import { completedWith, load, times } from '../metrics/records.ts'
import { slo } from '../metrics/slos.ts'

const gate: Gate = { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 }

type Options = Partial<JudgeOptions> & Partial<Pick<Gate, 'failures' | 'policy'>>

export function judgeAll(
  texts: readonly (string | Slo)[],
  records: readonly RequestRecord[],
  { failures = gate.failures, policy = gate.policy, ...rest }: Options = {},
): Verdict {
  const slos = texts.map((text) => (typeof text === 'string' ? slo(text) : text))
  const end = { kind: 'finished' } as const
  return judge(slos, records, { gate: { ...gate, failures, policy }, load, end, ...rest })
}

export function judgeOne(
  text: string,
  records: readonly RequestRecord[],
  options?: Options,
): SloVerdict {
  const [verdict] = judgeAll([text], records, options).slos
  if (verdict === undefined) throw new Error('no verdict')
  return verdict
}

/** 1, 2, 3 … n ms, of which every part of the run has as many small and large ones as any other. */
export function ramp(n: number, rounds = 5): RequestRecord[] {
  const golden = (Math.sqrt(5) - 1) / 2
  const places = times(n, (index) => ({ index, place: (index * golden) % 1 }))
  const ttfts: number[] = []
  for (const [rank, { index }] of places.toSorted((a, b) => a.place - b.place).entries()) {
    ttfts[index] = rank + 1
  }
  return completedWith(ttfts, rounds)
}
