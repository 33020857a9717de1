import type { Prompt } from '../latency/prefix-cache.ts'
import type { PlanEvent } from '../plan/plan.ts'
import type { Answer, ContentKind } from './answer.ts'

/** What a request asks for, whatever its format. */
export interface Ask {
  model?: string
  /** What a prefix cache looks at. */
  prompt: Prompt
  /** What the server itself has said in the prompt, in its order; nothing when absent. */
  said?: readonly string[]
  /** Of all prompts. */
  promptTokens: number
  /** Tokens of each prompt, where a request has several; each gets as many choices. */
  prompts?: readonly number[]
  /** Tokens of the longest of several that are looked at one by one; absent: all are one. */
  largestPrompt?: number
  maxTokens?: number
  minTokens?: number
  temperature?: number
  /** Answers at once; 1 when absent. */
  choices?: number
  /** What the format has a place for besides text; the rest becomes text. */
  kinds: readonly ContentKind[]
  /** Whether nothing is generated: the answer is what the prompt comes to. */
  isPooled?: boolean
  /** Whether a script is played in the place of what would be generated. */
  isScripted?: boolean
  /** Turns an answer into what is sent for it. */
  render(answer: Answer): Rendering
}

export interface Rendering {
  headers: Readonly<Record<string, string>>
  headersAtMs: number
  /** Ascending in time. */
  events: readonly PlanEvent[]
}
