import { createHash } from 'node:crypto'

import { splitTokens } from '../plan/tokens.ts'

/** A text, or token ids. */
export type Prompt = string | readonly number[]

export interface PrefixCacheLimits {
  /** Tokens in a block; only whole blocks are shared. */
  blockTokens: number
  /** Most blocks that are kept. */
  blocks: number
}

/** Remembers the beginnings of prompts. */
export interface PrefixCache {
  /**
   * Tokens at the beginning of the prompt that an earlier prompt began with too; the prompt is
   * remembered from now on. The last token is never found, since something has to be computed.
   */
  visit(prompt: Prompt): number
  clear(): void
}

/** When it is full, what was not asked for longest goes first, the end of a prompt before its beginning. */
export function createPrefixCache({ blockTokens, blocks }: PrefixCacheLimits): PrefixCache {
  // In order of use.
  const kept = new Set<string>()

  function listBlocks(prompt: Prompt): string[] {
    const tokens = typeof prompt === 'string' ? splitTokens(prompt) : prompt
    const keys: string[] = []
    let parent = ''
    for (let from = 0; from + blockTokens < tokens.length; from += blockTokens) {
      const block = JSON.stringify([parent, tokens.slice(from, from + blockTokens)])
      parent = createHash('sha256').update(block).digest('base64')
      keys.push(parent)
    }
    return keys
  }

  return {
    visit(prompt) {
      const keys = listBlocks(prompt)
      const missing = keys.findIndex((key) => !kept.has(key))
      for (const key of keys.toReversed()) {
        kept.delete(key)
        kept.add(key)
      }
      for (const key of kept) {
        if (kept.size <= blocks) break
        kept.delete(key)
      }
      return (missing === -1 ? keys.length : missing) * blockTokens
    },
    clear() {
      kept.clear()
    },
  }
}
