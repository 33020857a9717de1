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

/** 1, 2, 3 … n ms, spread evenly over rounds of `n / rounds`. */
export function ramp(n: number, rounds = 5): RequestRecord[] {
  const size = n / rounds
  return completedWith(
    times(n, (i) => (i % size) * rounds + Math.floor(i / size) + 1),
    rounds,
  )
}
