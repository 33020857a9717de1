import type { GoodputBounds, Metric, Slo } from '../bench-spec/slo.ts'
import type { ClientTrust, RequestRecord } from '../engine/record.ts'
import { measureBuffering } from './buffering.ts'
import { type ClientReason, rateClient } from './client.ts'
import { formatQuantity } from './quantity.ts'

/**
 * Why the figure behind an SLO cannot be believed in this run; `undefined` when nothing speaks
 * against it. `margin`: distance of the observed value to the bound, negative when missed. `bound`: of a
 * relative SLO, what the baseline makes of it.
 */
export type Doubt = (slo: Slo, margin: number | undefined, bound?: number) => string | undefined

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

export function findDoubts(
  records: readonly RequestRecord[],
  trust: ClientTrust | undefined,
  { goodput, accuracy }: DoubtContext = {},
): Doubt {
  const { buffered, atOnce, requests } = measureBuffering(records)

  return (slo, margin, relative = 0) => {
    // Late tokens are late for the reader as well; only what looks fast is not to be believed.
    if (buffered && streamed.has(slo.metric) && (margin === undefined || margin >= 0)) {
      return `not streamed: ${atOnce} of ${requests} answers came in a single read`
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
    return (
      (trust && doubtClient(trust, bound, distance)) ??
      (error === undefined ? undefined : doubtMargin(error, bound, distance))
    )
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
): string | undefined {
  const { eventLoopDelayP99: delay } = trust
  const { state, reasons } = rateClient(trust)
  const coarse = delay !== undefined && delay * 10 >= bound
  if (state !== 'limited' && !coarse) return undefined
  if (delay !== undefined && margin !== undefined) {
    const explained = margin < 0 ? delay : delay * 10
    if (Math.abs(margin) > explained) return undefined
  }
  const reason = coarse
    ? `its event loop was late by ${formatQuantity(delay, 'ms')} (p99), a tenth of the bound or more`
    : reasons.map(tellReason).join(', ')
  return `client-limited: the load process cannot tell this margin from its own error (${reason})`
}

/** A margin below what the client was found to be wrong by tells nothing; nor does a bound of ten times that. */
function doubtMargin(error: number, bound: number, margin: number | undefined): string | undefined {
  if (margin === undefined ? error * 10 < bound : Math.abs(margin) >= error) return undefined
  const calibrated = `its calibrated error at this load is ${formatQuantity(error, 'ms')} (p99)`
  return margin === undefined
    ? `client-limited: ${calibrated}, a tenth of a bound or more`
    : `client-limited: ${calibrated}, the margin ${formatQuantity(Math.abs(margin), 'ms')}`
}

function tellReason(reason: ClientReason): string {
  switch (reason.kind) {
    case 'event-loop-busy':
      return `its event loop was ${formatQuantity(reason.utilization, 'share')} busy`
    case 'event-loop-late':
      return `its event loop was late by ${formatQuantity(reason.delay, 'ms')} (p99)`
    default:
      return `it waited for a core ${formatQuantity(reason.share, 'share')} of the time`
  }
}
