// Made from results-schema.ts by its test: change it there and run `vitest -u`.

/** Nearest-rank percentiles in ms. */
export interface DistributionDocument {
  /** Number of values. */
  count: number
  /** ms. */
  min: number
  /** ms. */
  mean: number
  /** Sample standard deviation in ms; `null` for one value. */
  stddev: number | null
  /** ms. */
  p50: number
  /** ms. */
  p75: number
  /** ms. */
  p90: number
  /** ms. */
  p95: number
  /** ms. */
  p99: number
  /** ms. */
  max: number
}

/** One assertion of the spec and what became of it. */
export interface SloDocument {
  /** Stable name, unique within the spec. */
  id: string
  /** Canonical text, for example `ttft p95 <= 800ms`. */
  text: string
  /** What is measured, for example `ttft`. */
  metric: string
  /** `p95`, `mean`, `min`, `max`, or `value` for a metric that is one number per run. */
  stat: string
  /** Comparator. */
  op: '<' | '<=' | '>' | '>='
  /** In `unit`; of a relative SLO what the baseline makes of it, `null` where that is not known. */
  bound: number | null
  /** ms, share of 0–1, per second, or tokens per second. */
  unit: 'ms' | 'share' | '/s' | 'tok/s'
  /** Only `error` can block. */
  level: 'error' | 'warn' | 'info'
  /** Why the spec asks for it, in its own words. */
  reason: string | null
  /** 1-based line in the spec file. */
  line: number | null
  /** 1-based column in the spec file. */
  column: number | null
  /** What was decided. */
  status: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
  /**
   * `exact`: binomial on exceedances; `rounds`: t on per-round values; `ratio`: per-round values
   * against those of the baseline; `point`: observed value alone.
   */
  method: 'exact' | 'rounds' | 'ratio' | 'point' | 'none'
  /** In `unit`; `null` when there was nothing to observe. */
  observed: number | 'infinite' | null
  /** Distance to the bound in `unit`, positive when the SLO holds. */
  margin: number | 'infinite' | null
  /** Observations, failed requests included where they count. */
  n: number
  /** Observations on the wrong side of the bound. */
  exceedances: number | null
  /** Most exceedances that would still be a PASS. */
  pass_at_most: number | null
  /** Fewest exceedances that are a FAIL. */
  fail_at_least: number | null
  /** Limits of the true statistic, in `unit`; each holds with the confidence of the gate. */
  interval: {
    /** `null` when the data do not reach it. */
    low: number | 'infinite' | null
    /** `null` when the data do not reach it. */
    high: number | 'infinite' | null
  } | null
  /** Variance inflation over clusters; `null` when independence is assumed. */
  design_effect: number | null
  /** Rounds, or requests for `chunk_gap`. */
  clusters: number | null
  /** Of an SLO relative to a baseline. Changes are ratios − 1; of shares they are differences. */
  relative: {
    /** The baseline's value, in `unit`. */
    baseline: number | 'infinite' | null
    /** Mean over the rounds; `null` when one of them has no finite ratio. */
    change: number | null
    /** Lower confidence limit of the change. */
    low: number | null
    /** Upper confidence limit of the change. */
    high: number | null
    /** The looser allowance as a change, with its sign. */
    allowed: number
    /** The absolute allowance of the spec, in `unit`. */
    floor: number | null
    /** Rounds of each side that were compared, or groups of rounds. */
    rounds: number
  } | null
  /** One-sided p-value against "the SLO holds". */
  p_fail: number | null
  /** One-sided p-value against "the SLO is missed". */
  p_pass: number | null
  /** `p_fail` after Holm over the error-level SLOs. */
  p_fail_adjusted: number | null
  /** Estimated further requests that would decide it. */
  more_requests: number | null
  /** One sentence: why this status. */
  why: string
}

/** One time as the server measured it, beside what this client measured of the same requests. */
export interface ServerTimeDocument {
  /** Values of the server. */
  count: number
  /** ms. */
  mean: number
  /** ms; read it with `percentiles`. */
  p50: number | null
  /** ms; read it with `percentiles`. */
  p95: number | null
  /** ms; read it with `percentiles`. */
  p99: number | null
  /**
   * `at-most`: upper bounds of the buckets of a histogram; `exact`: as the server computed them;
   * `none`: not known. `null` in a bucket without an upper bound.
   */
  percentiles: 'at-most' | 'exact' | 'none'
  /** What this client measured; `null` for a time that only the server can see. */
  client: {
    /** Values. */
    count: number
    /** ms. */
    mean: number
    /** ms. */
    p50: number
    /** ms. */
    p95: number
    /** ms. */
    p99: number
  } | null
}

