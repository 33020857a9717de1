import { findLead } from '../bench-spec/cache-rule.ts'
import type { Expectation } from '../bench-spec/expectation.ts'
import { keepKnown } from '../bench-spec/known.ts'
import type {
  BenchSpec,
  Conversation,
  Dataset,
  Load,
  Secret,
  Target,
  Timeouts,
} from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { TokenRate } from '../bench-spec/synthetic-rows.ts'
import type { PreparedRequest, Wanted } from '../bench-spec/template.ts'
import type { RunTracing } from '../bench-spec/tracing.ts'
import type { Share } from './share.ts'

/** Everything the load process needs, as plain data. */
export interface LoadPlan {
  load: Load
  /** What one load process has of it; the whole by default. */
  share?: Share
  /** Instant that arrivals count from, in every process the same; by default that of the start. */
  origin?: number
  timeouts: Timeouts
  stream?: StreamFormat
  expect?: Expectation
  /**
   * One per row; which one a request takes, `orderRows` says. Of a mix those of each kind, one kind after
   * the other.
   */
  requests: readonly PreparedRequest[]
  /** The same for the second target, whose rounds then alternate with those of the first. */
  baseline?: readonly PreparedRequest[]
  /** Kinds of request, each read and expected in its own way; `undefined`: all are of one kind. */
  mix?: readonly LoadKind[]
  /** Where rows are conversations: what each request is then made of, to either target. */
  talks?: Talks
  /** How many tokens the words of prompts come to that are written when they are sent; as usual by default. */
  tokenRate?: TokenRate
  /** Rounds that may be added when all measured requests have ended; none by default. */
  extraRounds?: number
  /** Texts that are taken out of every record; none by default. */
  secrets?: readonly Secret[]
  /** How many of the first measured requests to the candidate are recorded; none by default. */
  recorded?: number
  /** By what requests are found in the server's own traces; by nothing by default. */
  tracing?: RunTracing
  /** Header that tells the bundled mock which phase a request belongs to. */
  phaseHeader?: string
}

/** One kind of the requests of a plan. */
export interface LoadKind {
  /** A whole number (see `orderKinds`). */
  weight: number
  /** How many of the plan's requests are its own; above 0. */
  rows: number
  shuffle?: boolean
  stream?: StreamFormat
  expect?: Expectation
}

/** Conversations, and what is sent of them. */
export interface Talks {
  dataset: Dataset
  conversation: Conversation
  target: Target
  /** The second target. */
  baseline?: Target
  wanted: Wanted
}

/** Those of a spec; `undefined` where its rows are none. */
export function planTalks(
  { dataset, conversation, target, stream, cache, load }: BenchSpec,
  baseline?: Target,
): Talks | undefined {
  if (dataset === undefined || conversation === undefined) return undefined
  return keepKnown<Talks>({
    dataset,
    conversation,
    target,
    baseline,
    wanted: { stream, lead: findLead({ cache, load }) },
  })
}
