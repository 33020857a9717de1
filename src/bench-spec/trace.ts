/** Whose shape a trace has: of Mooncake, BurstGPT, the Azure LLM inference traces, or of our own records. */
export const traceFormats = ['mooncake', 'burstgpt', 'azure', 'requests'] as const

export type TraceFormat = (typeof traceFormats)[number]

/** When the requests of a trace are sent, and what their prompts are made of. */
export interface Trace {
  format: TraceFormat
  /** ms from the first one at which each row is due, ascending; the speed is in them. */
  instants: readonly number[]
  /** Times as fast as it was recorded. */
  speed: number
  /** One for each row. */
  prompts: readonly PromptRecipe[]
  /**
   * Share of the tokens of all prompts that a prefix cache finds which keeps everything, 0–1;
   * `undefined`: the trace does not tell what prompts have in common.
   */
  cachedShare?: number
}

/** What a prompt is made of, in the place of a text that is too long to be kept for each row. */
export interface PromptRecipe {
  /** Its length. */
  tokens: number
  /** The blocks that it begins with, by number: what has the same number is the same text. */
  blocks: readonly number[]
  /** Tokens of a block; the last one may be shorter. */
  blockTokens: number
}

/** One request of a trace, as it stands in the file. */
export interface TracedRequest {
  /** ms, on the clock of the trace. */
  at: number
  /** Tokens of its prompt and of its answer; `undefined`: nothing was answered, so that neither is known. */
  lengths: { input: number; output: number } | undefined
  /** What its prompt consists of, block by block; `undefined`: the trace does not tell. */
  blocks: readonly number[] | undefined
  /** What else the trace says of it. */
  tags: Readonly<Record<string, unknown>>
}