/** What the server itself tells of the run; `null` unless the spec asks with `server_metrics`. */
export interface ServerDocument {
  /** Whose metrics they are; `null` when nothing could be read. */
  source: 'vllm' | 'qwen-vllm' | null
  /** Where they were read, secrets redacted. */
  url: string
  /** Time between two scrapes, while the run is short. */
  interval_ms: number
  /** Scrapes that could be read. */
  scrapes: number
  /** Scrapes that could not. */
  failed_scrapes: number
  /** Why the first of these could not be read; untrusted text. */
  failure: string | null
  /** What lies between the two scrapes that are compared; `null` without two. */
  covers: {
    /** First scrape, from the start of the measured phase. */
    from_ms: number
    /** Last scrape, from the start of the measured phase. */
    to_ms: number
    /** Requests of the warm-up that ended in this time. */
    warmup: number
  } | null
  /** Answers that were completed in this time. */
  requests: {
    /** As the server counted. */
    server: number
    /** As this client counted. */
    client: number
    /** Whether the requests of this client alone explain what the server counted. */
    agrees: boolean
  } | null
  /** Tokens of the prompts. */
  prompt_tokens: {
    /** As the server counted. */
    server: number
    /** As the answers said; `null` when they did not. */
    usage: number | null
    /** The same of these; `null` without `usage`. */
    agrees: boolean | null
  } | null
  /** Tokens of the answers: three counts of the same. */
  output_tokens: {
    /** As the server counted. */
    server: number
    /** As the answers said; `null` when they did not. */
    usage: number | null
    /** Token events that this client saw. */
    events: number
    /** The same of these, by `usage`, or by token events without it. */
    agrees: boolean
  } | null
  /** From the arrival of a request to its first token. */
  ttft_ms: ServerTimeDocument | null
  /** From the arrival of a request to its last token. */
  latency_ms: ServerTimeDocument | null
  /** From the arrival of a request until it began to run. */
  queue_ms: ServerTimeDocument | null
  /** From then to its first token. */
  prefill_ms: ServerTimeDocument | null
  /** From its first token to its last. */
  decode_ms: ServerTimeDocument | null
  /** Between two tokens. */
  token_gap_ms: ServerTimeDocument | null
  /**
   * The mean latency that the client saw, in parts that add up to it; `null` when they are not
   * known.
   */
  breakdown_ms: {
    /** ms, as the client saw it. */
    latency: number
    /** ms; `null` when the server does not tell. */
    queue: number | null
    /** ms; `null` when the server does not tell it from the queue. */
    prefill: number | null
    /** Queue and prefill together, ms. */
    first_token: number
    /** ms. */
    decode: number
    /** What the server does not account for: network, gateway, client; ms. */
    outside: number
  } | null
  /** Requests within the server over time. */
  timeline: {
    /** From the start of the measured phase; negative in the warm-up. */
    at_ms: number
    /** Requests that were computed. */
    running: number | null
    /** Requests that waited. */
    waiting: number | null
  }[]
  /** One sentence: where the time goes, or why that is not known. */
  message: string
}

/** What `slogate calibrate` found before this run. */
export interface CalibrationDocument {
  /** ISO 8601, UTC. */
  measured_at: string
  /** Requests to the bundled mock that were compared with what it sent. */
  requests: number
  /** Requests in flight. */
  concurrency: number
  /** Token events in each answer. */
  events_per_answer: number
  /** Of a request, the larger of its ttft and its latency. */
  client_error_ms: {
    /** ms. */
    p50: number
    /** ms. */
    p95: number
    /** ms. */
    p99: number
    /** ms. */
    max: number
  }
  /** Of a token event. */
  chunk_error_ms: {
    /** ms. */
    p50: number
    /** ms. */
    p95: number
    /** ms. */
    p99: number
    /** ms. */
    max: number
  } | null
  /** How much rounds of this target differ among themselves; `null`: not measured. */
  noise: {
    /** ISO 8601, UTC. */
    measured_at: string
    /** Requests that were sent. */
    requests: number
    /** Slices of them. */
    rounds: number
    /** By metric and statistic. */
    figures: {
      /** For example `ttft`. */
      metric: string
      /** `p50`, `p95`, or `value` of a rate. */
      stat: string
      /** Standard deviation of the ln-ratio of two neighbouring rounds. */
      spread: number
      /** What a comparison would see in four of five times. */
      smallest_changes: {
        /** Of each side. */
        rounds: number
        /** Ratio − 1. */
        change: number
      }[]
    }[]
  } | null
  /** Whether machine and load are alike; if not, it was not used. */
  matches: boolean
  /** What differs. */
  reason: string | null
}

