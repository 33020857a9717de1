import type { PreparedRequest } from '../bench-spec/template.ts'
import type { MissingOutput } from '../stream/missing-output.ts'
import type { NameCount } from '../stream/name-count.ts'
import type { StreamFault } from '../stream/reader.ts'

export type FailureKind =
  | 'connect'
  | 'tls'
  | 'http_status'
  | 'timeout.connect'
  | 'timeout.ttft'
  | 'timeout.idle'
  | 'timeout.total'
  | 'reset'
  | 'protocol'
  | 'unexpected_answer'
  | StreamFault['kind']

export interface Failure {
  kind: FailureKind
  /** In a record one line; may hold the server's words, secrets and control characters removed. */
  message: string
}

/**
 * Instants of one request in ms on CLOCK_MONOTONIC (`process.hrtime`), comparable between processes
 * of one machine. `undefined`: never came.
 */
export interface RequestMarks {
  /** When it was due; in a closed loop, when its slot became free. */
  scheduled: number
  /** Given to the transport. */
  called: number
  /** Its bytes leave: taken just before the write. */
  dispatched?: number
  headers?: number
  firstByte?: number
  firstEvent?: number
  firstContent?: number
  firstToken?: number
  firstOutput?: number
  lastToken?: number
  /**
   * `undefined` also in a completed answer, when a finish reason was its only proper end; that of
   * `ended` when a clean end of the body was.
   */
  completed?: number
  lastByte?: number
  /** Body ended, or the failure was noticed. */
  ended: number
}

/** Whom a request was sent to: the target that is judged, or the one it is compared with. */
export type TargetRole = 'candidate' | 'baseline'

interface RecordBase {
  target: TargetRole
  /** 0-based within the phase of its target. */
  index: number
  /** Row of the dataset; `undefined` without one. */
  row?: number
  /** 0-based kind of a mix; `undefined` without one. */
  kind?: number
  phase: 'warmup' | 'measured'
  /** 0-based slice of the run, of its own stage where there are stages; warm-up requests are in round -1. */
  round: number
  /** 0-based stage in which it was due; `undefined` without stages, and in the warm-up. */
  stage?: number
  /** 0-based number of its conversation within the phase; `undefined` without conversations. */
  session?: number
  /** 0-based turn of that. */
  turn?: number
  /** How many results of tools its turn has sent, this one included: 0 for what the user says. */
  step?: number
  /** 0-based place among those in flight. */
  slot: number
  marks: RequestMarks
  /** Token event instants, ascending. */
  tokenTimes: Float64Array
  status?: number
  events: number
  /** Those of them that have a name, by it, in the order of the first ones; `undefined`: none has. */
  eventNames?: readonly NameCount[]
  reads: number
  bytes: number
  /** As the server counts: the whole prompt, what came from a cache included. */
  promptTokens?: number
  /** Those of them that came from the server's cache; `undefined`: it does not say. */
  cachedTokens?: number
  completionTokens?: number
  /** Of an open loop: as many as may be were in flight when it was due, so that it was sent late. */
  heldBack?: true
  /** Whether the socket had served a request before. */
  reused: boolean
  /** Its client was to go away, whatever it came to before that. */
  leaves?: true
  /**
   * Why its connection was opened though another had been kept for it: the server had closed that one,
   * unannounced, before the request was written (`unsent`), or behind that, without a byte of a
   * response: it was sent once more, and its marks are those of the second time (`resent`).
   */
  replaced?: 'unsent' | 'resent'
  dialect?: string
  output?: string
  /** Why there is no text at `outputPath`; `undefined` also when no event came that should have it. */
  missingOutput?: MissingOutput
}

export interface CompletedRecord extends RecordBase {
  outcome: 'completed'
}
export interface FailedRecord extends RecordBase {
  outcome: 'failed'
  failure: Failure
}
/** Was in flight when the run was stopped, or could not be sent by this machine. */
export interface CancelledRecord extends RecordBase {
  outcome: 'cancelled'
}

/** Its client went away before the answer had ended: neither a failure nor a success. */
export interface LeftRecord extends RecordBase {
  outcome: 'left'
  leaves: true
}

/** What is kept of one request. A server's fault is a failed record, never an exception. */
export type RequestRecord = CompletedRecord | FailedRecord | CancelledRecord | LeftRecord

/** Digits of an instant that the clock has: a tick is 1e-4 ms. */
export const ticksPerMs = 10_000

/**
 * Requests in an order; an array is one. Those of a large run are views, made whenever somebody goes
 * through them, so that they take no room of their own. What a fold or a condition is given, and what
 * `forEach` gives, is on loan: of a large run it is one view, which is the next request afterwards.
 */
