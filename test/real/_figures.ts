import type { TruthRecord } from '../../src/mock/index.ts'

/** What a load tool says of a run, and what the mock knows of it. */
export interface Figures {
  completed: number
  failed: number
  /** ms. */
  ttft: Quantiles
  /** ms. */
  latency: Quantiles
  /** Output tokens; `undefined` where it counts them by a tokenizer of its own. */
  tokens: number | undefined
}

export interface Quantiles {
  p50: number
  p99: number
}

/** Nearest rank. */
export function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? NaN
  return { p50: at(0.5), p99: at(0.99) }
}

/** From the head of a request being parsed to the sends of its first and last content. */
export function figuresOf(truth: readonly TruthRecord[]): Figures {
  // AIPerf also looks whether the server has metrics.
  const asked = truth.filter(({ dialect }) => dialect !== null)
  const answered = asked.filter(({ outcome }) => outcome === 'ok')
  return {
    completed: answered.length,
    failed: asked.length - answered.length,
    ttft: quantilesOf(answered.map(({ content_ms, recv_ms }) => (content_ms[0] ?? NaN) - recv_ms)),
    latency: quantilesOf(
      answered.map(({ last_content_ms, recv_ms }) => (last_content_ms ?? NaN) - recv_ms),
    ),
    tokens: answered.reduce((sum, { tokens }) => sum + tokens.completion, 0),
  }
}
