import type { Policy } from '../bench-spec/spec.ts'
import { isWhole, type RunEnd } from '../engine/record.ts'
import type { Status } from './decision.ts'
import { type ExitCode, exitCodes, toSignalCode, worstCodeFirst } from './exit-code.ts'
import type { NothingCompleted, VerdictReason } from './reason.ts'
import type { SloVerdict, Verdict } from './verdict.ts'

const worstFirst: readonly Status[] = ['FAIL', 'ERROR', 'INCONCLUSIVE', 'PASS']

/** A proven miss is said before a run without data, and both before an undecided one. `undefined` of none. */
export function worstStatus(statuses: readonly Status[]): Status | undefined {
  return worstFirst.find((status) => statuses.includes(status))
}

/** In the order of `worstStatus`; 0 when all are. */
export function worstExitCode(codes: readonly number[]): ExitCode {
  return worstCodeFirst.find((code) => codes.includes(code)) ?? exitCodes.pass
}

/**
 * The verdict on a run. Only SLOs of level `error` block; a run without a completed request and one
 * that did not finish block whatever the levels. `nothing`: why no request completed.
 */
export function conclude(
  slos: readonly SloVerdict[],
  given: { policy: Policy; end: RunEnd; nothing: NothingCompleted | undefined },
): Omit<Verdict, 'looks'> {
  const { policy, end, nothing } = given
  const blocking = slos.filter(({ slo }) => slo.level === 'error')
  const worst = worstStatus(blocking.map((each) => each.status))
  const status = worst ?? (slos.length === 0 ? 'INCONCLUSIVE' : 'PASS')
  const reason = findReason(slos, blocking, status)

  if (!isWhole(end)) {
    const exitCode = end.kind === 'interrupted' ? toSignalCode(end.reason) : exitCodes.noData
    const found = status === 'FAIL' ? 'FAIL' : 'ERROR'
    return { status: found, policy, passed: false, exitCode, reason, slos }
  }
  if (nothing !== undefined) {
    const { noData: exitCode } = exitCodes
    return { status: 'ERROR', policy, passed: false, exitCode, reason: nothing, slos }
  }
  const exitCode = toExitCode(status, policy)
  return { status, policy, passed: exitCode === exitCodes.pass, exitCode, reason, slos }
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

function findReason(
  all: readonly SloVerdict[],
  blocking: readonly SloVerdict[],
  status: Status,
): VerdictReason {
  if (all.length === 0) return { kind: 'no-slo' }
  if (blocking.length === 0) return { kind: 'none-blocks' }
  const found = blocking.filter((each) => each.status === status)
  return { kind: 'slos', slos: found.map(({ slo }) => slo.text), blocking: blocking.length }
}
