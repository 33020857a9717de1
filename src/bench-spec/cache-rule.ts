import type { BenchDocument } from './bench-document.ts'
import type { Lead } from './prompt-head.ts'
import { writeWords } from './prompt-text.ts'
import { mix } from './random.ts'

/**
 * What a cache of the server may know of the prompts. `allowed`: whatever repeats; `bust`: nothing, each
 * begins with a marker of its own; `shared`: the first `tokens`, the same in all, and nothing behind them.
 */
export type CacheRule = { kind: 'allowed' } | { kind: 'bust' } | { kind: 'shared'; tokens: number }

/** `undefined`: the document does not say. */
export function readCacheRule({
  cache,
  data_source: source,
}: Pick<Partial<BenchDocument>, 'cache' | 'data_source'>): CacheRule | undefined {
  if (typeof cache === 'object') return { kind: 'shared', tokens: cache.shared }
  const kind = cache ?? (source?.repeats === 'allowed' ? 'allowed' : undefined)
  return kind && { kind }
}

/** Whether each prompt begins with a marker. */
export function marksPrompts(rule: CacheRule | undefined): boolean {
  return rule !== undefined && rule.kind !== 'allowed'
}

/** Uses of a seed besides those of numbers of requests, which count from 0. */
const uses = { text: -1, high: -2, low: -3 } as const

/** The text that all prompts begin with; '' where they share none. A word is about a token. */
export function writeShared(rule: CacheRule | undefined, seed: number): string {
  return rule?.kind === 'shared' ? `${writeWords(mix(seed, uses.text), rule.tokens)}\n\n` : ''
}

const space = 10n ** 12n

/** Odd and no multiple of 5, so that no two numbers come to the same. */
const stride = 618_033_988_749n

/** Prompts of one body that have markers of their own. */
const mostPrompts = 4096

/**
 * Markers of a seed: `[#618033988749] `, 12 digits, which differ from request to request, warm-up
 * included, and from one prompt of a body to the next. Digits alone, because tokenizers cut these alike
 * whatever they are: a marker is as many tokens in every prompt.
 */
export function createMarker(
  seed: number,
): (request: { phase: 'warmup' | 'measured'; index: number }) => Lead {
  const half = (use: number): bigint => BigInt(mix(seed, use) >>> 0)
  const origin = (half(uses.high) << 32n) | half(uses.low)
  return ({ phase, index }) => {
    const request = 2 * index + (phase === 'warmup' ? 1 : 0)
    return (prompt) => {
      const number = BigInt(request) * BigInt(mostPrompts) + BigInt(prompt % mostPrompts)
      const digits = (origin + number * stride) % space
      return `[#${String(digits).padStart(12, '0')}] `
    }
  }
}