export interface Records extends Iterable<RequestRecord> {
  readonly length: number
  at(position: number): RequestRecord | undefined
  forEach(take: (record: RequestRecord, position: number) => void): void
  filter(keep: (record: RequestRecord) => boolean): Records
  map<T>(take: (record: RequestRecord, position: number) => T): T[]
  flatMap<T>(take: (record: RequestRecord, position: number) => T | readonly T[]): T[]
  reduce<T>(fold: (value: T, record: RequestRecord) => T, first: T): T
  find(is: (record: RequestRecord) => boolean): RequestRecord | undefined
  some(is: (record: RequestRecord) => boolean): boolean
  every(is: (record: RequestRecord) => boolean): boolean
}

/** The number of a request in all that is written of a run, from 1 within the phase of its target. */
export function requestNumber({ index }: Pick<RequestRecord, 'index'>): number {
  return index + 1
}

/** How far the client itself can be trusted: of each figure the worst of its load processes. */
export interface ClientTrust extends ProcessTrust {
  /** Those of each, in their order; `undefined`: there is one. */
  processes?: readonly ProcessTrust[]
}

/** How far one load process can be trusted; measured in it while it ran. */
export interface ProcessTrust {
  /** Event-loop utilisation, 0–1. */
  eventLoopUtilization: number
  /** Event-loop delay above its own resolution, ms. `undefined` when nothing was sampled. */
  eventLoopDelayP50?: number
  eventLoopDelayP99?: number
  eventLoopDelayMax?: number
  gcPauses: number
  gcTotal: number
  gcMax: number
  /** CPU time of the load process ÷ wall time, 0–n. */
  cpuShare: number
  /** Share of the wall time spent waiting for a core (Linux), 0–1. */
  runQueueShare?: number
}

/** Why a run was stopped by itself, its requests in flight having been let to their end. */
export type Halt =
  /** The outcome was certain whatever the remaining requests would have done. */
  | { kind: 'curtailed' }
  /** The target was not worth measuring on. */
  | { kind: 'unhealthy'; illness: Illness }

/** What makes a target not worth measuring on. */
export type Illness =
  /** None of the first `requests` found a connection. */
  | { kind: 'no-connection'; requests: number }
  /** `limit`: the error rate that the spec allows, 0–1. */
  | { kind: 'errors'; failed: number; requests: number; limit: number }

/** The code of the system for what a process lacks: files it may open, or the machine any. */
export type Shortage = 'EMFILE' | 'ENFILE'

/** How a run ended. */
export type RunEnd =
  | { kind: 'finished' }
  | Halt
  /** A connection could not be opened, for which the target can do nothing. */
  | {
      kind: 'exhausted'
      shortage: Shortage
      /** Files that a load process may have open; `undefined`: not known. */
      limit?: number
    }
  /** By the caller, who says why: the name of a signal, or the message of an error. */
  | { kind: 'interrupted'; reason: string }
  /** A load process died or could not work: a bug of ours or of the machine. */
  | { kind: 'crashed'; message: string }

/** Whether everything that was to be known was measured. */
export function isWhole(end: RunEnd): end is Extract<RunEnd, { kind: 'finished' | 'curtailed' }> {
  return end.kind === 'finished' || end.kind === 'curtailed'
}

/** All that one request sent and got, secrets out of it. */
export interface Recording {
  /** 0-based, of a measured request to the candidate. */
  index: number
  request: Omit<PreparedRequest, 'row'>
  status?: number
  headers: Readonly<Record<string, string>>
  /** Pieces of the body as they came; ms since dispatch. */
  reads: { at: number; bytes: Uint8Array }[]
  /** Bytes of the body that were not kept. */
  omitted: number
  /** Clean end of the body, ms since dispatch; `undefined`: it was broken off. */
  ended?: number
}

export interface LoadRun {
  /** Those of one load process in the order in which they ended, all of them as they arrived. */
  records: Records
  /** By number. `undefined` unless the plan asks for them, or when no load process could hand over any. */
  recordings?: readonly Recording[]
  /** `undefined` when a load process ended before it could say how it did. */
  trust?: ClientTrust
  end: RunEnd
}

/** What a page said at some time between two instants (see `RequestMarks`). */
export interface Reading<T> {
  sent: number
  received: number
  value: T
}

export interface Watch<T> {
  /** The page that could be read; before that, the first that is tried. */
  url: string
  /** In the order of time; some hundreds at the most, and the two that are compared. */
  readings: readonly Reading<T>[]
  /** Start of the measured phase; `undefined`: it never came. */
  start?: number
  /** The last reading that was asked for at the start of the measured phase or earlier. */
  before?: Reading<T>
  /** The reading after the last request. */
  after?: Reading<T>
  scrapes: number
  failed: number
  /** Of the first that failed. */
  failure?: string
}
