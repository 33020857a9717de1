import type { CacheRule } from './cache-rule.ts'
import type { PromptRecipe, Trace } from './trace.ts'

/** What prompts of a trace have in common with those before them. */
interface Common {
  /** Prompts that are wholly those of an earlier one. */
  repeated: number
  /**
   * Share of the tokens of all prompts, in the order in which they are sent, that a prefix cache finds
   * which is empty at first, keeps everything and knows a prompt as soon as it is sent. 0–1.
   */
  share: number
}

export function findCommon(prompts: readonly PromptRecipe[]): Common {
  // Beginnings of prompts by number: what is behind a beginning is one more.
  const known = new Map<string, number>()
  let [repeated, found, all] = [0, 0, 0]
  for (const { tokens, blocks, blockTokens } of prompts) {
    let beginning = 0
    let isKnown = true
    let cached = 0
    for (const block of blocks) {
      const key = `${beginning} ${block}`
      const next = known.get(key)
      isKnown &&= next !== undefined
      if (isKnown) cached += blockTokens
      beginning = next ?? known.size + 1
      known.set(key, beginning)
    }
    if (cached >= tokens) repeated++
    found += Math.min(cached, tokens)
    all += tokens
  }
  return { repeated, share: all === 0 ? 0 : found / all }
}

/** A trace that tells what its prompts have in common says what a cache may know. */
export function ruleOfTrace({ cachedShare }: Trace): CacheRule | undefined {
  return cachedShare === undefined ? undefined : { kind: 'allowed' }
}
