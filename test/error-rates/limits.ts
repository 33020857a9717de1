import type { Experiment, Question } from './experiment.ts'
import type { Tally } from './simulation.ts'

/** The highest rates that are documented of a service at its bound, 0–1. */
export interface Limits {
  /** Of false PASSes. */
  pass: number
  /** Of false FAILs. */
  fail: number
}

/** Of every service that a run holds enough of. */
export const ordinary: Limits = { pass: 0.055, fail: 0.05 }

interface Exception extends Limits {
  when: string
  because: string
  covers(experiment: Experiment): boolean
}

/** Where the rule is known to err more often; the first that covers an experiment counts. */
export const exceptions: readonly Exception[] = [
  {
    when: 'fewer than 10 bursts of failures',
    because: 'what has not failed yet does not say that it fails in bursts',
    pass: 0.55,
    fail: 0.05,
    covers: ({ subject, parts, n }) => subject === 'success_rate' && countParts(parts, n) < 10,
  },
  {
    when: 'fewer than 20 waves',
    because: 'requests of a wave share their delay: send 20 × concurrency',
    pass: 0.09,
    fail: 0.07,
    covers: ({ parts, n }) => parts?.kind === 'waves' && countParts(parts, n) < 20,
  },
  {
    when: 'fewer than 10 spells',
    because: 'no rule tells how spells differ from five of them',
    pass: 0.07,
    fail: 0.06,
    covers: ({ parts, n }) => parts?.kind === 'spells' && countParts(parts, n) < 10,
  },
]

/** FAILs of a service of which 30 % is bad, at least, 0–1: of requests that are independent, or move. */
const grossFailure = 0.99

function countParts(parts: Experiment['parts'], n: number): number {
  return parts?.countIn(n) ?? Infinity
}

export function findException(experiment: Experiment): Exception | undefined {
  return exceptions.find(({ covers }) => covers(experiment))
}

/** Says what of a tally passes its limit by more than chance would: 3 standard errors. */
export function findExcesses(experiment: Experiment, question: Question, tally: Tally): string[] {
  const { runs, pass, fail } = tally
  const excesses: string[] = []
  const check = (word: string, rate: number, limit: number, sign: 1 | -1): void => {
    const allowed = limit + sign * 3 * Math.sqrt((limit * (1 - limit)) / runs)
    if (sign * (rate - allowed) > 0) {
      const relation = sign === 1 ? 'at most' : 'at least'
      excesses.push(`${word} ${toPercent(rate)} %, ${relation} ${toPercent(limit)} % documented`)
    }
  }
  if (question.place === 'bound') {
    const limits = findException(experiment) ?? ordinary
    check('false PASS', pass / runs, limits.pass, 1)
    check('false FAIL', fail / runs, limits.fail, 1)
  }
  if (question.place === '30 %' && experiment.parts === undefined) {
    check('FAIL', fail / runs, grossFailure, -1)
  }
  return excesses.map((each) => `${experiment.name}, ${question.asked}: ${each}`)
}

/** With one decimal, without the sign. */
export function toPercent(share: number): string {
  return (100 * share).toFixed(1)
}
