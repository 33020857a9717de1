import type { ClosedLoad, OpenLoad, Stage } from '../bench-spec/spec.ts'
import { matchesTag, type Tag } from '../bench-spec/tag.ts'
import type { ClientTrust, Records } from '../engine/record.ts'
import { isHeld, measureConcurrency, measureStage } from './concurrency.ts'
import { quantileEach } from './sample.ts'
import { isSent, measureSentRate, type SentRate } from './sent-rate.ts'

/** Why the target had less to do than it was asked for, which flatters its times. */
export type Shortfall =
  /** Too few requests were in flight. */
  | {
      kind: 'load-not-held'
      /** Name of the stage in which; `undefined` without stages. */
      stage?: string
      concurrency: number
      peakInFlight: number
      meanInFlight: number
    }
  /** The client left slots of the target idle: its lateness and how long a request was in flight, medians in ms. */
  | { kind: 'load-thinned'; delay: number; inFlight: number }
  /** The rate that was asked for could not be sent; per second. */
  | ({ kind: 'rate-not-sent' } & SentRate)

/** `drained`: whether each round ended before the next one began. */
export type AskedLoad = AskedFlow & { drained: boolean }
type AskedFlow =
  | Pick<ClosedLoad, 'kind' | 'concurrency' | 'stages' | 'thinkTime'>
  | Pick<OpenLoad, 'kind' | 'stages'>

/** `undefined`: the load was held, in the stages that are asked for by `tags`, or the run is too short to tell. */
export function findShortfall(
  records: Records,
  trust: ClientTrust | undefined,
  load: AskedLoad,
  tags?: readonly Tag[],
): Shortfall | undefined {
  if (load.kind === 'open') {
    const rate = measureSentRate(keepStages(records, load.stages, tags))
    return rate === undefined || isSent(rate) ? undefined : { kind: 'rate-not-sent', ...rate }
  }
  const { concurrency, drained, stages, thinkTime } = load
  // Users who think are not in flight.
  if (thinkTime !== undefined) return findThinning(records, trust)
  if (stages !== undefined) {
    return findStage(records, pickStages(stages, tags)) ?? findThinning(records, trust)
  }
  const held = measureConcurrency(records, concurrency, drained)
  if (held !== undefined && !isHeld(held, concurrency)) {
    const { peak: peakInFlight, mean: meanInFlight } = held
    return { kind: 'load-not-held', concurrency, peakInFlight, meanInFlight }
  }
  return findThinning(records, trust)
}

interface NumberedStage extends Stage {
  index: number
}

/** Those in which a request with these tags may have been due. */
function pickStages(stages: readonly Stage[], tags: readonly Tag[] = []): NumberedStage[] {
  const tag = tags.find(({ name }) => name === 'stage')
  const numbered = stages.map((stage, index) => ({ ...stage, index }))
  return numbered.filter(({ name }) => tag === undefined || matchesTag(tag.value, name))
}

/** The requests that were due in them. */
function keepStages(
  records: Records,
  stages: readonly Stage[] | undefined,
  tags: readonly Tag[] | undefined,
): Records {
  if (stages === undefined || tags === undefined) return records
  const places = new Set(pickStages(stages, tags).map(({ index }) => index))
  return records.filter(({ stage }) => stage !== undefined && places.has(stage))
}

/** The first that was not held. */
function findStage(records: Records, stages: readonly NumberedStage[]): Shortfall | undefined {
  for (const { name: stage, index, to: concurrency } of stages) {
    const held = measureStage(records, index, concurrency)
    if (held === undefined || isHeld(held, concurrency)) continue
    const { peak: peakInFlight, mean: meanInFlight } = held
    return { kind: 'load-not-held', stage, concurrency, peakInFlight, meanInFlight }
  }
  return undefined
}

const idleAtMost = 0.2

/**
 * A slot is taken until the client sees the end of its answer, and the target has nothing to do for it
 * from the true end on. How long that is is only known of the loop as a whole: so it counts when it is
 * gross.
 */
function findThinning(records: Records, trust: ClientTrust | undefined): Shortfall | undefined {
  const delay = trust?.eventLoopDelayP50
  if (delay === undefined) return undefined
  const inFlight = quantileEach(
    records,
    ({ phase, outcome, marks }) =>
      phase !== 'measured' || outcome !== 'completed' || marks.dispatched === undefined
        ? undefined
        : marks.ended - marks.dispatched,
    0.5,
  )
  if (inFlight === undefined) return undefined
  return delay > idleAtMost * inFlight ? { kind: 'load-thinned', delay, inFlight } : undefined
}
