/** Times that servers tell of. */
export const serverTimeNames = [
  'ttft',
  'latency',
  'queue',
  'prefill',
  'decode',
  'tokenGap',
] as const

export type ServerTimeName = (typeof serverTimeNames)[number]

/** All that a server has timed since its start; durations in ms. */
export interface TimeTotals {
  kind: 'totals'
  count: number
  sum: number
  /** Values of at most `bound`, ascending; the last bound may be infinite. */
  buckets: readonly { bound: number; count: number }[]
}

/** What a server says of its latest answers; durations in ms. */
export interface LatestTimes {
  kind: 'latest'
  count: number
  mean: number
  p50: number
  p95: number
  p99: number
}

/** What one look at a server's metrics showed; what it does not tell is `undefined`. */
export interface Snapshot {
  source: 'vllm' | 'qwen-vllm'
  running?: number
  waiting?: number
  /** Since the server's start: answers that were completed, and their tokens. */
  finished?: number
  promptTokens?: number
  outputTokens?: number
  /** Tokens of prompts that were looked for in the prefix cache, and those found there. */
  cacheQueries?: number
  cacheHits?: number
  times: Partial<Record<ServerTimeName, TimeTotals | LatestTimes>>
}

/** A whole number from 0 on, or `undefined`. */
export function toCount(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : undefined
}

/** A number from 0 on, or `undefined`. */
export function toAmount(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 && value < Infinity ? value : undefined
}
