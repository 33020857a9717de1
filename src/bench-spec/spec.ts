import type { CacheRule } from './cache-rule.ts'
import type { Distribution } from './distribution.ts'
import type { Expectation } from './expectation.ts'
import type { Leaving } from './leaving.ts'
import type { Session, ToolResult } from './session.ts'
import type { GoodputBounds, Slo } from './slo.ts'
import type { StreamFormat } from './stream-format.ts'
import type { Trace } from './trace.ts'
import type { Tracing } from './tracing.ts'

/**
 * What one bench spec asks for, checked whole and with every default filled in. Durations in ms.
 * `Stored`: what the results of an earlier run are read as.
 */
export interface BenchSpec<Stored = unknown> {
  name: string
  /** Absolute path of the file it was read from; `undefined` for a spec that was given as an object. */
  file?: string
  /** Of that file as it was read, hexadecimal. */
  sha256?: string
  /** Which of the cells of a matrix it is; `undefined` for a spec without one. */
  cell?: Cell
  target: Target
  timeouts: Timeouts
  /** By what requests are found in the server's own traces; `undefined`: by nothing. */
  tracing?: Tracing
  dataset?: Dataset
  /** How the conversations of the data are held; `undefined`: there are none. */
  conversation?: Conversation
  /** `undefined`: the dialect is chosen from the response. */
  stream?: StreamFormat
  /** `undefined`: an answer has to be complete, and no more. */
  expect?: Expectation
  /**
   * Requests of several kinds in one load; `undefined`: all are of `target`. With a mix `target` has no
   * body, and there is no `dataset`, `stream` nor `expect`: each kind has its own (see `listKinds`).
   */
  mix?: readonly Kind[]
  load: Load
  /** Options for the bundled mock server; present means that the run is hermetic. */
  mock?: MockOptions
  /** What relative SLOs compare with. */
  baseline?: Baseline<Stored>
  /** `undefined`: the server's own metrics are left alone. */
  serverMetrics?: ServerMetrics
  /** `undefined`: the spec does not say what a cache may know. */
  cache?: CacheRule
  slos: readonly Slo[]
  /** Bounds a request must keep to count as good; present when an SLO asks for goodput. */
  goodput?: GoodputBounds
  gate: Gate
  abort: Abort
  /** Texts that must not reach a log, report, error or artifact. */
  secrets: readonly Secret[]
  /** Problems that do not keep the spec from running. */
  warnings: readonly string[]
}

/** One of the specs that a matrix makes. */
export interface Cell {
  /** Name of the spec that the matrix stands in. */
  bench: string
  /** What the cell puts into that spec, in the order written. */
  settings: readonly Setting[]
  /** Its place among the cells, from 1. */
  number: number
  /** All cells of the matrix. */
  count: number
}

export interface Setting {
  /** A key of the load. */
  key: string
  /** As the key takes it. */
  value: unknown
  /** The value in one word: `8`, `60s`. */
  text: string
  /** Where it stands on an axis: seconds of a duration, per second of a rate; `undefined` for what is no number. */
  number?: number
}

/** Request blueprint. Strings may hold `{{column}}` placeholders. */
export interface Target {
  /** Absolute URL, or a path when `mock` supplies the server. */
  url: string
  method: string
  headers: Readonly<Record<string, string>>
  /** Any JSON value; `undefined` sends no body. */
  body?: unknown
}

/** One kind of request, and how many of all are of it. */
export interface Kind {
  /** Unique; the tag `kind` of an SLO. Empty where a spec has no mix, and this is the one kind of its requests. */
  name: string
  /** A whole number; its share is that of the sum over all kinds. */
  weight: number
  target: Target
  /** What the second target gets in its place; `undefined` where none alternates. */
  baseline?: Target
  /** Its rows, which its requests take by their number within the kind. */
  dataset?: Dataset
  /** Whether these are sent in an order that the seed draws. */
  shuffle?: boolean
  stream?: StreamFormat
  expect?: Expectation
}

/** A second target whose rounds alternate with the candidate's, or the results of an earlier run. */
export type Baseline<Stored = unknown> =
  | {
      kind: 'interleaved'
      target: Target
      /** Options of the mock server that is the second target. */
      mock?: MockOptions
    }
  | {
      kind: 'file'
      /** As written in the spec. */
      source: string
      /** `results.json`, read and checked by who writes such files. */
      results: Stored
    }

/** Own deadlines of one request in ms, from `dispatched` (connect: from the call). */
export interface Timeouts {
  total: number
  connect: number
  ttft?: number
  /** Longest silence between two reads. */
  idle?: number
}

export type Row = Readonly<Record<string, unknown>>

export interface Dataset {
  /** Path as written in the spec, or `synthetic`. */
  source: string
  /** Absolute path; `undefined` where there is no file. */
  path?: string
  columns: readonly string[]
  rows: readonly Row[]
  /** Of rows that are the requests of a trace. */
  trace?: Trace
  /** How its rows are made up; `undefined`: they are those of a file. */
  synthetic?: Synthetic
  /** Where each row is a conversation, the one of each; their other columns are the rows. */
  sessions?: readonly Session[]
}

