import type { ClosedLoad } from '../../src/bench-spec/spec.ts'
import type {
  CancelledRecord,
  ClientTrust,
  CompletedRecord,
  FailedRecord,
  Failure,
  LeftRecord,
  RequestMarks,
  RequestRecord,
  TargetRole,
} from '../../src/engine/record.ts'

interface Shape {
  target?: TargetRole
  index?: number
  round?: number
  slot?: number
  phase?: 'warmup' | 'measured'
  /** Instant of the dispatch, ms. */
  at?: number
  /** From the dispatch, ms. */
  ttft?: number
  /** Between token events, ms. */
  gap?: number
  /** Token events. */
  events?: number
  /** The server's count. */
  tokens?: number
  dialect?: string
  reused?: boolean
  replaced?: RequestRecord['replaced']
  marks?: Partial<RequestMarks>
  /** Its client is to go away. */
  leaves?: true
}

function base(shape: Shape) {
  const { target = 'candidate' } = shape
  const { index = 0, round = 0, slot = 0, phase = 'measured', at = 0, ttft = 100, gap = 10 } = shape
  const { events = 10, tokens, dialect = 'openai-chat', reused = true } = shape
  const tokenTimes = Float64Array.from({ length: events }, (_, i) => at + ttft + i * gap)
  const firstToken = at + ttft
  const lastToken = tokenTimes[events - 1] ?? firstToken
  return {
    target,
    index,
    round,
    slot,
    phase,
    marks: {
      scheduled: at,
      called: at,
      dispatched: at,
      firstByte: firstToken,
      firstContent: firstToken,
      firstToken,
      firstOutput: firstToken,
      lastToken,
      completed: lastToken,
      lastByte: lastToken,
      ended: lastToken,
      ...shape.marks,
    },
    tokenTimes,
    events,
    reads: events,
    bytes: 100,
    reused,
    dialect,
    ...(shape.leaves && { leaves: shape.leaves }),
    ...(shape.replaced !== undefined && { replaced: shape.replaced }),
    ...(tokens !== undefined && { completionTokens: tokens }),
  }
}

export function completed(shape: Shape = {}): CompletedRecord {
  return { ...base(shape), outcome: 'completed' }
}

export function failed(shape: Shape & { failure?: Failure; status?: number } = {}): FailedRecord {
  const { failure = { kind: 'http_status', message: 'busy' }, status = 503 } = shape
  const { target, index, round, slot, phase, reused, marks } = base(shape)
  const { scheduled, called, dispatched } = marks
  return {
    ...(shape.leaves && { leaves: shape.leaves }),
    target,
    index,
    round,
    slot,
    phase,
    reused,
    status,
    failure,
    marks: { scheduled, called, dispatched, ended: dispatched + 1 },
    tokenTimes: new Float64Array(),
    events: 0,
    reads: 0,
    bytes: 0,
    outcome: 'failed',
  }
}

export function cancelled(shape: Shape = {}): CancelledRecord {
  return { ...base(shape), outcome: 'cancelled' }
}

/** Its client went away `after` ms; with a first token where that had come by then. */
export function left({ after = 200, ...shape }: Shape & { after?: number } = {}): LeftRecord {
  const record = base(shape)
  const ended = record.marks.dispatched + after
  const { scheduled, called, dispatched, firstToken } = record.marks
  const tokenTimes = record.tokenTimes.filter((at) => at <= ended)
  const lastToken = tokenTimes.at(-1)
  const marks = { scheduled, called, dispatched, ended }
  return {
    ...record,
    marks: lastToken === undefined ? marks : { ...marks, firstToken, lastToken },
    tokenTimes,
    outcome: 'left',
    leaves: true,
  }
}

/** Completed requests one after the other on one slot, with these times to the first token. */
export function completedWith(ttfts: readonly number[], rounds = 1): CompletedRecord[] {
  return ttfts.map((ttft, index) =>
    completed({
      index,
      ttft,
      at: index * 10_000,
      round: Math.floor((index * rounds) / ttfts.length),
    }),
  )
}

export function times<T>(n: number, make: (index: number) => T): T[] {
  return Array.from({ length: n }, (_, index) => make(index))
}

export const load: ClosedLoad = {
  kind: 'closed',
  concurrency: 1,
  requests: 100,
  warmup: 0,
  rounds: 5,
  seed: 1,
}

export const trust: ClientTrust = {
  eventLoopUtilization: 0.1,
  eventLoopDelayP50: 0.1,
  eventLoopDelayP99: 0.5,
  eventLoopDelayMax: 1,
  gcPauses: 0,
  gcTotal: 0,
  gcMax: 0,
  cpuShare: 0.1,
  runQueueShare: 0,
}
