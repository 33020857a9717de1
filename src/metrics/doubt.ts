import { keepKnown } from '../bench-spec/known.ts'
import type { GoodputBounds, Metric, Slo } from '../bench-spec/slo.ts'
import type { ClientTrust, RequestRecord, TargetRole } from '../engine/record.ts'
import { measureBuffering } from './buffering.ts'
import { type ClientReason, rateClient } from './client.ts'

/** Why a figure cannot be believed; times are ms. */
type Cause =
  /** So many of the answers came in a single read. */
  | { kind: 'not-streamed'; atOnce: number; requests: number }
  /** The client's event loop was late (p99) by a tenth of the bound or more. */
  | { kind: 'client-late'; delay: number }
  /** The load process was past its limits. */
  | { kind: 'client-limited'; reasons: readonly ClientReason[] }
  /** The client's own error as calibrated (p99) is not small against the margin, or else the bound. */
  | { kind: 'calibrated-error'; error: number; margin?: number }

/** Why the figure behind an SLO cannot be believed, and whose it is. */
export type Doubt = Cause & { target: TargetRole }

/**
 * Finds the doubt about an SLO in a run; `undefined` when nothing speaks against it. `margin`:
 * distance of the observed value to the bound, negative when missed. `bound`: of a relative SLO, what
 * the baseline makes of it.
 */
export type FindDoubt = (slo: Slo, margin: number | undefined, bound?: number) => Doubt | undefined

const streamed: ReadonlySet<Metric> = new Set(['ttft', 'ttfo', 'tpot', 'chunk_gap', 'stall'])

/** p99 of the client's own error at this load, ms, as calibrated: of a request, and of a token event. */
export interface Accuracy {
  request: number
  chunk: number
}

const betweenTokens: ReadonlySet<Metric> = new Set(['tpot', 'chunk_gap', 'stall'])

export interface DoubtContext {
  goodput?: GoodputBounds | undefined
  /** `undefined`: not calibrated at this load. */
  accuracy?: Accuracy | undefined
}

/** `target`: whose records they are. */
export function findDoubts(
  target: TargetRole,
  records: readonly RequestRecord[],
  trust: ClientTrust | undefined,
  { goodput, accuracy }: DoubtContext = {},
): FindDoubt {
  const { buffered, atOnce, requests } = measureBuffering(records)

  return (slo, margin, relative = 0) => {
    // Late tokens are late for the reader as well; only what looks fast is not to be believed.
    if (buffered && streamed.has(slo.metric) && (margin === undefined || margin >= 0)) {
      return { kind: 'not-streamed', target, atOnce, requests }
    }
    // The client's own delay is what dispatch_delay measures.
    if (slo.metric === 'dispatch_delay') return undefined
    const isTime = slo.unit === 'ms'
    if (!isTime && (slo.metric !== 'goodput' || goodput === undefined)) return undefined
    const bound = isTime
      ? (slo.bound ?? relative)
      : Math.min(...(goodput ?? []).map(({ bound }) => bound))
    const distance = isTime ? margin : undefined
    const error = accuracy?.[betweenTokens.has(slo.metric) ? 'chunk' : 'request']
    const found =
      (trust && doubtClient(trust, bound, distance)) ??
      (error === undefined ? undefined : doubtMargin(error, bound, distance))
    return found && { target, ...found }
  }
}

/**
 * A client past its limits, or later than a tenth of the bound, cannot judge a duration, unless the
 * margin is more than ten times its own delay. A late client only lengthens times, so a miss by more
 * than it was late is the target's.
 */
function doubtClient(
  trust: ClientTrust,
  bound: number,
  margin: number | undefined,
): Cause | undefined {
  const { eventLoopDelayP99: delay } = trust
  const { state, reasons } = rateClient(trust)
  const coarse = delay !== undefined && delay * 10 >= bound
  if (state !== 'limited' && !coarse) return undefined
  if (delay !== undefined && margin !== undefined) {
    const explained = margin < 0 ? delay : delay * 10
    if (Math.abs(margin) > explained) return undefined
  }
  return coarse ? { kind: 'client-late', delay } : { kind: 'client-limited', reasons }
}

/** A margin below what the client was found to be wrong by tells nothing; nor does a bound of ten times that. */
function doubtMargin(error: number, bound: number, margin: number | undefined): Cause | undefined {
  if (margin === undefined ? error * 10 < bound : Math.abs(margin) >= error) return undefined
  return keepKnown({ kind: 'calibrated-error' as const, error, margin: margin && Math.abs(margin) })
}
