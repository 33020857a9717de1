import { missedFirst } from '../report/overview.ts'
import { explainVerdict } from '../report/sentence/verdict.ts'
import type { Results } from '../results/results.ts'
import { type ExitCode, exitCodes } from '../verdict/exit-code.ts'
import { worstExitCode, worstStatus } from '../verdict/policy.ts'

type Status = Results['verdict']['status']

/** What keeps a job from passing and is not in the results of a run. */
export interface Problem {
  message: string
  /** `missed` is that of a test that is not an SLO, `noData` that of missing results. */
  exitCode: ProblemCode
  place?: Place
}

type ProblemCode = (typeof exitCodes)['missed' | 'misuse' | 'noData']

/** Line and column count from 1. */
export interface Place {
  /** Relative to the working directory, or absolute. */
  file: string
  line?: number
  column?: number
}

/** What all runs of a job come to. */
export interface Outcome {
  status: Status
  /** The worst of all. */
  exitCode: ExitCode
  /** Worst first, otherwise as they were run. */
  results: readonly Results[]
  problems: readonly Problem[]
}

/** No run is no pass: without results there must be a problem. */
export function settle(results: readonly Results[], problems: readonly Problem[] = []): Outcome {
  const status = worstStatus([
    ...problems.map(({ exitCode }) => (exitCode === exitCodes.missed ? 'FAIL' : 'ERROR')),
    ...results.map(({ verdict }) => verdict.status),
  ])
  const exitCode = worstExitCode([
    ...problems.map((problem) => problem.exitCode),
    ...results.map(({ verdict }) => verdict.exit_code),
  ])
  return {
    status: status ?? 'ERROR',
    exitCode: status === undefined ? exitCodes.noData : exitCode,
    results: results.toSorted(missedFirst),
    problems,
  }
}

/** One sentence for each thing that is not as it should be, what blocks first; empty when all is well. */
export function listRemarks({ problems, results }: Outcome): string[] {
  return [...problems.map(({ message }) => message), ...results.flatMap(remarkOn)]
}

function remarkOn({ spec, verdict, end }: Results): string[] {
  const missed = verdict.slos.filter(({ level, status }) => level === 'warn' && status === 'FAIL')
  return [
    ...(verdict.status === 'PASS' ? [] : [`${spec.name}: ${explainVerdict(verdict, end)}`]),
    ...missed.map(({ text }) => `${spec.name}: "${text}" of level warn is missed.`),
  ]
}
