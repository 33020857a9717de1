import type { Policy } from '../bench-spec/spec.ts'
import { isWhole, type RunEnd } from '../engine/record.ts'
import { type ExitCode, exitCodes, toSignalCode, worstCodeFirst } from './exit-code.ts'
import { explainEnd } from './explanation.ts'
import type { SloVerdict, Status, Verdict } from './verdict.ts'

const worstFirst: readonly Status[] = ['FAIL', 'ERROR', 'INCONCLUSIVE', 'PASS']

/** A proven miss is said before a run without data, and both before an undecided one. `undefined` of none. */
export function worstStatus(statuses: readonly Status[]): Status | undefined {
  return worstFirst.find((status) => statuses.includes(status))
}

/** In the order of `worstStatus`; 0 when all are. */
export function worstExitCode(codes: readonly number[]): ExitCode {
  return worstCodeFirst.find((code) => codes.includes(code)) ?? exitCodes.pass
}

const complaints: Readonly<Record<Exclude<Status, 'PASS'>, string>> = {
  FAIL: 'missed',
  ERROR: 'could not be judged',
  INCONCLUSIVE: 'undecided',
}

/**
 * The verdict on a run. Only SLOs of level `error` block; a run without a completed request and one
 * that did not finish block whatever the levels. `nothing`: why no request completed.
 */
export function conclude(
  slos: readonly SloVerdict[],
  given: { policy: Policy; end: RunEnd; nothing: string | undefined },
): Omit<Verdict, 'looks'> {
  const { policy, end, nothing } = given
  const blocking = slos.filter(({ slo }) => slo.level === 'error')
  const worst = worstStatus(blocking.map((each) => each.status))
  const status = worst ?? (slos.length === 0 ? 'INCONCLUSIVE' : 'PASS')
  const why = explainStatus(slos, blocking, status)

  if (!isWhole(end)) {
    const exitCode = end.kind === 'interrupted' ? toSignalCode(end.reason) : exitCodes.noData
    const unfinished = status === 'FAIL' ? `${explainEnd(end)}. ${why}` : `${explainEnd(end)}.`
    return {
      status: status === 'FAIL' ? 'FAIL' : 'ERROR',
      policy,
      passed: false,
      exitCode,
      why: unfinished,
      slos,
    }
  }
  if (nothing !== undefined) {
    return {
      status: 'ERROR',
      policy,
      passed: false,
      exitCode: exitCodes.noData,
      why: nothing,
      slos,
    }
  }
  const exitCode = toExitCode(status, policy)
  const early = end.kind === 'curtailed' ? ` ${explainEnd(end)}.` : ''
  return { status, policy, passed: exitCode === exitCodes.pass, exitCode, why: why + early, slos }
}

function toExitCode(status: Status, policy: Policy): ExitCode {
  switch (status) {
    case 'PASS':
      return exitCodes.pass
    case 'FAIL':
      return exitCodes.missed
    case 'INCONCLUSIVE':
      return policy === 'release' ? exitCodes.inconclusive : exitCodes.pass
    default:
      return exitCodes.noData
  }
}

function explainStatus(
  all: readonly SloVerdict[],
  blocking: readonly SloVerdict[],
  status: Status,
): string {
  if (all.length === 0) return 'No SLO was asked for, so there is nothing to judge.'
  if (blocking.length === 0) return 'No SLO of level error was asked for, so none can block.'
  if (status === 'PASS') return `${blocking.length} of ${blocking.length} SLOs of level error hold.`
  const found = blocking.filter((each) => each.status === status)
  const names = found.map(({ slo }) => `"${slo.text}"`).join(', ')
  return `${found.length} of ${blocking.length} SLOs of level error ${complaints[status]}: ${names}.`
}
