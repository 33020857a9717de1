import type { FailureKind } from '../engine/record.ts'

/** Nearest-rank percentiles; durations in ms. */
export interface Distribution {
  count: number
  min: number
  mean: number
  /** Sample standard deviation; `undefined` for one value. */
  stddev?: number
  p50: number
  p75: number
  p90: number
  p95: number
  p99: number
  max: number
}

export interface FailureCount {
  kind: FailureKind
  count: number
  /** HTTP status, for `http_status`. */
  status?: number
  /** Message of the first one. */
  sample: string
}

/** Where the output token counts come from. `estimated`: token events were counted. */
export type TokenBasis = 'usage' | 'estimated' | 'mixed' | 'none'

/** Records of a run, summarised. Warm-up is excluded everywhere. */
export interface RunSummary {
  requests: { total: number; completed: number; failed: number; cancelled: number; warmup: number }
  /** completed ÷ (total − cancelled); `undefined` for 0 requests. */
  successRate?: number
  /** First measured dispatch → last measured token, ms; `undefined` without a token. */
  duration?: number
  /** Completed requests per second of `duration`. */
  requestsPerSecond?: number
  outputTokensPerSecond?: number
  outputTokens?: number
  tokenBasis: TokenBasis
  goodput?: number
  /** Of completed requests. */
  ttft?: Distribution
  ttfo?: Distribution
  latency?: Distribution
  streamEnd?: Distribution
  tpot?: Distribution
  chunkGap?: Distribution
  stall?: Distribution
  /** Of all dispatched requests. */
  dispatchDelay?: Distribution
  /** called → dispatched. */
  clientQueue?: Distribution
  failures: readonly FailureCount[]
  dialects: readonly { name: string; count: number }[]
}

/** A property of the run that a reader must know before believing its figures. */
export interface Diagnostic {
  /** kebab-case, stable. */
  id: string
  level: 'info' | 'warn'
  message: string
}