/** What lands in `results.json`; everything else written of a run is rendered from it. */
export interface Results {
  /** Version of this layout. */
  schema_version: 1
  /** What wrote it. */
  tool: {
    /** Always `slogate`. */
    name: 'slogate'
    /** Version of the package. */
    version: string
  }
  /** What was asked. */
  spec: {
    /** Name of the spec. */
    name: string
    /** Path as shown to people; `null` for a spec given as an object. */
    file: string | null
    /** Of the spec file, hexadecimal. */
    sha256: string | null
  }
  /** Where requests went. */
  target: {
    /** Secrets redacted. */
    url: string
    /** HTTP method. */
    method: string
    /** Whether the bundled mock was the target. */
    hermetic: boolean
  }
  /** How requests were sent. */
  load: {
    /** Closed loop. */
    kind: 'closed'
    /** Requests in flight. */
    concurrency: number
    /** Measured requests asked for; `null` when only a duration was. */
    requests: number | null
    /** Time of dispatching asked for. */
    duration_ms: number | null
    /** Requests sent before the measured ones. */
    warmup: number
    /** Equal slices of the measured requests. */
    rounds: number
    /** Of everything random. */
    seed: number
    /**
     * Of what is sent and how, hexadecimal: method, body, rows, stream format, concurrency. Runs
     * that differ in it cannot be compared.
     */
    workload_sha256: string
  }
  /** How streams were read. */
  stream: {
    /** Dialect that the spec names; `null`: chosen from the response. */
    asked: string | null
    /** Dialects that were used. */
    dialects: {
      /** Its name. */
      name: string
      /** Requests read so. */
      count: number
    }[]
  }
  /** Rows that fill the placeholders; `null` without any. */
  dataset: {
    /** Path as written in the spec. */
    source: string
    /** Number of rows. */
    rows: number
    /** Names. */
    columns: string[]
  } | null
  /** ISO 8601, UTC. */
  started_at: string
  /** ISO 8601, UTC. */
  finished_at: string
  /** How the run ended. */
  end: {
    /**
     * `curtailed`: the outcome was certain; `unhealthy`: the target was given up; `interrupted` by
     * the caller; `crashed` in the client.
     */
    kind: 'finished' | 'curtailed' | 'unhealthy' | 'interrupted' | 'crashed'
    /** Why it did not finish. */
    reason: string | null
  }
  /** The machine that measured. */
  environment: {
    /** Version of Node. */
    node: string
    /** Operating system. */
    platform: string
    /** Processor architecture. */
    arch: string
    /** Processor model. */
    cpu: string
    /** Available cores. */
    cores: number
  }
  /** The measured requests in figures; warm-up is excluded everywhere. */
  summary: {
    /** Number of requests by outcome. */
    requests: {
      /** Measured requests. */
      total: number
      /** Answered properly. */
      completed: number
      /** Not answered properly. */
      failed: number
      /** In flight when the run was stopped. */
      cancelled: number
      /** Sent before the measured ones. */
      warmup: number
    }
    /** completed ÷ (total − cancelled), 0–1. */
    success_rate: number | null
    /** First measured dispatch to last measured token. */
    duration_ms: number | null
    /** Completed requests per second of the duration. */
    requests_per_second: number | null
    /** Output tokens of completed requests per second. */
    output_tokens_per_second: number | null
    /** Output tokens of completed requests. */
    output_tokens: number | null
    /** Where token counts come from: the server, or token events counted. */
    token_basis: 'usage' | 'estimated' | 'mixed' | 'none'
    /** Share of requests that keep all per-request bounds, 0–1. */
    goodput: number | null
    /** First token − dispatched. */
    ttft_ms: DistributionDocument | null
    /** First token that is not reasoning − dispatched. */
    ttfo_ms: DistributionDocument | null
    /** Last token − dispatched. */
    latency_ms: DistributionDocument | null
    /** End of the body − dispatched. */
    stream_end_ms: DistributionDocument | null
    /** (Last token − first token) ÷ (tokens − 1). */
    tpot_ms: DistributionDocument | null
    /** Gaps between consecutive token events, all requests together. */
    chunk_gap_ms: DistributionDocument | null
    /** Largest chunk gap of a request. */
    stall_ms: DistributionDocument | null
    /** Dispatched − scheduled. */
    dispatch_delay_ms: DistributionDocument | null
    /** Dispatched − given to the transport. */
    client_queue_ms: DistributionDocument | null
    /** Failed requests by kind. */
    failures: {
      /** For example `timeout.ttft`. */
      kind: string
      /** HTTP status, for `http_status`. */
      status: number | null
      /** Requests that failed this way. */
      count: number
      /** Message of the first one; untrusted text of the target. */
      sample: string
    }[]
  }
  /** Slices of the measured requests, in order. */
  rounds: {
    /** 0-based. */
    round: number
    /** Answered properly. */
    completed: number
    /** Not answered properly. */
    failed: number
    /** Requests that keep all per-request bounds. */
    good: number | null
    /** Completed requests per second. */
    requests_per_second: number | null
    /** Output tokens per second. */
    output_tokens_per_second: number | null
    /** As SLOs take it: `infinite` where failed requests fill a percentile. */
    ttft_ms: {
      /** ms, of completed requests. */
      mean: number | 'infinite' | null
      /** ms. */
      p50: number | 'infinite' | null
      /** ms. */
      p75: number | 'infinite' | null
      /** ms. */
      p90: number | 'infinite' | null
      /** ms. */
      p95: number | 'infinite' | null
      /** ms. */
      p99: number | 'infinite' | null
    } | null
    /** As `ttft_ms`. */
    ttfo_ms: {
      /** ms, of completed requests. */
      mean: number | 'infinite' | null
      /** ms. */
      p50: number | 'infinite' | null
      /** ms. */
      p75: number | 'infinite' | null
      /** ms. */
      p90: number | 'infinite' | null
      /** ms. */
      p95: number | 'infinite' | null
      /** ms. */
      p99: number | 'infinite' | null
    } | null
    /** As `ttft_ms`. */
    latency_ms: {
      /** ms, of completed requests. */
      mean: number | 'infinite' | null
      /** ms. */
      p50: number | 'infinite' | null
      /** ms. */
      p75: number | 'infinite' | null
      /** ms. */
      p90: number | 'infinite' | null
      /** ms. */
      p95: number | 'infinite' | null
      /** ms. */
      p99: number | 'infinite' | null
    } | null
    /** As `ttft_ms`. */
    tpot_ms: {
      /** ms, of completed requests. */
      mean: number | 'infinite' | null
      /** ms. */
      p50: number | 'infinite' | null
      /** ms. */
      p75: number | 'infinite' | null
      /** ms. */
      p90: number | 'infinite' | null
      /** ms. */
      p95: number | 'infinite' | null
      /** ms. */
      p99: number | 'infinite' | null
    } | null
    /** As `ttft_ms`. */
    chunk_gap_ms: {
      /** ms, of completed requests. */
      mean: number | 'infinite' | null
      /** ms. */
      p50: number | 'infinite' | null
      /** ms. */
      p75: number | 'infinite' | null
      /** ms. */
      p90: number | 'infinite' | null
      /** ms. */
      p95: number | 'infinite' | null
      /** ms. */
      p99: number | 'infinite' | null
    } | null
    /** As `ttft_ms`. */
    stall_ms: {
      /** ms, of completed requests. */
      mean: number | 'infinite' | null
      /** ms. */
      p50: number | 'infinite' | null
      /** ms. */
      p75: number | 'infinite' | null
      /** ms. */
      p90: number | 'infinite' | null
      /** ms. */
      p95: number | 'infinite' | null
      /** ms. */
      p99: number | 'infinite' | null
    } | null
  }[]
  /** What the run was compared with; `null`: nothing. */
  baseline: {
    /** `interleaved`: a second target whose rounds alternated; `file`: an earlier run. */
    kind: 'interleaved' | 'file'
    /** URL, or file as the spec names it; secrets redacted. */
    source: string
    /** Whether machine and workload were the same. */
    comparable: boolean
    /** What differs, where they were not. */
    reason: string | null
    /** The measured requests in figures; warm-up is excluded everywhere. */
    summary: {
      /** Number of requests by outcome. */
      requests: {
        /** Measured requests. */
        total: number
        /** Answered properly. */
        completed: number
        /** Not answered properly. */
        failed: number
        /** In flight when the run was stopped. */
        cancelled: number
        /** Sent before the measured ones. */
        warmup: number
      }
      /** completed ÷ (total − cancelled), 0–1. */
      success_rate: number | null
      /** First measured dispatch to last measured token. */
      duration_ms: number | null
      /** Completed requests per second of the duration. */
      requests_per_second: number | null
      /** Output tokens of completed requests per second. */
      output_tokens_per_second: number | null
      /** Output tokens of completed requests. */
      output_tokens: number | null
      /** Where token counts come from: the server, or token events counted. */
      token_basis: 'usage' | 'estimated' | 'mixed' | 'none'
      /** Share of requests that keep all per-request bounds, 0–1. */
      goodput: number | null
      /** First token − dispatched. */
      ttft_ms: DistributionDocument | null
      /** First token that is not reasoning − dispatched. */
      ttfo_ms: DistributionDocument | null
      /** Last token − dispatched. */
      latency_ms: DistributionDocument | null
      /** End of the body − dispatched. */
      stream_end_ms: DistributionDocument | null
      /** (Last token − first token) ÷ (tokens − 1). */
      tpot_ms: DistributionDocument | null
      /** Gaps between consecutive token events, all requests together. */
      chunk_gap_ms: DistributionDocument | null
      /** Largest chunk gap of a request. */
      stall_ms: DistributionDocument | null
      /** Dispatched − scheduled. */
      dispatch_delay_ms: DistributionDocument | null
      /** Dispatched − given to the transport. */
      client_queue_ms: DistributionDocument | null
      /** Failed requests by kind. */
      failures: {
        /** For example `timeout.ttft`. */
        kind: string
        /** HTTP status, for `http_status`. */
        status: number | null
        /** Requests that failed this way. */
        count: number
        /** Message of the first one; untrusted text of the target. */
        sample: string
      }[]
    }
  } | null
  /** What a reader must know before believing the figures. */
  diagnostics: {
    /** kebab-case, stable. */
    id: string
    /** How much it matters. */
    level: 'info' | 'warn'
    /** One sentence. */
    message: string
  }[]
  /** How far the client itself can be trusted; `null` when it ended before it could say. */
  client: {
    /** 0–1. */
    event_loop_utilization: number
    /** Above its own resolution. */
    event_loop_delay_p50_ms: number | null
    /** Above its own resolution. */
    event_loop_delay_p99_ms: number | null
    /** Above its own resolution. */
    event_loop_delay_max_ms: number | null
    /** Garbage collections. */
    gc_pauses: number
    /** Time in them. */
    gc_total_ms: number
    /** The longest. */
    gc_max_ms: number
    /** CPU time ÷ wall time of the load process. */
    cpu_share: number
    /** Share of the time spent waiting for a core, 0–1. */
    run_queue_share: number | null
  } | null
  /** What the server itself tells of the run; `null` unless the spec asks with `server_metrics`. */
  server: ServerDocument | null
  /** The client's own error as calibrated; `null`: it never was. */
  calibration: CalibrationDocument | null
  /** The decision. */
  verdict: {
    /** What was decided. */
    status: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
    /** What blocks. */
    policy: 'pr' | 'release' | 'point'
    /** Of the statistics, 0.5–1. */
    confidence: number
    /** Whether a failed request counts as infinitely slow. */
    failures: 'as-infinite' | 'exclude'
    /** How often the run was judged: once, and after each round that was added. */
    looks: {
      /** At the most. */
      planned: number
      /** Of them. */
      taken: number
      /** Of each look: 1 − (1 − `confidence`) ÷ `planned`. */
      confidence: number
    }
    /** Whether the policy lets it through. */
    passed: boolean
    /**
     * 0 pass, 1 SLO missed, 2 inconclusive where the policy blocks it, 3 bad spec or usage, 4 no
     * data or target unreachable, 130 interrupted by Ctrl-C, 143 ended by SIGTERM.
     */
    exit_code: number
    /** One sentence. */
    why: string
    /** In the order of the spec. */
    slos: SloDocument[]
  }
}
