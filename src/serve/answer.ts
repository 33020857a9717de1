import type { Results } from '../results/results.ts'

/** Times in seconds, rates per second; `null`: nothing was measured that it could be taken of. */
export interface MetricsDocument {
  /** Requests that were asked for and sent; warm-up there is none. */
  total_requests: number
  successful_requests: number
  failed_requests: number
  /** First dispatch to last token. */
  duration: number | null
  /** Successful ones. */
  requests_per_second: number | null
  /** Dispatch to last token, of successful requests, as `min_` and `max_` and the percentiles. */
  avg_response_time: number | null
  min_response_time: number | null
  max_response_time: number | null
  /** Output tokens of successful requests, as the server counted them; without its count, token events. */
  total_tokens: number | null
  tokens_per_second: number | null
  parallel: number
  model: string
  dataset: string
}

/** Nearest rank, in seconds. */
export interface PercentilesDocument {
  p50: number | null
  p75: number | null
  p90: number | null
  p95: number | null
  p99: number | null
}

/** The figures of a run as the benchmark answers them. */
export function toMetrics(
  { summary, load }: Results,
  { model, dataset }: { model: string; dataset: string },
): MetricsDocument {
  const { requests, latency_ms: latency } = summary
  return {
    total_requests: requests.total,
    successful_requests: requests.completed,
    failed_requests: requests.failed,
    duration: toSeconds(summary.duration_ms),
    requests_per_second: summary.requests_per_second,
    avg_response_time: toSeconds(latency?.mean),
    min_response_time: toSeconds(latency?.min),
    max_response_time: toSeconds(latency?.max),
    total_tokens: summary.output_tokens,
    tokens_per_second: summary.output_tokens_per_second,
    parallel: load.kind === 'closed' ? load.concurrency : load.max_concurrency,
    model,
    dataset,
  }
}

export function toPercentiles({ summary: { latency_ms: latency } }: Results): PercentilesDocument {
  return {
    p50: toSeconds(latency?.p50),
    p75: toSeconds(latency?.p75),
    p90: toSeconds(latency?.p90),
    p95: toSeconds(latency?.p95),
    p99: toSeconds(latency?.p99),
  }
}

/** To a microsecond, which is what the results keep. */
function toSeconds(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Number((ms / 1000).toFixed(6))
}
