import type { Timing } from '../plan/plan.ts'
import type { Distribution } from './distribution.ts'
import { createSampler } from './sampler.ts'
import type { Tier } from './tier.ts'

/** See `Options`. */
export interface TimingOptions {
  tier: Tier
  ttft: Distribution
  itl: Distribution
  latencyFactor: number
  seed: number
}

export interface Prefill {
  promptTokens: number
  /** Of them. */
  cachedTokens: number
  /** ms, before `latencyFactor`. */
  delay: number
}

/** `turn`: see `Sampler`. */
export type TimeAnswer = (
  prefill: Prefill,
  contents: number,
  key: string,
  turn: number | undefined,
) => Timing

export function createTiming(options: TimingOptions): TimeAnswer {
  const { tier, latencyFactor, seed } = options
  const drawTtft = createSampler(options.ttft, seed, 'ttft')
  const drawItl = createSampler(options.itl, seed, 'itl')

  /** Time to the first content; then, of any content, time since the one before it. */
  function createGaps(tokens: number, prompt: number, key: string, turn: number | undefined) {
    if (tier.kind === 'step') {
      const { base, perRequest, perToken, perContextToken, batchTokens } = tier
      return {
        first: Math.ceil(tokens / batchTokens) * base + perToken * tokens,
        next: (content: number) => base + perRequest + perContextToken * (prompt + content),
      }
    }
    const next = drawItl(key, turn)
    if (tier.kind === 'fixed') return { first: drawTtft(key, turn)(), next }
    const { base, perToken, perTokenSquared } = tier
    return { first: base + perToken * tokens + perTokenSquared * tokens ** 2, next }
  }

  return ({ promptTokens, cachedTokens, delay }, contents, key, turn) => {
    const prefillTokens = promptTokens - cachedTokens
    const { first, next } = createGaps(prefillTokens, promptTokens, key, turn)
    const contentsMs: number[] = []
    let atMs = (delay + first) * latencyFactor
    for (let content = 0; content < contents; content++) {
      if (content > 0) atMs += next(content) * latencyFactor
      contentsMs.push(atMs)
    }
    return { prefillTokens, delayMs: delay * latencyFactor, contentsMs }
  }
}
