import type { Gate, Load } from '../../src/bench-spec/spec.ts'
import { judge } from '../../src/verdict/judge.ts'
import { createNormal, createRandom } from '../verdict/random.ts'
import type { Experiment } from './experiment.ts'
import { rounds } from './requests.ts'

const gate: Gate = { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 }

/** How often a question was answered so. */
export interface Tally {
  runs: number
  pass: number
  fail: number
}

/** A part of the runs of an experiment, with numbers of its own. */
export interface Shard {
  /** 0-based. */
  part: number
  runs: number
  seed: number
}

/** Judges so many runs; one tally for each question. */
export function simulate(experiment: Experiment, { part, runs, seed }: Shard): Tally[] {
  const { n, concurrency, questions } = experiment
  const random = createRandom(toSeed(`${seed} ${part} ${experiment.name}`))
  const draw = experiment.prepare({ random, normal: createNormal(random) })
  const slos = questions.map(({ slo }) => slo)
  const load: Load = { kind: 'closed', concurrency, requests: n, warmup: 0, rounds, seed: 1 }
  const tallies = questions.map(() => ({ runs, pass: 0, fail: 0 }))
  for (let run = 0; run < runs; run++) {
    const verdict = judge(slos, draw(), { gate, load, end: { kind: 'finished' } })
    for (const [i, tally] of tallies.entries()) {
      const status = verdict.slos[i]?.status
      if (status === 'PASS') tally.pass++
      else if (status === 'FAIL') tally.fail++
    }
  }
  return tallies
}

/** FNV-1a: experiments do not share their luck, and each keeps its own when another is added. */
function toSeed(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  return hash >>> 0
}
