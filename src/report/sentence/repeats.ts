import type { CacheRule } from '../../bench-spec/cache-rule.ts'
import type { Repetition } from '../../bench-spec/repetition.ts'
import { formatValue } from '../units.ts'

type Repeats = Pick<Repetition, 'repeated' | 'requests' | 'share'>

/** `298 of 300 requests have the prompt of an earlier one, so that a cache may know 99.3% of what is asked`. */
export function explainRepeats({ repeated, requests, share }: Repeats): string {
  const known = `a cache may know ${formatValue(share, 'share')} of what is asked`
  if (repeated === 0) return `no prompt is the same, but they begin alike, so that ${known}`
  return `${repeated} of ${requests} requests have the prompt of an earlier one, so that ${known}`
}

/** `400 of 1000 tokens of prompts came from a cache of the server, by its own count`. */
export function explainCached({ cached, tokens }: { cached: number; tokens: number }): string {
  return `${cached} of ${tokens} tokens of prompts came from a cache of the server, by its own count`
}

export const adviseDeclaration =
  'write cache: bust to measure without it, or cache: allowed if that is what is meant'

/** What a cache may know of the prompts that would be sent; `repetition` of them without markers. */
export function explainPlanned(
  cache: CacheRule | undefined,
  repetition: Repetition | undefined,
): string {
  if (cache?.kind === 'bust') return 'no prompt: each begins with a marker of its own'
  if (cache?.kind === 'shared') {
    return `the first ${cache.tokens} words of each prompt, and nothing behind them`
  }
  if (repetition === undefined) return 'unknown: it depends on how many requests fit into the time'
  if (repetition.share === 0) return 'no prompt, and no beginning of one'
  return `${explainRepeats(repetition)}${cache === undefined ? '' : ', as the spec allows'}`
}

/** Why a PASS of a release will not stand, before anything is sent. */
export function warnOfRepeats(repeats: Repeats): string {
  return `cache: ${explainRepeats(repeats)}: a PASS will be INCONCLUSIVE under policy release; ${adviseDeclaration}`
}
