import type { Finding } from './crew.ts'
import type { Place, Subject } from './experiment.ts'
import { findException } from './limits.ts'

/** 0–1. */
export interface Rates {
  pass: number
  fail: number
  /** Whether more errors than elsewhere are documented. */
  excepted: boolean
}

interface Cell {
  subject: Subject
  service: string
  /** Any, when it is not given. */
  n?: number
  asked: string
  place: Place
}

/** Gives a function that finds the rates of a cell; `undefined`: it was not simulated. */
export function lookFor(findings: readonly Finding[]): (cell: Cell) => Rates | undefined {
  return ({ subject, service, n, asked, place }) => {
    for (const { experiment, tallies } of findings) {
      if (experiment.subject !== subject || experiment.service !== service) continue
      if (n !== undefined && experiment.n !== n) continue
      const index = experiment.questions.findIndex(
        (question) => question.asked === asked && question.place === place,
      )
      const tally = tallies[index]
      if (tally === undefined) continue
      const { runs, pass, fail } = tally
      const excepted = findException(experiment) !== undefined
      return { pass: pass / runs, fail: fail / runs, excepted }
    }
    return undefined
  }
}
