import { keepKnown } from '../bench-spec/known.ts'
import type { Records } from '../engine/record.ts'

/** What servers counted of the prompts of completed requests. */
export interface PromptCache {
  /** Completed requests whose prompt was counted. */
  counted: number
  /** Their tokens, those from a cache included; `undefined`: none was counted. */
  promptTokens?: number
  /** Completed requests of which the server says how many tokens came from its cache, be it none. */
  told: number
  /** These tokens; `undefined`: it never says. */
  cachedTokens?: number
  /**
   * cachedTokens ÷ promptTokens, 0–1: a request without a word of the cache counts as one with none,
   * as there are servers that leave it out then.
   */
  share?: number
}

/** Give it completed records only. */
export function countPromptCache(completed: Records): PromptCache {
  let [counted, told, promptTokens, cachedTokens] = [0, 0, 0, 0]
  completed.forEach((record) => {
    if (record.promptTokens !== undefined) counted++
    if (record.cachedTokens !== undefined) told++
    promptTokens += record.promptTokens ?? 0
    cachedTokens += record.cachedTokens ?? 0
  })
  return keepKnown<PromptCache>({
    counted,
    promptTokens: counted === 0 ? undefined : promptTokens,
    told,
    cachedTokens: told === 0 ? undefined : cachedTokens,
    share: counted === 0 || told === 0 ? undefined : cachedTokens / promptTokens,
  })
}

/** The same of all records of conversations, of their first turns alone. */
export function countFirstTurns(records: Records): PromptCache {
  return countPromptCache(
    records.filter(
      ({ phase, outcome, turn, step }) =>
        phase === 'measured' && outcome === 'completed' && turn === 0 && step === 0,
    ),
  )
}
