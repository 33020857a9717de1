import {
  type GoodputBounds,
  isOfSchedule,
  isUpperBound,
  type Metric,
  type RequestBound,
  type Slo,
} from '../bench-spec/slo.ts'
import type { Gate } from '../bench-spec/spec.ts'
import type { Tagging } from '../bench-spec/tagging.ts'
import type { ClientTrust, RequestRecord, TargetRole } from '../engine/record.ts'
import { measureBuffering } from './buffering.ts'
import { type Accuracy, assumeLateness, type ErrorBound } from './client-accuracy.ts'
import { type ClientReason, findLateness, rateClient } from './client.ts'
import { measureLateSending } from './late-sending.ts'
import type { PromptReuse } from './prompt-reuse.ts'
import { measureReach } from './reach.ts'
import { keepTagged } from './scope.ts'
import { type AskedLoad, findShortfall, type Shortfall } from './shortfall.ts'
import { countBases } from './throughput.ts'

/** Why a figure cannot be believed. */
type Cause =
  /** The tokens of so many of the answers were held back. */
  | { kind: 'not-streamed'; heldBack: number; requests: number }
  /** Of so many of the answers no server counted the tokens: events are not tokens, they may be more or fewer. */
  | { kind: 'estimated-tokens'; estimated: number; requests: number }
  /** The client's event loop was late, by `delay` ms (p99). */
  | ({ kind: 'client-late'; delay: number } & Explained)
  /** Requests left late though they could have been sent: `delay`, p99 in ms. */
  | ({ kind: 'sent-late'; delay: number } & Explained)
  /** The load process was past its limits, and how late it was is not known. */
  | { kind: 'client-limited'; reasons: readonly ClientReason[] }
  /** The client's own error of a request, or of a token event, as so many `requests` calibrated it; ms. */
  | ({ kind: 'calibrated-error'; requests: number } & ErrorBound & Explained)
  | Shortfall
  | PromptReuse

/** Both in the unit of the SLO. */
interface Explained {
  /** By how much the client may have put the figure to this side of its bound. */
  reach: number
  /** Its distance to the bound, which is less. */
  margin: number
}

/** Why the figure behind an SLO cannot be believed, and whose it is. */
export type Doubt = Cause & { target: TargetRole }

/** What the figures of an SLO led to. */
export interface Decided {
  status: 'PASS' | 'FAIL'
  /** Distance of the observed value to the bound, negative when missed; in the unit of the SLO. */
  margin: number
}

/** Finds the doubt about an SLO in a run; `undefined` when nothing speaks against it. */
export type FindDoubt = (slo: Slo, decided: Decided) => Doubt | undefined

const streamed: ReadonlySet<Metric> = new Set([
  'ttft',
  'ttfo',
  'scheduled_ttft',
  'tpot',
  'chunk_gap',
  'stall',
])

/** Whether it stands on when tokens came. */
function isOfStream({ metric }: RequestBound): boolean {
  return streamed.has(metric)
}

/** What no cache makes look better. */
const uncached: ReadonlySet<Metric> = new Set(['success_rate', 'error_rate', 'dispatch_delay'])

/** What looks better under a lighter load; what counts from when it was due has the delay in it. */
const loaded: ReadonlySet<Metric> = new Set(
  [...streamed, 'latency' as const, 'goodput' as const].filter((metric) => !isOfSchedule(metric)),
)

export interface DoubtContext {
  goodput?: GoodputBounds | undefined
  /** How failed requests count in a percentile. */
  failures?: Gate['failures'] | undefined
  /** `undefined`: not calibrated at this load. */
  accuracy?: Accuracy | undefined
  /** `undefined`: nobody asks whether it was held. */
  load?: AskedLoad | undefined
  /** Tells which records an SLO with tags is about; `undefined` where none has any. */
  tagging?: Tagging | undefined
  /** `undefined`: no cache is in question, or nobody asks. */
  reuse?: PromptReuse | undefined
}

/**
 * `target`: whose records they are. A doubt about those of a baseline speaks against what is relative
 * to it, and the other way round: what makes a baseline look slow flatters the candidate. The doubts
 * about an SLO with tags are found on its own records, but for the load: that is of all together, in the
 * stages that it asks for.
 */
