import type { Status } from '../verdict/verdict.ts'

/** A number of ms, or `infinite` where failed requests fill the percentile. */
export type Measured = number | 'infinite'

/** Nearest-rank percentiles, ms. */
export interface DistributionDocument {
  count: number
  min: number
  mean: number
  stddev: number | null
  p50: number
  p75: number
  p90: number
  p95: number
  p99: number
  max: number
}

export interface SloDocument {
  id: string
  /** Canonical text of the SLO. */
  text: string
  metric: string
  /** `p95`, `mean`, `min`, `max` or `value`. */
  stat: string
  op: '<' | '<=' | '>' | '>='
  bound: number
  unit: 'ms' | 'share' | '/s' | 'tok/s'
  level: 'error' | 'warn' | 'info'
  /** The spec's own `why`. */
  reason: string | null
  line: number | null
  column: number | null
  status: Status
  method: 'exact' | 'rounds' | 'point' | 'none'
  observed: Measured | null
  margin: Measured | null
  n: number
  exceedances: number | null
  pass_at_most: number | null
  fail_at_least: number | null
  interval: { low: Measured | null; high: Measured | null } | null
  design_effect: number | null
  clusters: number | null
  p_fail: number | null
  p_pass: number | null
  p_fail_adjusted: number | null
  more_requests: number | null
  why: string
}

/** What lands in `results.json`; everything else that is written of a run is rendered from it. */
export interface Results {
  schema_version: 1
  tool: { name: 'slogate'; version: string }
  spec: { name: string; file: string | null; sha256: string | null }
  target: { url: string; method: string; hermetic: boolean }
  load: {
    kind: 'closed'
    concurrency: number
    requests: number | null
    duration_ms: number | null
    warmup: number
    rounds: number
    seed: number
  }
  stream: { asked: string | null; dialects: { name: string; count: number }[] }
  dataset: { source: string; rows: number; columns: string[] } | null
  /** ISO 8601, UTC. */
  started_at: string
  finished_at: string
  end: { kind: 'finished' | 'interrupted' | 'crashed'; reason: string | null }
  environment: {
    node: string
    platform: string
    arch: string
    cpu: string
    cores: number
  }
  summary: {
    requests: {
      total: number
      completed: number
      failed: number
      cancelled: number
      warmup: number
    }
    success_rate: number | null
    duration_ms: number | null
    requests_per_second: number | null
    output_tokens_per_second: number | null
    output_tokens: number | null
    token_basis: 'usage' | 'estimated' | 'mixed' | 'none'
    goodput: number | null
    ttft_ms: DistributionDocument | null
    ttfo_ms: DistributionDocument | null
    latency_ms: DistributionDocument | null
    stream_end_ms: DistributionDocument | null
    tpot_ms: DistributionDocument | null
    chunk_gap_ms: DistributionDocument | null
    stall_ms: DistributionDocument | null
    dispatch_delay_ms: DistributionDocument | null
    client_queue_ms: DistributionDocument | null
    failures: { kind: string; status: number | null; count: number; sample: string }[]
  }
  diagnostics: { id: string; level: 'info' | 'warn'; message: string }[]
  client: {
    event_loop_utilization: number
    event_loop_delay_p50_ms: number | null
    event_loop_delay_p99_ms: number | null
    event_loop_delay_max_ms: number | null
    gc_pauses: number
    gc_total_ms: number
    gc_max_ms: number
    cpu_share: number
    run_queue_share: number | null
  }
  verdict: {
    status: Status
    policy: 'pr' | 'release' | 'point'
    confidence: number
    failures: 'as-infinite' | 'exclude'
    passed: boolean
    exit_code: number
    why: string
    slos: SloDocument[]
  }
}
