import type { Load, Secret, Timeouts } from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { TokenRate } from '../bench-spec/synthetic-rows.ts'
import type { PreparedRequest } from '../bench-spec/template.ts'
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
  /** One per row; which one a request takes, `orderRows` says. */
  requests: readonly PreparedRequest[]
  /** The same for the second target, whose rounds then alternate with those of the first. */
  baseline?: readonly PreparedRequest[]
  /** How many tokens the words of prompts come to that are written when they are sent; as usual by default. */
  tokenRate?: TokenRate
  /** Rounds that may be added when all measured requests have ended; none by default. */
  extraRounds?: number
  /** Texts that are taken out of every record; none by default. */
  secrets?: readonly Secret[]
  /** How many of the first measured requests to the candidate are recorded; none by default. */
  recorded?: number
  /** Header that tells the bundled mock which phase a request belongs to. */
  phaseHeader?: string
}
