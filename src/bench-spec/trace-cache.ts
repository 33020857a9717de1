import type { PromptRecipe } from './trace.ts'

/**
 * Share of the tokens of all prompts, in the order in which they are sent, that a prefix cache finds
 * which is empty at first, keeps everything and knows a prompt as soon as it is sent. 0–1.
 */
export function impliedCachedShare(prompts: readonly PromptRecipe[]): number {
  // Beginnings of prompts by number: what is behind a beginning is one more.
  const known = new Map<string, number>()
  let found = 0
  let all = 0
  for (const { tokens, blocks, blockTokens } of prompts) {
    let beginning = 0
    let hit = true
    let cached = 0
    for (const block of blocks) {
      const key = `${beginning} ${block}`
      const next = known.get(key)
      hit &&= next !== undefined
      if (hit) cached += blockTokens
      beginning = next ?? known.size + 1
      known.set(key, beginning)
    }
    found += Math.min(cached, tokens)
    all += tokens
  }
  return all === 0 ? 0 : found / all
}
