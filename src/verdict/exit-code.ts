/** What a process of ours ends with, by what it says. */
export const exitCodes = {
  pass: 0,
  missed: 1,
  inconclusive: 2,
  misuse: 3,
  noData: 4,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The words of each code, as help and documents have them. */
export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: 'pass',
  1: 'SLO missed',
  2: 'inconclusive where the policy blocks it',
  3: 'bad spec or usage',
  4: 'no data or target unreachable',
  130: 'interrupted by Ctrl-C',
  143: 'ended by SIGTERM or SIGHUP',
}

/** Which of several codes is said: a proven miss before what could not be run or judged, both before what is undecided. */
export const worstCodeFirst: readonly ExitCode[] = [
  exitCodes.missed,
  exitCodes.misuse,
  exitCodes.noData,
  exitCodes.interrupted,
  exitCodes.terminated,
  exitCodes.inconclusive,
]

/** What ends a run from outside, of Ctrl-C, of a job that is cancelled, of a terminal that is closed. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The code of a run that a signal has ended; `signal` is its name. */
export function toSignalCode(signal: unknown): ExitCode {
  return signal === 'SIGTERM' || signal === 'SIGHUP' ? exitCodes.terminated : exitCodes.interrupted
}

/** `0 pass, 1 SLO missed, …`: codes with their words, in ascending order. */
export function listExitCodes(
  meanings: Readonly<Partial<Record<ExitCode, string>>> = exitCodeMeanings,
): string {
  return Object.entries(meanings)
    .map(([code, meaning]) => `${code} ${meaning}`)
    .join(', ')
}
