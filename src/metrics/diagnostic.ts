import type { Repetition } from '../bench-spec/repetition.ts'
import type { Unit } from '../bench-spec/slo.ts'
import type { FailureKind } from '../engine/record.ts'
import type { ClientReason } from './client.ts'
import type { GaugeCause } from './gauge.ts'
import type { SentRate } from './sent-rate.ts'

/** An SLO whose figure is closer to its bound than the client may be wrong by. */
export interface TouchedSlo {
  /** Its text. */
  slo: string
  /** What it came to: a PASS or FAIL stands because the error is to the other side. */
  status: 'PASS' | 'FAIL' | 'INCONCLUSIVE'
  unit: Unit
  /** By how much the figure may be wrong, in `unit`; `undefined`: nobody knows. */
  reach?: number
}

/**
 * A property of the run that a reader must know before believing its figures. The `id` says which,
 * and stays what it is from version to version.
 */
export type Diagnostic =
  | {
      id: 'concurrency-held'
      level: 'info'
      /** Name of the stage in which; `undefined` without stages. */
      stage?: string
      /** Requests in flight that were asked for. */
      concurrency: number
      /** Share of the time between ramp-up and drain with all slots taken, 0–1. */
      fullShare: number
      /** Mean number of requests in flight in that time. */
      meanInFlight: number
    }
  | {
      id: 'concurrency-not-held'
      level: 'warn'
      /** Name of the stage in which; `undefined` without stages. */
      stage?: string
      /** Requests in flight that were asked for. */
      concurrency: number
      /** The most requests in flight; below `concurrency` when it was never reached. */
      peakInFlight: number
      /** Mean number of requests in flight between ramp-up and drain. */
      meanInFlight: number
      /** Measured requests that ended, and those of them that failed. */
      requests: number
      failed: number
    }
  | ({
      id: 'rate-not-sent'
      level: 'warn'
    } & SentRate)
  | {
      id: 'requests-held-back'
      level: 'warn'
      /** Requests that were sent late because so many were in flight. */
      heldBack: number
      maxConcurrency: number
      /** Measured requests. */
      requests: number
      /** The longest that one of them had to wait, ms. */
      longest: number
    }
  | {
      id: 'inconsistent-times'
      level: 'warn'
      /** The most requests in flight that were allowed. */
      concurrency: number
      /** Mean number of requests in flight that the latencies add up to. */
      impliedInFlight: number
    }
  | {
      id: 'client-busy' | 'client-limited'
      level: 'warn'
      /** At least one. */
      reasons: ClientReason[]
      /** Whose figures are so close to their bounds that the lateness reaches them; at least one. */
      slos: TouchedSlo[]
    }
  | {
      id: 'tokens-held-back'
      level: 'warn'
      /** Requests whose tokens came together, whole or in bursts. */
      heldBack: number
      /** Those of them whose raw text came in one read. */
      inOneRead: number
      /** Completed requests with enough token events to tell, or of raw text. */
      requests: number
    }
  | {
      id: 'no-last-word'
      level: 'info'
      /** Answers that ended with a finish reason alone, the body having ended cleanly. */
      answers: number
      /** Completed requests. */
      requests: number
    }
  | {
      id: 'end-unproven'
      /** `warn` when events have names, of which one could be told to be the last. */
      level: 'info' | 'warn'
      /** Answers that had a clean end of the body and no other. */
      answers: number
      /** Completed requests. */
      requests: number
      dialect: string
      /** Names of events of the first of them, in the order of their first; none: events have none. */
      names: string[]
    }
  | {
      id: 'output-missing'
      level: 'warn'
      /** That led nowhere. */
      path: string
      /** Completed requests without an output. */
      missing: number
      /** Completed requests. */
      requests: number
      /** How far it led in the first that had something to look into, dotted; '' is the payload itself. */
      at?: string
      /** Keys that are there instead. */
      keys: readonly string[]
    }
  | {
      id: 'ttft-without-content'
      level: 'warn'
      /** Name of the event that stops the clock; `undefined`: the spec names none. */
      event?: string
      /** Median time from it to the first content, ms; `undefined` when no content was seen. */
      lead?: number
    }
  | {
      id: 'estimated-tokens'
      level: 'warn'
      /** Whether the count of the server is missing of all answers or of some. */
      basis: 'estimated' | 'mixed'
      /** Texts of the SLOs that stand on tokens. */
      slos: string[]
    }
  | {
      id: 'percentile-of-few'
      /** `warn` when an SLO asks for such a percentile. */
      level: 'info' | 'warn'
      /** Requests that were judged. */
      requests: number
      /** Texts of the SLOs whose percentile is the maximum; none: it is p99 alone. */
      slos: string[]
    }
  | {
      id: 'mixed-dialects'
      level: 'warn'
      /** Requests by the dialect they were read as, the most frequent first. */
      dialects: { name: string; count: number }[]
    }
  | {
      id: 'dialect-guessed'
      level: 'info'
      dialect: string
    }
  | {
      id: 'sockets-not-reused'
      level: 'warn'
      /** Requests that opened a connection though they were not the first of their slot. */
      opened: number
      /** Requests that were not the first of their slot. */
      later: number
    }
  | {
      id: 'server-closes-connections'
      level: 'warn'
      /** Answers behind which the server closed the connection that it had announced to keep. */
      closed: number
      /** Requests that had to be sent once more for it. */
      resent: number
      /** Requests that were not the first of their slot. */
      later: number
    }
  | {
      id: 'warmup-failures'
      level: 'warn'
      failed: number
      /** Requests of the warm-up. */
      warmup: number
      /** Kind of the first failure. */
      first: FailureKind
      /** Of the first failure; `undefined` when it is of another kind than `http_status`. */
      status?: number
    }
  | {
      id: 'default-body'
      level: 'warn'
      /** That every measured request was refused with. */
      status: number
    }
  | {
      id: 'requests-cancelled'
      level: 'info'
      cancelled: number
      /** Measured requests, these included. */
      requests: number
    }
  | {
      id: 'requests-recorded'
      level: 'info'
      /** Requests. */
      recorded: number
      /** Of their bodies, kept and not kept. */
      bytes: number
      omitted: number
    }
  | {
      id: 'lengths-not-gauged'
      level: 'warn'
      cause: GaugeCause['kind']
      /** Of `failed`: how; may hold the server's words. */
      failure?: string
    }
  | {
      id: 'lengths-untold'
      level: 'warn'
      /** Of prompts, of answers, or of both. */
      sides: readonly ('input' | 'output')[]
      /** Completed requests, of which none said. */
      requests: number
    }
  | {
      id: 'lengths-missed'
      level: 'warn'
      side: 'input' | 'output'
      /** Tokens, means of the requests that said. */
      asked: number
      got: number
      requests: number
    }
  | ({
      id: 'prompts-repeat'
      /** `warn` when it matters, and the spec does not say that it is meant. */
      level: 'info' | 'warn'
      /** Whether the spec says so. */
      allowed: boolean
    } & Repetition)
  | {
      id: 'prompts-cached'
      level: 'warn'
      /** Whether each prompt begins with a marker of its own. */
      marked: boolean
      /** Tokens of prompts that came from a cache, and all, as the server counts. */
      cached: number
      tokens: number
    }
  | { id: 'server-restarted'; level: 'warn' }
  | {
      id: 'server-unread'
      level: 'warn'
      /** Why; `undefined`: the run ended before its measured phase. */
      failure?: string
    }
  | {
      id: 'server-scrapes-failed'
      level: 'info'
      failed: number
      /** All that were tried. */
      scrapes: number
      /** Why the first one failed. */
      failure: string
    }
  | {
      id: 'server-shared' | 'server-partial'
      level: 'warn'
      /** Answers that the server finished. */
      server: number
      /** Requests that this client completed. */
      client: number
    }
  | {
      id: 'events-are-not-tokens'
      /** `warn` when an SLO stands on tokens. */
      level: 'info' | 'warn'
      /** Output tokens as the server counted. */
      server: number
      /** Token events that this client saw. */
      events: number
    }
  | {
      id: 'tokens-disagree'
      level: 'warn'
      /** Output tokens as the server counted. */
      server: number
      /** Output tokens as the answers said. */
      usage: number
      /** Token events that this client saw. */
      events: number
    }
  | {
      id: 'prompt-tokens-disagree'
      level: 'warn'
      /** Tokens of prompts as the server counted. */
      server: number
      /** Tokens of prompts as the answers said. */
      usage: number
    }
