// Made from schema.ts by its test: change it there and run `vitest -u`.

/** A bench of a streaming LLM endpoint and the SLOs it must keep. */
export interface BenchDocument {
  /** Where this schema is, for editors. */
  $schema?: string
  /** Name of the bench. Default: the name of the file. */
  name?: string
  /** The endpoint; a path is enough with `mock`. May hold {{column}}. */
  url: string
  /**
   * HTTP method.
   * @default "POST"
   */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /**
   * Headers of every request. May hold {{column}}.
   * @default {}
   */
  headers?: Record<string, string | number | boolean>
  /**
   * Body of every request: a text is sent as it is, anything else as JSON, null not at all. May
   * hold {{column}}. Default for POST: {"stream": true}.
   */
  body?: unknown
  /**
   * Deadline of a whole request. A number is in seconds; a text has its unit (us, ms, s, m, h).
   * @default 300
   */
  timeout?: number | string
  /**
   * Deadline of connecting. A number is in seconds; a text has its unit (us, ms, s, m, h).
   * @default "10s"
   */
  connect_timeout?: number | string
  /** Deadline of the first token. A number is in seconds; a text has its unit (us, ms, s, m, h). */
  ttft_timeout?: number | string
  /**
   * Longest silence within a stream. A number is in seconds; a text has its unit (us, ms, s, m, h).
   */
  idle_timeout?: number | string
  /**
   * Whether a connection serves one request after the other. With false each request opens its own
   * and says `connection: close`.
   * @default true
   */
  keep_alive?: boolean
  /**
   * Whether a request is sent once more, on a new connection, where the server closes a kept one
   * without a byte of a response.
   * @default true
   */
  resend?: boolean
  /**
   * Whether each request has a `traceparent` (W3C Trace Context) of its own, by which the spans of
   * the server are found; `sampled` is its flag.
   * @default false
   */
  trace_context?:
    | boolean
    | {
        /**
         * Whether the server is asked to keep its spans.
         * @default true
         */
        sampled?: boolean
        /** Free for notes; never read. */
        [key: `x-${string}`]: unknown
      }
  /**
   * Header in which each request has its trace id, for the logs of a server or gateway. Default:
   * none.
   */
  request_id_header?: string
  /** Rows for the {{column}} placeholders; request i uses row i modulo rows, or as shuffled. */
  data_source?: {
    /**
     * Format of the file, of conversations a list of turns in each row; or `synthetic`: prompts are
     * made up; or `trace`: sent when it says.
     */
    type: 'csv' | 'jsonl' | 'synthetic' | 'conversations' | 'trace'
    /** The file, relative to the spec's directory. */
    file?: string
    /** The only column that may be used. Default: all. */
    column?: string
    /**
     * Character encoding of the file.
     * @default "utf-8"
     */
    encoding?: string
    /**
     * Whether rows are sent in an order that `seed` draws, a new one in each pass.
     * @default false
     */
    shuffle?: boolean
    /**
     * Whether a row may be sent again: allowed (which a PASS under policy `release` takes), or
     * forbidden, so that too few rows, or two of them with the same prompt, are an error. Default:
     * it may, and nobody has said so.
     */
    repeats?: 'allowed' | 'forbidden'
    /** Whose shape a trace has. Default: told by its first line. */
    format?: 'mooncake' | 'burstgpt' | 'azure' | 'requests'
    /**
     * How many times as fast as it was recorded a trace is sent.
     * @default "1x"
     */
    speed?: number | string
    /** The part of a trace that is sent. Default: all. */
    window?: {
      /**
       * Requests of a trace from here on are sent, by the time of the trace from its first request
       * on. A number is in seconds.
       */
      from?: number | string
      /**
       * Requests of a trace before this are sent, by the time of the trace from its first request
       * on. A number is in seconds.
       */
      to?: number | string
      /** Free for notes; never read. */
      [key: `x-${string}`]: unknown
    }
    /** The most requests of a trace, or of its window, that are sent: its first ones. */
    limit?: number
    /**
     * Tokens of a block that `hash_ids` of a trace stand for.
     * @default 512
     */
    block_tokens?: number
    /** Of `synthetic`: tokens of a prompt, its shared prefix included. Or a distribution. */
    input_tokens?: number | Record<string, unknown>
    /**
     * Of `synthetic`: tokens of an answer, for `max_tokens: "{{output_tokens}}"`. Or a
     * distribution.
     */
    output_tokens?: number | Record<string, unknown>
    /** Of `synthetic`: tokens that the prompts of a group begin with. Default: none. */
    shared_prefix?: number
    /**
     * Of `synthetic`: how many different shared prefixes there are, which prompts have in turn.
     * @default 1
     */
    groups?: number
    /**
     * Of `synthetic`: how many prompts there are. Default: as many as requests are sent, so that
     * none repeats.
     */
    rows?: number
    /** Free for notes; never read. */
    [key: `x-${string}`]: unknown
  }
  /**
   * What a cache of the server may know of the prompts: whatever repeats (which a PASS under policy
   * `release` takes), nothing (each begins with a marker that `seed` draws), or a common beginning
   * of so many tokens and nothing behind it. Default: whatever repeats, and nobody has said so.
   */
  cache?:
    | 'allowed'
    | 'bust'
    | {
        /** Tokens of the common beginning, about one for each of its words. */
        shared: number
        /** Free for notes; never read. */
        [key: `x-${string}`]: unknown
      }
  /** How conversations are held, with `data_source: { type: conversations }`. */
  conversation?: {
    /**
     * Time from the end of an answer to the next turn; a turn of the data may have its own. Or a
     * distribution.
     */
    think_time?: string | Record<string, unknown>
    /**
     * What a tool gives that an answer calls, or what each gives by its name, `*` any other; a turn
     * of the data may have its own. Default: calls are left unanswered, and out of what is said on.
     */
    tool_result?: string | Record<string, unknown>
    /**
     * Requests of a turn that are kept for results of tools: each is sent when the answer before
     * calls one.
     * @default 1
     */
    tool_steps?: number
    /** Free for notes; never read. */
    [key: `x-${string}`]: unknown
  }
  /** How the stream is read. Default: chosen from the response. */
  stream_format?:
    | 'openai-chat'
    | 'openai-completions'
    | 'openai-responses'
    | 'anthropic'
    | 'gemini'
    | 'ollama'
    | 'tgi'
    | 'dify'
    | 'dashscope'
    | 'ernie'
    | 'sse'
    | 'ndjson'
    | 'raw'
    | 'json'
    | {
        /** Name of the dialect to start from. */
        type:
          | 'openai-chat'
          | 'openai-completions'
          | 'openai-responses'
          | 'anthropic'
          | 'gemini'
          | 'ollama'
          | 'tgi'
          | 'dify'
          | 'dashscope'
          | 'ernie'
          | 'sse'
          | 'ndjson'
          | 'raw'
          | 'json'
        /** Event that stops the TTFT clock. */
        first_token_event?: string
        /** Event that ends the answer. */
        completion_event?: string
        /** Dotted path of the output in the completion event's data. */
        output_path?: string
        /** Content type to expect instead of the usual one. */
        content_type?: string
        /** Free for notes; never read. */
        [key: `x-${string}`]: unknown
      }
  /**
   * What an answer has to be, besides complete. One that is not is a failure `unexpected_answer`.
   */
  expect?: {
    /**
     * Status, or statuses, of a proper answer. Default: any 2xx. One that is none of these takes
     * `stream_format: json`.
     */
    status?: number | number[]
    /** What stands in a whole answer (`stream_format: json`), by path. */
    values?: {
      /**
       * Dotted path, list indexes allowed; `*` stands for every element of a list. With nothing
       * else, something has to stand there.
       */
      path: string
      /** The value, any JSON. */
      equals?: unknown
      /** Regular expression that a text, or any other value as JSON, matches somewhere. */
      matches?: string
      /** Elements of a list, or characters of a text. */
      length?: number
      /** Free for notes; never read. */
      [key: `x-${string}`]: unknown
    }[]
    /**
     * File with a JSON schema that a whole answer (`stream_format: json`) fits, relative to the
     * spec's directory.
     */
    schema?: string
    /**
     * The final text: that of the answer without its reasoning, or what stands at `output_path`.
     */
    output?: {
      /** Text that stands in it. */
      contains?: string
      /** Regular expression that it matches somewhere. */
      matches?: string
      /** It is JSON. */
      json?: true
      /** File with a JSON schema that it, as JSON, fits, relative to the spec's directory. */
      schema?: string
      /** Free for notes; never read. */
      [key: `x-${string}`]: unknown
    }
    /** Name of a tool that the answer calls. */
    tool_call?: string
    /** Free for notes; never read. */
    [key: `x-${string}`]: unknown
  }
  /**
   * Requests in flight; each is replaced as soon as it has ended.
   * @default 10
   */
  concurrency?: number
  /**
   * Requests due per second or minute, whatever became of those before; in place of `concurrency`.
   */
  rate?: string
  /**
   * How requests come at the rate: evenly, as a Poisson process, or with times between two of them
   * of a gamma distribution of this shape (1: Poisson; below it they come in bursts). `seed` draws
   * them.
   * @default "poisson"
   */
  arrival?:
    | 'constant'
    | 'poisson'
    | {
        /** Shape of the distribution, the burstiness of other tools. */
        gamma: number
        /** Free for notes; never read. */
        [key: `x-${string}`]: unknown
      }
  /**
   * The most requests in flight at a rate: one that finds so many waits, is sent late and counted.
   * Default: 1024, or as many as open files allow.
   */
  max_concurrency?: number
  /**
   * Measured requests. Default: as many as the SLOs need, at least 100 (500 with `mock`, and 20
   * waves of a `concurrency`) and at most 5000; unlimited with `duration`.
   * @default 100
   */
  requests?: number
  /** Measured conversations, in place of `requests`. Default: as few as have as many requests. */
  sessions?: number
  /** Alias of `requests`. */
  total_requests?: number
  /**
   * How long measured requests are started. A number is in seconds; a text has its unit (us, ms, s,
   * m, h).
   */
  duration?: number | string
  /**
   * The load in stages, one after the other, in place of `concurrency` or `rate`, `requests` and
   * `duration`.
   */
  stages?: {
    /** Unique; the tag `stage` of an SLO. Default: its number, from 1. */
    name?: string
    /**
     * How long it lasts, its ramp included. A number is in seconds; a text has its unit (us, ms, s,
     * m, h).
     */
    duration: number | string
    /** Requests in flight, after the ramp. */
    concurrency?: number
    /**
     * Requests due per second or minute, after the ramp; in place of `concurrency`, in all stages
     * or in none.
     */
    rate?: string
    /**
     * Time in which what the stage before asks for, nothing before the first one, becomes what this
     * one does. Default: at once. A number is in seconds; a text has its unit (us, ms, s, m, h).
     */
    ramp?: number | string
    /** Free for notes; never read. */
    [key: `x-${string}`]: unknown
  }[]
  /**
   * Requests before the measured ones, left out of every figure. Default: `concurrency`, or those
   * of two seconds of `rate`, at most 1000.
   */
  warmup?:
    | number
    | false
    | {
        /** Requests sent before the measured ones. */
        requests: number
        /** Free for notes; never read. */
        [key: `x-${string}`]: unknown
      }
  /**
   * Equal slices of the run for the statistics. Default: 5, with at least 10 requests in each; 10
   * where a baseline alternates, which takes an even number.
   * @default 5
   */
  rounds?: number
  /**
   * Fixes the order of rows under `data_source.shuffle`, the prompts of a `synthetic` source, the
   * arrivals at a `rate`, and what a mock without a seed of its own draws.
   * @default 1
   */
  seed?: number
  /** What sends the load. */
  load?: {
    /**
     * Load processes. Default: one for each 256 requests in flight, but one core is left to others;
     * one where a baseline alternates.
     */
    processes?: number
    /**
     * What the connections are: a client of our own, or undici, as a second witness and for a
     * server that our own refuses to understand.
     * @default "lean"
     */
    transport?: 'lean' | 'undici'
    /** Free for notes; never read. */
    [key: `x-${string}`]: unknown
  }
  /**
   * Runs against the bundled mock server: true, or its options.
   * @default false
   */
  mock?:
    | boolean
    | {
        /** Prepared options by name. */
        scenario?: unknown
        /** The server to behave like. */
        profile?: unknown
        /** How latency comes about. */
        latency?: unknown
        /** Time to the first token. */
        ttft?: unknown
        /** Time between tokens. */
        itl?: unknown
        /** Tokens in an answer. */
        tokens?: unknown
        /** Tokens sent in one event. */
        tokens_per_event?: number
        /** How many requests run and wait at once. */
        queue?: unknown
        /** Whether shared beginnings of prompts need no prefill. */
        prefix_cache?: unknown
        /** How much later the first answer is. */
        cold_start?: unknown
        /** When the engine stands still, and every answer with it. */
        stalls?: unknown
        /** What goes wrong, and for which requests. */
        faults?: unknown[]
        /** Seed of everything random in the mock. Default: `seed` of the spec. */
        seed?: number
        /** When token counts are sent. */
        usage?: unknown
        /** What an answer says: plain words, or also what careless readers trip over. */
        text?: unknown
        /** When the chunk with the role is sent. */
        role_chunk?: unknown
        /** Whether the finish reason comes with the last content. */
        finish_style?: unknown
        /** How many tokens of an answer are reasoning. */
        reasoning?: unknown
        /** Tool calls in the place of text, or behind it. */
        tool_calls?: unknown
        /** Time from the last content to the usage. */
        usage_delay?: unknown
        /** Time from the end of the answer to the end of the body. */
        close_delay?: unknown
        /** What a Dify app looks like. */
        dify?: unknown
        /** File with a recorded stream, relative to the spec. */
        script?: unknown
        /** Names of the models that are served. */
        models?: unknown
        /** Key that requests must carry. */
        api_key?: unknown
        /** Multiplies every delay. */
        latency_factor?: number
        /** Whether x-mock-* headers may change an answer. */
        allow_overrides?: boolean
        /** Time until a request is read. */
        read_delay?: unknown
        /** Requests after which every answer is an error. */
        dies_after?: number
        /** Time until the server is ready. */
        start_delay?: unknown
        /** Whether ids repeat between runs. */
        deterministic_ids?: boolean
        [key: string]: unknown
      }
  /** What relative SLOs compare with: a second target, or an earlier run. */
  baseline?: {
    /**
     * A second target. Its rounds alternate with those of `url`, whose path it takes if it has
     * none.
     */
    url?: string
    /** Headers that differ from `headers`. */
    headers?: Record<string, string | number | boolean>
    /** Body in place of `body`. */
    body?: unknown
    /** A second mock server: its options that differ from those of `mock`. */
    mock?: Record<string, unknown>
    /** `results.json` of an earlier run, relative to the spec's directory. */
    file?: string
    /** Free for notes; never read. */
    [key: `x-${string}`]: unknown
  }
  /**
   * Scrapes the server's own metrics before, during and after the measured requests: true looks for
   * them at the origin of `url`, a path or a URL says where they are.
   * @default false
   */
  server_metrics?:
    | boolean
    | string
    | {
        /** Path at the origin of the target, or a URL. */
        url?: string
        /**
         * Time between two scrapes, 100ms or more. A number is in seconds; a text has its unit (us,
         * ms, s, m, h).
         * @default "1s"
         */
        interval?: number | string
        /** Free for notes; never read. */
        [key: `x-${string}`]: unknown
      }
  /**
   * What is asserted: a list of SLOs, or bounds by metric.
   * @default []
   */
  slo?:
    | (
        | string
        | {
            /** The SLO: metric, statistic, comparator, bound. */
            assert: string
            /** Stable name, unique in the spec. Default: the text of the SLO. */
            id?: string
            /**
             * What missing it does: only `error` can fail a run.
             * @default "error"
             */
            level?: 'error' | 'warn' | 'info'
            /** Why this bound; shown where the SLO is missed. */
            why?: string
            /** What a request must keep to count as good; for an SLO on goodput. */
            goodput?: {
              /** Bound on the ttft of each request. */
              ttft?: string
              /** Bound on the ttfo of each request. */
              ttfo?: string
              /** Bound on the latency of each request. */
              latency?: string
              /** Bound on the scheduled_ttft of each request. */
              scheduled_ttft?: string
              /** Bound on the scheduled_latency of each request. */
              scheduled_latency?: string
              /** Bound on the tpot of each request. */
              tpot?: string
              /** Bound on the stall of each request. */
              stall?: string
              /** Bound on the e2e of each request. */
              e2e?: string
              /** Free for notes; never read. */
              [key: `x-${string}`]: unknown
            }
            /** Free for notes; never read. */
            [key: `x-${string}`]: unknown
          }
      )[]
    | {
        /**
         * Time to the first token. Bounds by statistic: p50, p95, p99.9, mean, median, min, max.
         */
        ttft?: Record<string, string>
        /**
         * Time to the first token that is not reasoning. Bounds by statistic: p50, p95, p99.9,
         * mean, median, min, max.
         */
        ttfo?: Record<string, string>
        /** Time to the last token. Bounds by statistic: p50, p95, p99.9, mean, median, min, max. */
        latency?: Record<string, string>
        /** Alias of latency. Bounds by statistic: p50, p95, p99.9, mean, median, min, max. */
        e2e?: Record<string, string>
        /**
         * Time to the first token from when a request was due at a `rate`. Bounds by statistic:
         * p50, p95, p99.9, mean, median, min, max.
         */
        scheduled_ttft?: Record<string, string>
        /**
         * Time to the last token from when a request was due at a `rate`. Bounds by statistic: p50,
         * p95, p99.9, mean, median, min, max.
         */
        scheduled_latency?: Record<string, string>
        /**
         * Time per output token after the first. Bounds by statistic: p50, p95, p99.9, mean,
         * median, min, max.
         */
        tpot?: Record<string, string>
        /**
         * Gaps between consecutive token events. Bounds by statistic: p50, p95, p99.9, mean,
         * median, min, max.
         */
        chunk_gap?: Record<string, string>
        /**
         * Largest chunk gap of a request. Bounds by statistic: p50, p95, p99.9, mean, median, min,
         * max.
         */
        stall?: Record<string, string>
        /**
         * The client's own delay before sending. Bounds by statistic: p50, p95, p99.9, mean,
         * median, min, max.
         */
        dispatch_delay?: Record<string, string>
        /** Output tokens of all requests per second. */
        output_tokens_per_second?: string
        /** Completed requests per second. */
        requests_per_second?: string
        /** Share of requests that completed properly. */
        success_rate?: string
        /** Share of requests that failed. */
        error_rate?: string
        /** Free for notes; never read. */
        [key: `x-${string}`]: unknown
      }
  /**
   * Time between the end of a request of a slot and the next one, as a user takes it to read;
   * `concurrency` is then the number of users. Or a distribution.
   */
  think_time?: string | Record<string, unknown>
  /**
   * Clients that go away before their answer has ended: the connection is closed, and the request
   * is neither a failure nor a success.
   */
  cancel?: {
    /** Share of the requests whose client goes away; `seed` draws which. */
    share: string
    /**
     * When it goes: with its first token, or so long after its request was sent, a duration or a
     * distribution.
     * @default "first_token"
     */
    after?: string | Record<string, unknown>
    /** Free for notes; never read. */
    [key: `x-${string}`]: unknown
  }
  /**
   * Whether to stop when the outcome is certain whatever the remaining requests do; takes
   * `requests`, not `duration`.
   * @default "never"
   */
  abort?: 'never' | 'certain'
  /**
   * Share of failed requests; a run that is proven to be above it is stopped and is an ERROR.
   * Default: no limit.
   */
  max_error_rate?: string
  /** How the verdict is reached. */
  gate?: {
    /**
     * `pr` blocks on FAIL, `release` passes only on PASS, `point` compares observed values alone.
     * @default "pr"
     */
    policy?: 'pr' | 'release' | 'point'
    /**
     * Confidence of a verdict.
     * @default 0.95
     */
    confidence?: number
    /**
     * Rounds that may be added to a run that would else be INCONCLUSIVE; the confidence of each
     * look is raised for it.
     * @default 0
     */
    max_extra_rounds?: number
    /**
     * Whether a failed request counts as infinitely slow in a percentile, and how failures come.
     * @default "as-infinite"
     */
    failures?:
      | 'as-infinite'
      | 'exclude'
      | {
          /**
           * Whether a failed request counts as infinitely slow in a percentile.
           * @default "as-infinite"
           */
          count?: 'as-infinite' | 'exclude'
          /**
           * Failures that come in a row, on average. A PASS of a success rate then takes about 2 ×
           * as many − 1 times the requests.
           */
          burst?: number
          /** Free for notes; never read. */
          [key: `x-${string}`]: unknown
        }
    /** Free for notes; never read. */
    [key: `x-${string}`]: unknown
  }
  /**
   * Several kinds of request in one load, each with a share of it; what a kind does not say is as
   * outside of the mix.
   */
  mix?: {
    /** Unique; the tag `kind` of an SLO. */
    name: string
    /**
     * Its share of the requests: percents that add up to 100%, or numbers in relation to one
     * another.
     */
    weight: number | string
    /** Its endpoint; a path is one at the origin of `url`. May hold {{column}}. */
    url?: string
    /** Its own `method`. */
    method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
    /** Headers over those of the document. May hold {{column}}. */
    headers?: Record<string, string | number | boolean>
    /** Its body in place of `body`, as that is written. */
    body?: unknown
    /** Its own `stream_format`. */
    stream_format?:
      | 'openai-chat'
      | 'openai-completions'
      | 'openai-responses'
      | 'anthropic'
      | 'gemini'
      | 'ollama'
      | 'tgi'
      | 'dify'
      | 'dashscope'
      | 'ernie'
      | 'sse'
      | 'ndjson'
      | 'raw'
      | 'json'
      | {
          /** Name of the dialect to start from. */
          type:
            | 'openai-chat'
            | 'openai-completions'
            | 'openai-responses'
            | 'anthropic'
            | 'gemini'
            | 'ollama'
            | 'tgi'
            | 'dify'
            | 'dashscope'
            | 'ernie'
            | 'sse'
            | 'ndjson'
            | 'raw'
            | 'json'
          /** Event that stops the TTFT clock. */
          first_token_event?: string
          /** Event that ends the answer. */
          completion_event?: string
          /** Dotted path of the output in the completion event's data. */
          output_path?: string
          /** Content type to expect instead of the usual one. */
          content_type?: string
          /** Free for notes; never read. */
          [key: `x-${string}`]: unknown
        }
    /** Its own `data_source`. */
    data_source?: {
      /**
       * Format of the file, of conversations a list of turns in each row; or `synthetic`: prompts
       * are made up; or `trace`: sent when it says.
       */
      type: 'csv' | 'jsonl' | 'synthetic' | 'conversations' | 'trace'
      /** The file, relative to the spec's directory. */
      file?: string
      /** The only column that may be used. Default: all. */
      column?: string
      /**
       * Character encoding of the file.
       * @default "utf-8"
       */
      encoding?: string
      /**
       * Whether rows are sent in an order that `seed` draws, a new one in each pass.
       * @default false
       */
      shuffle?: boolean
      /**
       * Whether a row may be sent again: allowed (which a PASS under policy `release` takes), or
       * forbidden, so that too few rows, or two of them with the same prompt, are an error.
       * Default: it may, and nobody has said so.
       */
      repeats?: 'allowed' | 'forbidden'
      /** Whose shape a trace has. Default: told by its first line. */
      format?: 'mooncake' | 'burstgpt' | 'azure' | 'requests'
      /**
       * How many times as fast as it was recorded a trace is sent.
       * @default "1x"
       */
      speed?: number | string
      /** The part of a trace that is sent. Default: all. */
      window?: {
        /**
         * Requests of a trace from here on are sent, by the time of the trace from its first
         * request on. A number is in seconds.
         */
        from?: number | string
        /**
         * Requests of a trace before this are sent, by the time of the trace from its first request
         * on. A number is in seconds.
         */
        to?: number | string
        /** Free for notes; never read. */
        [key: `x-${string}`]: unknown
      }
      /** The most requests of a trace, or of its window, that are sent: its first ones. */
      limit?: number
      /**
       * Tokens of a block that `hash_ids` of a trace stand for.
       * @default 512
       */
      block_tokens?: number
      /** Of `synthetic`: tokens of a prompt, its shared prefix included. Or a distribution. */
      input_tokens?: number | Record<string, unknown>
      /**
       * Of `synthetic`: tokens of an answer, for `max_tokens: "{{output_tokens}}"`. Or a
       * distribution.
       */
      output_tokens?: number | Record<string, unknown>
      /** Of `synthetic`: tokens that the prompts of a group begin with. Default: none. */
      shared_prefix?: number
      /**
       * Of `synthetic`: how many different shared prefixes there are, which prompts have in turn.
       * @default 1
       */
      groups?: number
      /**
       * Of `synthetic`: how many prompts there are. Default: as many as requests are sent, so that
       * none repeats.
       */
      rows?: number
      /** Free for notes; never read. */
      [key: `x-${string}`]: unknown
    }
    /** Its own `expect`. */
    expect?: {
      /**
       * Status, or statuses, of a proper answer. Default: any 2xx. One that is none of these takes
       * `stream_format: json`.
       */
      status?: number | number[]
      /** What stands in a whole answer (`stream_format: json`), by path. */
      values?: {
        /**
         * Dotted path, list indexes allowed; `*` stands for every element of a list. With nothing
         * else, something has to stand there.
         */
        path: string
        /** The value, any JSON. */
        equals?: unknown
        /** Regular expression that a text, or any other value as JSON, matches somewhere. */
        matches?: string
        /** Elements of a list, or characters of a text. */
        length?: number
        /** Free for notes; never read. */
        [key: `x-${string}`]: unknown
      }[]
      /**
       * File with a JSON schema that a whole answer (`stream_format: json`) fits, relative to the
       * spec's directory.
       */
      schema?: string
      /**
       * The final text: that of the answer without its reasoning, or what stands at `output_path`.
       */
      output?: {
        /** Text that stands in it. */
        contains?: string
        /** Regular expression that it matches somewhere. */
        matches?: string
        /** It is JSON. */
        json?: true
        /** File with a JSON schema that it, as JSON, fits, relative to the spec's directory. */
        schema?: string
        /** Free for notes; never read. */
        [key: `x-${string}`]: unknown
      }
      /** Name of a tool that the answer calls. */
      tool_call?: string
      /** Free for notes; never read. */
      [key: `x-${string}`]: unknown
    }
    /** Free for notes; never read. */
    [key: `x-${string}`]: unknown
  }[]
  /**
   * One or two keys of the load with several values each: the spec is run once for each of them, or
   * for each pair.
   */
  matrix?: {
    /** Values of `concurrency`. */
    concurrency?: number[]
    /** Values of `rate`. */
    rate?: string[]
    /** Values of `arrival`. */
    arrival?: (
      | 'constant'
      | 'poisson'
      | {
          /** Shape of the distribution, the burstiness of other tools. */
          gamma: number
          /** Free for notes; never read. */
          [key: `x-${string}`]: unknown
        }
    )[]
    /** Values of `max_concurrency`. */
    max_concurrency?: number[]
    /** Values of `requests`. */
    requests?: number[]
    /** Values of `sessions`. */
    sessions?: number[]
    /** Values of `duration`. */
    duration?: (number | string)[]
    /** Values of `warmup`. */
    warmup?: (
      | number
      | false
      | {
          /** Requests sent before the measured ones. */
          requests: number
          /** Free for notes; never read. */
          [key: `x-${string}`]: unknown
        }
    )[]
    /** Values of `rounds`. */
    rounds?: number[]
    /** Values of `seed`. */
    seed?: number[]
    /** Values of `keep_alive`. */
    keep_alive?: boolean[]
    /** Values of `resend`. */
    resend?: boolean[]
    /** Free for notes; never read. */
    [key: `x-${string}`]: unknown
  }
  /** Free for notes; never read. */
  [key: `x-${string}`]: unknown
}
