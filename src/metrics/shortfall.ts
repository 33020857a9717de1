import type { ClosedLoad, OpenLoad } from '../bench-spec/spec.ts'
import type { ClientTrust, RequestRecord } from '../engine/record.ts'
import { isHeld, measureConcurrency } from './concurrency.ts'
import { quantile, toSample } from './sample.ts'

/** Why the target had less to do than it was asked for, which flatters its times. */
export type Shortfall =
  /** Too few requests were in flight. */
  | { kind: 'load-not-held'; concurrency: number; peakInFlight: number; meanInFlight: number }
  /** The client left slots of the target idle: its lateness and how long a request was in flight, medians in ms. */
  | { kind: 'load-thinned'; delay: number; inFlight: number }

/** `drained`: whether each round ended before the next one began. */
export type AskedLoad = AskedFlow & { drained: boolean }
type AskedFlow = Pick<ClosedLoad, 'kind' | 'concurrency'> | Pick<OpenLoad, 'kind'>

/** `undefined`: the load was held, or the run is too short to tell. */
export function findShortfall(
  records: readonly RequestRecord[],
  trust: ClientTrust | undefined,
  load: AskedLoad,
): Shortfall | undefined {
  if (load.kind === 'open') return findThinning(records, trust)
  const { concurrency, drained } = load
  const held = measureConcurrency(records, concurrency, drained)
  if (held !== undefined && !isHeld(held, concurrency)) {
    const { peak: peakInFlight, mean: meanInFlight } = held
    return { kind: 'load-not-held', concurrency, peakInFlight, meanInFlight }
  }
  return findThinning(records, trust)
}

const idleAtMost = 0.2

/**
 * A slot is taken until the client sees the end of its answer, and the target has nothing to do for it
 * from the true end on. How long that is is only known of the loop as a whole: so it counts when it is
 * gross.
 */
function findThinning(
  records: readonly RequestRecord[],
  trust: ClientTrust | undefined,
): Shortfall | undefined {
  const delay = trust?.eventLoopDelayP50
  if (delay === undefined) return undefined
  const times: number[] = []
  for (const { phase, outcome, marks } of records) {
    if (phase !== 'measured' || outcome !== 'completed' || marks.dispatched === undefined) continue
    times.push(marks.ended - marks.dispatched)
  }
  const sample = toSample(times)
  if (sample === undefined) return undefined
  const inFlight = quantile(sample, 0.5)
  return delay > idleAtMost * inFlight ? { kind: 'load-thinned', delay, inFlight } : undefined
}
