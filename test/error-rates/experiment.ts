import type { AbsoluteSlo } from '../../src/bench-spec/slo.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import type { Parts, Source } from './service.ts'

/** Where the service stands, measured by the bound. */
export type Place =
  /** Every decision is an error. */
  | 'bound'
  /** The bound is so much higher than what the service keeps. */
  | '20 % slack'
  | '50 % slack'
  /** So many times as many requests are bad as may be. */
  | 'q / 2'
  | '2q'
  | '4q'
  /** So many requests are bad. */
  | '30 %'

export interface Question {
  /** As it is said in tables: `p95`, `99 %`. */
  asked: string
  place: Place
  slo: AbsoluteSlo
}

export type Subject = 'ttft' | 'success_rate' | 'chunk_gap'

/** Runs of one service, each judged by the same questions. */
export interface Experiment {
  /** Its own; the seed of its runs comes from it. */
  name: string
  subject: Subject
  service: string
  parts: Parts | undefined
  /** Requests of a run. */
  n: number
  concurrency: number
  questions: readonly Question[]
  /** Gives a function that draws one run; its records hold until the next is drawn. */
  prepare(source: Source): () => readonly RequestRecord[]
}
