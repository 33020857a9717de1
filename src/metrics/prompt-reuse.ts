import type { CacheRule } from '../bench-spec/cache-rule.ts'
import type { Repetition } from '../bench-spec/repetition.ts'
import type { Diagnostic } from './diagnostic.ts'
import type { PromptCache } from './prompt-cache.ts'

/**
 * Share of prompts that a cache may know without a word, 0–1: it makes a mean faster by no more than
 * that, and of a p95 a p95.25.
 */
export const harmlessShare = 0.05

/** Why the figures may be those of a cache, though nobody said that they are meant to be. */
export type PromptReuse =
  /** Prompts repeat: `share` of their characters, 0–1, an earlier one began with. */
  | { kind: 'prompts-repeat'; repeated: number; requests: number; share: number }
  /** More came from a cache than repeats explain, as the server says. */
  | { kind: 'prompts-cached'; cached: number; tokens: number }

/** What is known of the prompts of a run. */
export interface PromptFacts {
  /** What the spec says that a cache may know. */
  cache: CacheRule | undefined
  /** Of the measured requests as they were sent, but for markers; `undefined`: no one was. */
  repetition: Repetition | undefined
  /** As the server counts them. */
  prompts: PromptCache
}

/** `undefined`: they are those of the model, or of a cache that is meant. */
export function findReuse({ cache, repetition, prompts }: PromptFacts): PromptReuse | undefined {
  if (cache?.kind === 'allowed' || cache?.kind === 'shared') return undefined
  const known = cache === undefined ? repetition : undefined
  if (known !== undefined && known.share >= harmlessShare) {
    const { repeated, requests, share } = known
    return { kind: 'prompts-repeat', repeated, requests, share }
  }
  const { share = 0, cachedTokens = 0, promptTokens = 0 } = prompts
  if (share < harmlessShare) return undefined
  return { kind: 'prompts-cached', cached: cachedTokens, tokens: promptTokens }
}

/** What a reader must know of the prompts; nothing where none repeats and the server says of none that it did. */
export function diagnosePrompts(facts: PromptFacts): Diagnostic[] {
  const { cache, repetition } = facts
  const reuse = findReuse(facts)
  if (reuse?.kind === 'prompts-cached') {
    const { cached, tokens } = reuse
    return [{ id: 'prompts-cached', level: 'warn', marked: cache?.kind === 'bust', cached, tokens }]
  }
  // Markers make other prompts of them.
  if (cache?.kind === 'bust' || cache?.kind === 'shared') return []
  if (repetition === undefined || repetition.share === 0) return []
  const level = reuse === undefined ? 'info' : 'warn'
  return [{ id: 'prompts-repeat', level, allowed: cache !== undefined, ...repetition }]
}
