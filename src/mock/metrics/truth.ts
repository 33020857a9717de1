import type { DialectName } from '../dialect/dialect.ts'
import type { FaultName } from '../fault/kinds.ts'
import type { TierName } from '../latency/tier.ts'
import type { Phase } from '../plan/phase.ts'
import type { Plan, Step } from '../plan/plan.ts'

/**
 * What really happened to one request. Times in ms of CLOCK_MONOTONIC (`process.hrtime`), `null` for
 * what has not happened; sends are stamped just before the write.
 */
export interface TruthRecord {
  /** Arrival ordinal, from 1. */
  seq: number
  /** The `x-mock-key` header, or `seq`. */
  key: string
  path: string
  /** `null` when the path is not one that answers. */
  dialect: DialectName | null
  /** The `x-slogate-phase` header. */
  phase: Phase | null
  /** Ordinal of the connection and of the request on it, from 1. */
  conn: number
  conn_req: number
  /** The head of the request was parsed. */
  recv_ms: number
  /** The body was complete. */
  body_ms: number | null
  /** A slot was free: time 0 of the plan. */
  admitted_ms: number | null
  headers_ms: number | null
  before_first_content_ms: number | null
  content_ms: number[]
  last_content_ms: number | null
  /** The event that completes a stream (`[DONE]`, `message_end`). */
  done_ms: number | null
  /** The last write, or the moment the client was seen to be gone. */
  end_ms: number | null
  /** When contents were due, as far as that was decided: after admission, then after one another. */
  plan: {
    tier: TierName
    ttft_ms: number | null
    itl_ms: number[]
    finish_reason: 'stop' | 'length'
  } | null
  /**
   * `cached` of the prompt needed no prefill; `completion` counts what was sent, `reasoning` what of
   * that was reasoning.
   */
  tokens: { prompt: number; cached: number; completion: number; reasoning: number }
  /** Tokens of the prompt of each choice: `n` of them for each prompt. */
  choice_prompts: readonly number[]
  status: number | null
  /** What the body of the response says went wrong; `null`: nothing, or not in words. */
  error: string | null
  /** The fault that changed the answer; `null`: none. */
  fault: FaultName | null
  /** `null`: still in flight. `rejected`: the queue was full. `fault:`: the answer was broken by it. */
  outcome: 'ok' | 'rejected' | 'http_error' | 'client_aborted' | `fault:${FaultName}` | null
  /** Requests between arrival and end when this one arrived, itself included. */
  in_flight: number
  /** Bytes of the body sent; with a fault in its chunks, all bytes sent. */
  bytes: number
}

export type Arrival = Pick<
  TruthRecord,
  'path' | 'dialect' | 'phase' | 'conn' | 'conn_req' | 'recv_ms'
> & { key: string | undefined }

export interface Truth {
  open(arrival: Arrival): TruthRecord
  /** A record is closed once. */
  close(record: TruthRecord, outcome: NonNullable<TruthRecord['outcome']>): void
  /** The kept records by `seq`. */
  list(): TruthRecord[]
  /** Answers that were played to their end. */
  served(): number
  /** The engine took a step with so many tokens. */
  step(tokens: number): void
  /** Answers how to stop watching. */
  watch(watcher: Watcher): () => void
  /** Forgets every record and starts `seq` at 1; requests in flight stay counted as such. */
  reset(): void
}

/** Is told of every record, also of those that are no longer kept. */
export interface Watcher {
  /** A record was closed that was opened since the last reset. */
  onClose(record: TruthRecord): void
  onReset(): void
  onStep?(tokens: number): void
}

const defaultCapacity = 50_000

/** Keeps the latest `capacity` records. */
export function createTruth(capacity: number = defaultCapacity): Truth {
  let ring: TruthRecord[] = []
  let seq = 0
  let inFlight = 0
  let served = 0
  let watched = new WeakSet<TruthRecord>()
  const watchers = new Set<Watcher>()
  return {
    open(arrival) {
      inFlight++
      seq++
      const record: TruthRecord = {
        seq,
        ...arrival,
        key: arrival.key ?? String(seq),
        body_ms: null,
        admitted_ms: null,
        headers_ms: null,
        before_first_content_ms: null,
        content_ms: [],
        last_content_ms: null,
        done_ms: null,
        end_ms: null,
        plan: null,
        tokens: { prompt: 0, cached: 0, completion: 0, reasoning: 0 },
        choice_prompts: [],
        status: null,
        error: null,
        fault: null,
        outcome: null,
        in_flight: inFlight,
        bytes: 0,
      }
      ring[(seq - 1) % capacity] = record
      watched.add(record)
      return record
    },
    close(record, outcome) {
      inFlight--
      record.outcome = outcome
      if (outcome === 'ok') served++
      if (watched.has(record)) for (const { onClose } of watchers) onClose(record)
    },
    list: () => [...ring].sort((left, right) => left.seq - right.seq),
    served: () => served,
    step(tokens) {
      for (const { onStep } of watchers) onStep?.(tokens)
    },
    watch(watcher) {
      watchers.add(watcher)
      return () => {
        watchers.delete(watcher)
      }
    },
    reset() {
      ring = []
      seq = 0
      served = 0
      watched = new WeakSet()
      for (const { onReset } of watchers) onReset()
    },
  }
}

/** Notes down what a plan promises. */
export function recordPlan(record: TruthRecord, plan: Plan, tier: TierName): void {
  record.status = plan.headersAtMs === Infinity ? null : plan.status
  record.error = plan.error ?? null
  record.tokens.prompt = plan.promptTokens
  record.choice_prompts = plan.choicePrompts
  const { timing, finishReason } = plan
  if (timing === undefined || finishReason === undefined) return
  record.tokens.cached = plan.promptTokens - timing.prefillTokens
  record.plan = { tier, ttft_ms: null, itl_ms: [], finish_reason: finishReason }
}

/** Notes down that the next content is due `ms` after the one before it, the first after admission. */
export function recordDecision({ plan }: TruthRecord, ms: number): void {
  if (plan === null) return
  // A clock of ns has no digits beyond these, which only come from adding up.
  const rounded = Math.round(ms * 1e6) / 1e6
  if (plan.ttft_ms === null) plan.ttft_ms = rounded
  else plan.itl_ms.push(rounded)
}

/** Notes down that a step is written at `at`. */
export function recordStep(record: TruthRecord, step: Step, at: number): void {
  if (step.head !== undefined) record.headers_ms = at
  for (const { kind, tokens, reasoningTokens = 0, isFinal } of step.events) {
    if (kind === 'content') {
      record.before_first_content_ms ??= at
      record.last_content_ms = at
      record.content_ms.push(at)
      record.tokens.completion += tokens
      record.tokens.reasoning += reasoningTokens
    }
    if (kind === 'done' || isFinal === true) record.done_ms = at
  }
  record.bytes += step.bytes.length
  if (step.end) record.end_ms = at
}