export function findDoubts(
  target: TargetRole,
  records: readonly RequestRecord[],
  trust: ClientTrust | undefined,
  context: DoubtContext = {},
): FindDoubt {
  const { load, tagging } = context
  const known = new Map<Slo['tags'], FindDoubt>()
  return (slo, decided) => {
    let find = known.get(slo.tags)
    if (find === undefined) {
      const own = keepTagged(records, slo, tagging)
      const shortfall = load && findShortfall(records, trust, load, slo.tags)
      find = findOwnDoubts(target, own, { ...context, trust, shortfall })
      known.set(slo.tags, find)
    }
    return find(slo, decided)
  }
}

interface Grounds extends Omit<DoubtContext, 'load' | 'tagging'> {
  trust: ClientTrust | undefined
  shortfall: Shortfall | undefined
}

function findOwnDoubts(
  target: TargetRole,
  records: readonly RequestRecord[],
  { goodput, failures, accuracy, trust, shortfall, reuse }: Grounds,
): FindDoubt {
  const { buffered, heldBack, requests } = measureBuffering(records, trust)
  const errors = listErrors(trust, accuracy)
  const { counted, estimated } = countBases(records.filter(({ phase }) => phase === 'measured'))

  const findCause = (slo: Slo, { status, margin }: Decided): Cause | undefined => {
    const { metric, op } = slo
    // Late tokens are late for the reader as well; only what looks fast is not to be believed.
    const timed = streamed.has(metric) || (metric === 'goodput' && goodput?.some(isOfStream))
    if (buffered && timed && (status === 'PASS' || target === 'baseline')) {
      return { kind: 'not-streamed', heldBack, requests }
    }
    // What is not known is no proof; a miss stands, as the estimate is all there is.
    if (metric === 'output_tokens_per_second' && status === 'PASS' && estimated > 0) {
      return { kind: 'estimated-tokens', estimated, requests: counted + estimated }
    }
    /** Whether another verdict takes a lower figure rather than a higher one. */
    const turnsBelow = (isUpperBound(op) === (status === 'FAIL')) === (target === 'candidate')
    const distance = Math.abs(margin)
    for (const { of, explain } of errors) {
      const found = measureReach(slo, of, { records, goodput, failures })
      if (found === undefined) continue
      const reach = turnsBelow ? found.below : found.above
      if (distance < reach) return explain(found.error, { reach, margin: distance })
    }
    const late = measureLateSending(slo, { records, goodput, failures })
    const reach = turnsBelow ? late?.below : late?.above
    if (late !== undefined && reach !== undefined && distance < reach) {
      return { kind: 'sent-late', delay: late.delay, reach, margin: distance }
    }
    const flattered = loaded.has(metric) && turnsBelow === (metric === 'goodput')
    if (flattered && shortfall !== undefined) return shortfall
    return status === 'PASS' && !uncached.has(metric) ? reuse : undefined
  }

  return (slo, decided) => {
    const cause = findCause(slo, decided)
    return cause && { target, ...cause }
  }
}

/** An error of the client, and what there is to say where it explains a verdict. */
interface ClientError {
  of: Accuracy
  explain: (error: ErrorBound, explained: Explained) => Cause
}

function listErrors(
  trust: ClientTrust | undefined,
  calibrated: Accuracy | undefined,
): ClientError[] {
  const errors: ClientError[] = []
  const delay = trust && findLateness(trust)
  if (trust !== undefined && delay !== undefined) {
    errors.push({
      of: assumeLateness(delay),
      explain: (_, explained) =>
        delay === Infinity
          ? { kind: 'client-limited', reasons: rateClient(trust).reasons }
          : { kind: 'client-late', delay, ...explained },
    })
  }
  if (calibrated !== undefined) {
    errors.push({
      of: calibrated,
      explain: (error, explained) => {
        const { requests } = calibrated
        return { kind: 'calibrated-error', requests, ...error, ...explained }
      },
    })
  }
  return errors
}