/** How conversations are held. */
export interface Conversation {
  /** From the end of an answer to the next turn, ms, where the data does not say; `undefined`: at once. */
  thinkTime?: Distribution
  /** Of tools that an answer calls, where a turn has none of its own; `undefined`: calls are left out. */
  toolResult?: ToolResult
}

/** Prompts of made-up text, whose lengths are in tokens as the server counts them. */
export interface Synthetic {
  seed: number
  /** Tokens of a prompt, its shared prefix included. */
  input: Distribution
  /** Tokens of an answer; `undefined`: the spec does not say. */
  output?: Distribution
  /** Tokens that all prompts of a group begin with; 0: none. */
  sharedPrefix: number
  groups: number
}

/** Requests that were chosen because the spec does not say how many. */
export interface DefaultRequests {
  requests: number
  /** The SLO that needs the most, by its text, and how many can decide it at the least. */
  strictest?: { slo: string; least?: number }
  /** Whether the mock is sent more than that, which costs nothing. */
  forMock: boolean
  /** Whether it needs more than is ever chosen. */
  capped: boolean
}

/** How requests are sent: as earlier ones end, or at times of their own. */
export type Load = ClosedLoad | OpenLoad

/** Closed loop: `concurrency` requests in flight, each refilled as soon as its stream has ended. */
export interface ClosedLoad extends LoadBase {
  kind: 'closed'
  /** The most of its stages. */
  concurrency: number
  /** ms between the end of a request of a slot and the next one; `undefined`: none. */
  thinkTime?: Distribution
}

/** Open loop: requests are due at instants that are fixed beforehand, whatever became of those before. */
export interface OpenLoad extends LoadBase {
  kind: 'open'
  /** Requests per second, the most of its stages, the mean of a trace. */
  rate: number
  arrival: Arrival
  /** Requests in flight; one that finds so many is sent late, when one of them has ended. */
  maxConcurrency: number
}

/**
 * How requests come at a rate: evenly, or with times between two of them that a gamma distribution
 * draws. `burstiness` is its shape: 1 is Poisson, below it they come in bursts. Or when a trace says.
 */
export type Arrival =
  | { kind: 'constant' }
  | { kind: 'gamma'; burstiness: number }
  | ({ kind: 'trace' } & Omit<Trace, 'prompts'>)

/** A part of the load with a concurrency or a rate of its own; all stages of a load are of one kind. */
export interface Stage {
  name: string
  /** ms, its ramp included. */
  duration: number
  /** ms in which `from` becomes `to`, linearly; 0: at once. */
  ramp: number
  /** Of concurrency, or of requests per second. */
  from: number
  to: number
}

/** Our own client of HTTP/1.1, or undici. */
export type Transport = 'lean' | 'undici'

interface LoadBase {
  /** Measured requests, of each target; `undefined` only when `duration` is given. */
  requests?: number
  /**
   * Measured conversations, of each target, which have those requests; `undefined` without
   * conversations, or when `duration` alone is given. They are what is in progress, due and in rounds.
   */
  sessions?: number
  /** Where `requests` comes from when the spec does not say. */
  chosen?: DefaultRequests
  /** ms of dispatching, from the first measured dispatch. */
  duration?: number
  /** Requests sent before the measured ones and excluded from every figure. */
  warmup: number
  /** Equal slices of the measured requests, of which each is a value of a mean, a rate or a comparison; with two targets, of each. */
  rounds: number
  /** Whether rows are sent in an order that `seed` draws; `undefined`: as they stand in the file. */
  shuffle?: boolean
  /** Of the order of shuffled rows, and of a mock without a seed of its own. */
  seed: number
  /** Whether a connection serves more than one request; `undefined`: it does. */
  keepAlive?: boolean
  /** Whether a request is sent once more where the server closes a kept connection unanswered; `undefined`: it is. */
  resend?: boolean
  /** Load processes that it is split over; `undefined`: one. */
  processes?: number
  /** What its connections are; `undefined`: `lean`. */
  transport?: Transport
  /** Clients that go away before their answer has ended; `undefined`: none does. */
  cancel?: Leaving
  /** In the order of time; `undefined`: the whole load is one. */
  stages?: readonly Stage[]
}

export type Policy = 'pr' | 'release' | 'point'

export interface Gate {
  policy: Policy
  /** Between 0.5 and 1, exclusive; 0.95 by default. */
  confidence: number
  /** Whether a failed request counts as +∞ in a percentile. */
  failures: 'as-infinite' | 'exclude'
  /** Failures that come in a row, on average, as the spec says; a PASS of a success rate allows for it. */
  burst?: number
  /** Rounds that may be added to a run that would else be INCONCLUSIVE. */
  maxExtraRounds: number
}

/** What ends a run before all of its requests were sent. */
export interface Abort {
  /** Whether it ends when its outcome is certain. */
  certain: boolean
  /** Share of failed requests that the target is taken to be unhealthy above, 0–1. */
  maxErrorRate?: number
}

/** Options of the mock server, passed to its process as JSON; the mock checks them itself. */
export type MockOptions = Readonly<Record<string, unknown>>

export interface ServerMetrics {
  /** Absolute URL, or a path at the target's origin; `undefined`: to be looked for there. */
  url?: string
  /** ms between two scrapes. */
  interval: number
}

export interface Secret {
  value: string
  /** What stands in its place, for example `${API_KEY}` or `[authorization]`. */
  label: string
}
