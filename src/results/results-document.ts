// Made from results-schema.ts by its test: change it there and run `vitest -u`.

/** One key of the load and its value. */
export interface SettingDocument {
  /** For example `concurrency`. */
  key: string
  /** The value in one word: `8`, `60s`. */
  text: string
  /**
   * Where it stands on an axis: seconds of a duration, per second of a rate; `null` for what is no
   * number.
   */
  number: number | null
}

/** The trace that says when what is sent. */
export interface TraceDocument {
  /** Whose shape it has. */
  format: 'mooncake' | 'burstgpt' | 'azure' | 'requests'
  /** Times as fast as it was recorded. */
  speed: number
  /**
   * Share of the tokens of its prompts that a prefix cache finds which is empty at first and keeps
   * everything, 0–1; `null`: the trace does not tell.
   */
  cached_share: number | null
}

/** One of the specs that a matrix makes. */
export interface CellDocument {
  /** Name of the spec that the matrix stands in. */
  bench: string
  /** What the cell puts into that spec, in the order written. */
  settings: SettingDocument[]
  /** Its place among the cells, from 1. */
  number: number
  /** All cells of the matrix. */
  count: number
}

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

/** A fact in which two runs differ. */
export interface DifferenceDocument {
  /** For example `cpu`. */
  fact: string
  /** Of the baseline. */
  baseline: string | number
  /** Of this run. */
  candidate: string | number
}

/** A limit that the load process passed. */
export type ClientReasonDocument =
  /** Its event loop had little time left. */
  | {
      /** What it was. */
      kind: 'event-loop-busy'
      /** Of the event loop, 0–1. */
      utilization: number
    }
  /** Its event loop came late. */
  | {
      /** What it was. */
      kind: 'event-loop-late'
      /** By how much. */
      delay_p99_ms: number
    }
  /** It had no core to run on. */
  | {
      /** What it was. */
      kind: 'waited-for-core'
      /** Of the time, 0–1. */
      share: number
    }

/** How its own figures led to a status, or why there were none. */
export type ReasonDocument =
  | {
      /** Which of them. */
      kind: 'exceedances'
      /** Requests that are bad because they failed. */
      failed: number
      /** Requests that are bad because their client went away before there was a value. */
      left: number
      /** Requests that it took to make the observations. */
      requests: number
      /** Completed ones of these that have no value, or whose is not known. */
      without_value: number
      /** Requests asked for, or sent where these are more; `null` for a run by duration. */
      asked: number | null
    }
  | {
      /** Which of them. */
      kind: 'rounds'
    }
  | {
      /** Which of them. */
      kind: 'ratio'
      /** Requests asked for; `null` for a run by duration. */
      asked: number | null
    }
  | {
      /** Which of them. */
      kind: 'signs'
      /** Pairs of rounds beyond what is allowed. */
      beyond: number
      /** Pairs that are not exactly at it. */
      pairs: number
    }
  | {
      /** Which of them. */
      kind: 'no-finite-value'
    }
  | {
      /** Which of them. */
      kind: 'few-pairs'
      /** Pairs of rounds in which both sides have a value. */
      pairs: number
      /** Pairs that a test takes. */
      needed: number
      /** Requests that each round must have. */
      requests: number
    }
  | {
      /** Which of them. */
      kind: 'left-out'
      /** Pairs of rounds in which the baseline is nothing to be measured by. */
      left_out: number
      /** Of so many. */
      pairs: number
      /** Could be left out. */
      most: number
    }
  | {
      /** Which of them. */
      kind: 'failures'
      /** Requests of this run. */
      failed: number
      /** Of so many. */
      requests: number
      /** The same of the baseline. */
      baseline: {
        /** Requests. */
        failed: number
        /** Of so many. */
        requests: number
      }
      /** Share of this run − share of the baseline. */
      difference: number
      /** Limits of the difference, at α ÷ 2 on each side. */
      low: number
      /** See `low`. */
      high: number
      /** The most that the difference may be. */
      allowed: number
    }
  | {
      /** Which of them. */
      kind: 'statistic-not-kept'
    }
  | {
      /** Which of them. */
      kind: 'policy-point'
    }
  | {
      /** Which of them. */
      kind: 'extreme'
    }
  | {
      /** Which of them. */
      kind: 'few-rounds'
      /** There were. */
      rounds: number
      /** A test takes. */
      needed: number
    }
  | {
      /** Which of them. */
      kind: 'no-logarithm'
    }
  | {
      /** Which of them. */
      kind: 'no-value'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
    }
  | {
      /** Which of them. */
      kind: 'no-request'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
    }
  | {
      /** Which of them. */
      kind: 'nothing-completed'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** Measured requests. */
      total: number
      /** Of them; the others were cancelled, or left. */
      failed: number
      /** The most frequent failure. */
      most: {
        /** For example `connect`. */
        kind: string
        /** HTTP status. */
        status: number | null
      } | null
    }
  | {
      /** Which of them. */
      kind: 'no-baseline'
    }

/** What makes them the fewest. */
export type DependenceDocument =
  | {
      /** Which of them. */
      kind: 'none'
    }
  | {
      /** Which of them. */
      kind: 'groups'
      /**
       * What differs by more than chance: tenths or fifths of the run, conversations, single
       * requests.
       */
      of: 'slices' | 'sessions' | 'requests' | 'rounds'
      /** How many. */
      groups: number
      /** Variance between them ÷ what chance makes of it. */
      design_effect: number
      /** Counted beyond the bound, or beyond the quantile of the run itself. */
      at: 'bound' | 'quantile'
    }
  | {
      /** Which of them. */
      kind: 'bursts'
      /** Failures in a row, on average. */
      length: number
      /** As seen in the run, or as the spec says. */
      by: 'run' | 'spec'
    }

/** Why the figure cannot be believed. */
export type DoubtDocument =
  | {
      /** Which of them. */
      kind: 'not-streamed'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** Answers whose tokens came all at once or in bursts. */
      held_back: number
      /** Of so many. */
      requests: number
    }
  | {
      /** Which of them. */
      kind: 'estimated-tokens'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** Answers whose token events were counted, for want of a count of the server. */
      estimated: number
      /** Answers with tokens. */
      requests: number
    }
  | {
      /** Which of them. */
      kind: 'client-late'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** By which the event loop came late. */
      delay_p99_ms: number
      /** By how much the client may have put the figure to its side of the bound; in `unit`. */
      reach: number
      /** Distance of the figure to the bound, which is less; in `unit`. */
      margin: number
    }
  | {
      /** Which of them. */
      kind: 'sent-late'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** By which requests left late though they could have been sent. */
      delay_p99_ms: number
      /** By how much the client may have put the figure to its side of the bound; in `unit`. */
      reach: number
      /** Distance of the figure to the bound, which is less; in `unit`. */
      margin: number
    }
  | {
      /** Which of them. */
      kind: 'client-limited'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** Limits that the load process passed; how late it was is not known. */
      reasons: ClientReasonDocument[]
    }
  | {
      /** Which of them. */
      kind: 'calibrated-error'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /**
       * Of the client's own error at this load; `max` of a calibration that is too small for a p99.
       */
      stat: 'p50' | 'p95' | 'p99' | 'max'
      /** That error. */
      error_ms: number
      /** Requests that it was calibrated with. */
      requests: number
      /** By how much the client may have put the figure to its side of the bound; in `unit`. */
      reach: number
      /** Distance of the figure to the bound, which is less; in `unit`. */
      margin: number
    }
  | {
      /** Which of them. */
      kind: 'load-not-held'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** Name of the stage in which; `null` without stages. */
      stage: string | null
      /** Requests in flight that were asked for. */
      concurrency: number
      /** The most requests in flight. */
      peak_in_flight: number
      /** Mean number of requests in flight between ramp-up and drain. */
      mean_in_flight: number
    }
  | {
      /** Which of them. */
      kind: 'rate-not-sent'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** By the instants at which requests were due, as drawn. */
      due_per_second: number
      /** By those at which they left. */
      sent_per_second: number
      /** Sent late because as many as may be were in flight. */
      held_back: number
    }
  | {
      /** Which of them. */
      kind: 'prompts-repeat'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** Requests with the prompt of an earlier one. */
      repeated: number
      /** Of so many. */
      requests: number
      /** Of the characters of prompts, that an earlier one began with, 0–1. */
      share: number
    }
  | {
      /** Which of them. */
      kind: 'prompts-cached'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** Tokens of prompts that came from a cache, as the server counts. */
      cached: number
      /** Of so many. */
      tokens: number
    }
  | {
      /** Which of them. */
      kind: 'load-thinned'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** By which the event loop came late. */
      delay_p50_ms: number
      /** How long a request was in flight. */
      in_flight_p50_ms: number
    }

/** What changed the status. */
export type TurnDocument =
  | {
      /** Which of them. */
      kind: 'holm'
      /** What it was. */
      from: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** What it became. */
      to: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** SLOs that were corrected for. */
      family: number
    }
  | {
      /** Which of them. */
      kind: 'unknown-values'
      /** What it was. */
      from: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** What it became. */
      to: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** Completed requests whose value is not known. */
      requests: number
    }
  | {
      /** Which of them. */
      kind: 'unseen-values'
      /** What it was. */
      from: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** What it became. */
      to: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** Completed requests that cannot have a value. */
      requests: number
    }
  | {
      /** Which of them. */
      kind: 'unproven-success'
      /** What it was. */
      from: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** What it became. */
      to: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** Requests that failed. */
      failed: number
      /** Of so many. */
      requests: number
      /** Share of requests whose completion had to be proven, 0–1. */
      proof: number
    }
  | {
      /** Which of them. */
      kind: 'doubt'
      /** What it was. */
      from: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** What it became. */
      to: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      doubt: DoubtDocument
    }
  | {
      /** Which of them. */
      kind: 'not-comparable'
      /** What it was. */
      from: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** What it became. */
      to: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** What differs. */
      differences: DifferenceDocument[]
    }
  | {
      /** Which of them. */
      kind: 'certain'
      /** What it was. */
      from: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** What it became. */
      to: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** At the most, however the rest had gone. */
      p: number
      /** Requests that had not ended. */
      remaining: number
    }
  | {
      /** Which of them. */
      kind: 'ended'
      /** What it was. */
      from: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
      /** What it became. */
      to: 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ERROR'
    }

/** One assertion of the spec and what became of it. */
export interface SloDocument {
  /** Stable name, unique within the spec. */
  id: string
  /** Canonical text, for example `ttft p95 <= 800ms`. */
  text: string
  /** What is measured. */
  metric:
    | 'ttft'
    | 'ttfo'
    | 'latency'
    | 'scheduled_ttft'
    | 'scheduled_latency'
    | 'tpot'
    | 'chunk_gap'
    | 'stall'
    | 'dispatch_delay'
    | 'output_tokens_per_second'
    | 'requests_per_second'
    | 'success_rate'
    | 'error_rate'
    | 'goodput'
  /** Which requests it is about: those that have all of them. Empty: every one. */
  tags: {
    /** `stage`, `turn`, `step`, `model`, or a column of the data. */
    name: string
    /** As it is written in the spec: `peak`, `bill*`, `2..`. */
    value: string
  }[]
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
  purpose: string | null
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
  /**
   * What makes the observations count as fewer than there are, on each side of the binomial test.
   */
  dependence: {
    fail: DependenceDocument
    pass: DependenceDocument
  } | null
  /** Rounds whose values were tested, or groups of them. */
  rounds: number | null
  /** How far from the baseline the spec allows; `null` for an SLO with a bound of its own. */
  allowance: {
    /** Ratio − 1; of shares the difference. With its sign. */
    change: number
    /** An absolute allowance, in `unit`; the looser of the two counts. */
    floor: number | null
  } | null
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
  reason: ReasonDocument
  /** What then changed the status, in this order. */
  turns: TurnDocument[]
  /** One sentence: why this status. */
  why: string
}

/** How it came about. */
export type VerdictReasonDocument =
  | {
      /** Which of them. */
      kind: 'no-slo'
    }
  | {
      /** Which of them. */
      kind: 'none-blocks'
    }
  | {
      /** Which of them. */
      kind: 'slos'
      /** Texts of the SLOs of level `error` that have the status of the run. */
      slos: string[]
      /** SLOs of level `error`. */
      blocking: number
    }
  | {
      /** Which of them. */
      kind: 'nothing-completed'
      /** Whose requests. */
      target: 'candidate' | 'baseline'
      /** Measured requests. */
      total: number
      /** Of them; the others were cancelled, or left. */
      failed: number
      /** The most frequent failure. */
      most: {
        /** For example `connect`. */
        kind: string
        /** HTTP status. */
        status: number | null
      } | null
    }

/** How the run ended. */
export type EndDocument =
  | {
      /** Which of them. */
      kind: 'finished'
    }
  | {
      /** Which of them. */
      kind: 'curtailed'
      /** One sentence. */
      why: string
    }
  | {
      /** Which of them. */
      kind: 'unhealthy'
      /** What made the target not worth measuring on. */
      illness:
        | {
            /** Which of them. */
            kind: 'no-connection'
            /** First ones, none of which found a connection. */
            requests: number
          }
        | {
            /** Which of them. */
            kind: 'errors'
            /** Measured requests. */
            failed: number
            /** Of so many. */
            requests: number
            /** `max_error_rate`, 0–1. */
            limit: number
          }
      /** One sentence. */
      why: string
    }
  | {
      /** Which of them. */
      kind: 'exhausted'
      /** What could not be opened: a file of the load process, or any of the machine. */
      shortage: 'EMFILE' | 'ENFILE'
      /** Files that the load process may have open; `null`: not known. */
      limit: number | null
      /** One sentence. */
      why: string
    }
  | {
      /** Which of them. */
      kind: 'interrupted'
      /** The caller's: a signal's name or a message. */
      reason: string
      /** One sentence. */
      why: string
    }
  | {
      /** Which of them. */
      kind: 'crashed'
      /** Of the load process; untrusted text. */
      message: string
      /** One sentence. */
      why: string
    }

/** The measured requests in figures; warm-up is excluded everywhere. */
export interface SummaryDocument {
  /** Number of requests by outcome. */
  requests: {
    /** Measured requests. */
    total: number
    /** Answered properly. */
    completed: number
    /** Not answered properly. */
    failed: number
    /** In flight when the run was stopped, or not sent by this machine. */
    cancelled: number
    /** Their client went away before the answer had ended, as the spec asks. */
    left: number
    /**
     * Of all of these, those whose client was to go away, whatever came before that: figures are of
     * the others.
     */
    leaving: number
    /**
     * Sent once more, the server having closed a kept connection without an answer; whatever the
     * outcome.
     */
    resent: number
    /** Sent before the measured ones. */
    warmup: number
  }
  /** Conversations among them, by how they ended; `null` without any. */
  sessions: {
    /** Asked for; `null` when only a duration was. */
    asked: number | null
    /** Every turn was answered. */
    completed: number
    /** A turn was not, which ended them. */
    broken: number
    /** The run ended before they did. */
    unfinished: number
    /** Turns of the broken ones that were never sent: no sample of anything. */
    turns_not_sent: number
    /** The same by turn; turns of which none are missing are left out. */
    not_sent: {
      /** From 1. */
      turn: number
      /** How often. */
      count: number
    }[]
    /** Requests kept for results of tools that no answer called for. */
    results_not_needed: number
  } | null
  /** completed ÷ (completed + failed) of those that were to stay, 0–1. */
  success_rate: number | null
  /** First measured dispatch to last measured token. */
  duration_ms: number | null
  /** First measured call to last measured end, whatever came of them. */
  wall_ms: number | null
  /** Completed requests per second of the duration. */
  requests_per_second: number | null
  /** Output tokens of completed requests per second. */
  output_tokens_per_second: number | null
  /** Output tokens of completed requests. */
  output_tokens: number | null
  /** Where token counts come from: the server, or token events counted. */
  token_basis: 'usage' | 'estimated' | 'mixed' | 'none'
  /** What the server counted of the prompts of completed requests. */
  prompts: {
    /** Requests whose prompt was counted. */
    counted: number
    /** Of these prompts, those from a cache included. */
    tokens: number | null
    /** Requests that say how many of them came from a cache of the server, be it none. */
    told: number
    /** That came from a cache; `null`: no request says. */
    cached_tokens: number | null
    /** cached_tokens ÷ tokens, 0–1; who says nothing counts as none. */
    cached_share: number | null
  }
  /** Share of requests that keep all per-request bounds, 0–1. */
  goodput: number | null
  /** The rate of the measured requests as it was; `null` without one. */
  sent_rate: {
    /** By the instants at which they were due, as drawn. */
    due_per_second: number
    /** By those at which they left. */
    sent_per_second: number
    /** Sent late because as many as may be were in flight. */
    held_back: number
  } | null
  /** First token − dispatched. */
  ttft_ms: DistributionDocument | null
  /** First token that is not reasoning − dispatched. */
  ttfo_ms: DistributionDocument | null
  /** Last token − dispatched. */
  latency_ms: DistributionDocument | null
  /** First token − due; `null` without a rate. */
  scheduled_ttft_ms: DistributionDocument | null
  /** Last token − due; `null` without a rate. */
  scheduled_latency_ms: DistributionDocument | null
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

/** A fact of what is sent. */
export type WorkloadDocument =
  | {
      /** Which of them. */
      kind: 'value'
      /** For example `body.model`. */
      name: string
      /** As it is sent. */
      value: string
    }
  | {
      /** Which of them. */
      kind: 'content'
      /** For example `body.messages`. */
      name: string
      /** How much of it there is. */
      size: number
      /** Of the size. */
      unit: 'characters' | 'rows'
      /** Of its JSON with the secrets redacted, hexadecimal. */
      sha256: string
    }

/** Times of one metric in a round. */
export interface RoundTimesDocument {
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
}

/** One slice of the measured requests, for comparisons with other runs. */
export interface RoundDocument {
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
  ttft_ms: RoundTimesDocument | null
  /** As `ttft_ms`. */
  ttfo_ms: RoundTimesDocument | null
  /** As `ttft_ms`. */
  latency_ms: RoundTimesDocument | null
  /** As `ttft_ms`; of a closed loop from a free slot. */
  scheduled_ttft_ms: RoundTimesDocument | null
  /** As `scheduled_ttft_ms`. */
  scheduled_latency_ms: RoundTimesDocument | null
  /** As `ttft_ms`. */
  tpot_ms: RoundTimesDocument | null
  /** As `ttft_ms`. */
  chunk_gap_ms: RoundTimesDocument | null
  /** As `ttft_ms`. */
  stall_ms: RoundTimesDocument | null
}

/** One stage of the load, and the figures of its requests. */
export interface StageDocument {
  /** Unique; the tag `stage` of an SLO. */
  name: string
  /** From the start of the first stage. */
  start_ms: number
  /** Its ramp included. */
  duration_ms: number
  /** In which what the stage before asks for becomes what this one does; 0: at once. */
  ramp_ms: number
  /** Requests in flight, or due per second, before the ramp. */
  from: number
  /** The same after it. */
  to: number
  summary: SummaryDocument
}

/** A property of the run. */
export type DiagnosticDocument =
  /** How much of the time all slots were taken; one for each [stage](spec-format.md#stages). */
  | {
      /** Which property; stable. */
      id: 'concurrency-held'
      /** How much it matters. */
      level: 'info'
      /** Name of the stage in which; `null` without stages. */
      stage: string | null
      /** Requests in flight that were asked for. */
      concurrency: number
      /** Of the time between ramp-up and drain, all slots taken, 0–1. */
      full_share: number
      /** Mean number of requests in flight between ramp-up and drain. */
      mean_in_flight: number
      /** The same in one sentence. */
      message: string
    }
  /** Fewer requests were in flight than asked for: the figures are those of a lighter load. */
  | {
      /** Which property; stable. */
      id: 'concurrency-not-held'
      /** How much it matters. */
      level: 'warn'
      /** Name of the stage in which; `null` without stages. */
      stage: string | null
      /** Requests in flight that were asked for. */
      concurrency: number
      /** The most requests in flight. */
      peak_in_flight: number
      /** Mean number of requests in flight between ramp-up and drain. */
      mean_in_flight: number
      /** Measured requests that ended. */
      requests: number
      /** Of them. */
      failed: number
      /** The same in one sentence. */
      message: string
    }
  /** Users thought between their requests, as asked. */
  | {
      /** Which property; stable. */
      id: 'users-thought'
      /** How much it matters. */
      level: 'info'
      /** Who sent requests; of stages the most. */
      users: number
      /** Mean number of requests in flight. */
      mean_in_flight: number
      /** The most of them. */
      peak_in_flight: number
      /** The same in one sentence. */
      message: string
    }
  /** Fewer requests a second left than were due: the figures are those of a lighter load. */
  | {
      /** Which property; stable. */
      id: 'rate-not-sent'
      /** How much it matters. */
      level: 'warn'
      /** By the instants at which they were due, as drawn. */
      due_per_second: number
      /** By those at which they left. */
      sent_per_second: number
      /** Sent late because as many as may be were in flight. */
      held_back: number
      /** The same in one sentence. */
      message: string
    }
  /** A turn was not answered, which ended its conversation: the turns behind it are no samples. */
  | {
      /** Which property; stable. */
      id: 'conversations-broken'
      /** How much it matters. */
      level: 'warn'
      /** Conversations. */
      broken: number
      /** All that began. */
      begun: number
      /** Turns that were not sent. */
      not_sent: {
        /** From 1. */
        turn: number
        /** How often. */
        count: number
      }[]
      /** The same in one sentence. */
      message: string
    }
  /** Requests were sent late because `max_concurrency` were in flight. */
  | {
      /** Which property; stable. */
      id: 'requests-held-back'
      /** How much it matters. */
      level: 'warn'
      /** Requests. */
      held_back: number
      /** The most requests in flight. */
      max_concurrency: number
      /** Measured requests. */
      requests: number
      /** That one of them had to wait. */
      longest_ms: number
      /** The same in one sentence. */
      message: string
    }
  /** The latencies add up to more requests in flight than were allowed (Little's law). */
  | {
      /** Which property; stable. */
      id: 'inconsistent-times'
      /** How much it matters. */
      level: 'warn'
      /** The most requests in flight that were allowed. */
      concurrency: number
      /** Requests in flight that the latencies add up to. */
      implied_in_flight: number
      /** The same in one sentence. */
      message: string
    }
  /** The load process was near its limits, and that reaches a bound. */
  | {
      /** Which property; stable. */
      id: 'client-busy'
      /** How much it matters. */
      level: 'warn'
      /** At least one. */
      reasons: ClientReasonDocument[]
      /**
       * SLOs whose figures the lateness may have put to the other side of their bounds, or may not
       * because it only lengthens them; at least one.
       */
      slos: {
        /** Its text. */
        slo: string
        /** What it came to. */
        status: 'PASS' | 'FAIL' | 'INCONCLUSIVE'
        /** Of `reach`. */
        unit: 'ms' | 'share' | '/s' | 'tok/s'
        /** By how much the figure may be wrong; `null`: not known. */
        reach: number | null
      }[]
      /** The same in one sentence. */
      message: string
    }
  /** The load process could not keep up, and that reaches a bound. */
  | {
      /** Which property; stable. */
      id: 'client-limited'
      /** How much it matters. */
      level: 'warn'
      /** At least one. */
      reasons: ClientReasonDocument[]
      /**
       * SLOs whose figures the lateness may have put to the other side of their bounds, or may not
       * because it only lengthens them; at least one.
       */
      slos: {
        /** Its text. */
        slo: string
        /** What it came to. */
        status: 'PASS' | 'FAIL' | 'INCONCLUSIVE'
        /** Of `reach`. */
        unit: 'ms' | 'share' | '/s' | 'tok/s'
        /** By how much the figure may be wrong; `null`: not known. */
        reach: number | null
      }[]
      /** The same in one sentence. */
      message: string
    }
  /**
   * At least a quarter of the answers were not streamed as they were generated: look for a
   * buffering proxy.
   */
  | {
      /** Which property; stable. */
      id: 'tokens-held-back'
      /** How much it matters. */
      level: 'warn'
      /** Requests whose tokens came all at once or in bursts. */
      held_back: number
      /** Those of them whose raw text came in one read. */
      in_one_read: number
      /** Completed requests with enough token events to tell, or of raw text. */
      requests: number
      /** The same in one sentence. */
      message: string
    }
  /**
   * Answers ended with a finish reason and a clean end of the body, but without `[DONE]` or
   * `message_stop`.
   */
  | {
      /** Which property; stable. */
      id: 'no-last-word'
      /** How much it matters. */
      level: 'info'
      /** Of them. */
      answers: number
      /** Completed requests. */
      requests: number
      /** The same in one sentence. */
      message: string
    }
  /**
   * Answers of `sse` or `ndjson` had a clean end of the body and no other: one that was cut would
   * look the same. A warning when events have names.
   */
  | {
      /** Which property; stable. */
      id: 'end-unproven'
      /** How much it matters. */
      level: 'info' | 'warn'
      /** Of them. */
      answers: number
      /** Completed requests. */
      requests: number
      /** How they were read. */
      dialect: string
      /** Names of events of the first; untrusted texts. */
      names: string[]
      /** The same in one sentence. */
      message: string
    }
  /** Answers held nothing at `output_path`. */
  | {
      /** Which property; stable. */
      id: 'output-missing'
      /** How much it matters. */
      level: 'warn'
      /** Name of the kind of request that it is of; `null` without a mix. */
      kind: string | null
      /** That led nowhere. */
      path: string
      /** Completed requests without an output. */
      missing: number
      /** Completed requests. */
      requests: number
      /**
       * How far it led, dotted; empty: the payload itself; `null`: no event came that should have
       * it.
       */
      at: string | null
      /** What is there instead; untrusted texts. */
      keys: string[]
      /** The same in one sentence. */
      message: string
    }
  /** The TTFT clock stops at an event without text of the answer. */
  | {
      /** Which property; stable. */
      id: 'ttft-without-content'
      /** How much it matters. */
      level: 'warn'
      /** Name of the kind of request that it is of; `null` without a mix. */
      kind: string | null
      /** Its name; `null`: the spec names none. */
      event: string | null
      /** Median time from it to the first content; `null`: not known. */
      lead_ms: number | null
      /** The same in one sentence. */
      message: string
    }
  /** An SLO stands on tokens that the server did not count. */
  | {
      /** Which property; stable. */
      id: 'estimated-tokens'
      /** How much it matters. */
      level: 'warn'
      /** Whether the count is missing of all answers or of some. */
      basis: 'estimated' | 'mixed'
      /** Texts of these SLOs. */
      slos: string[]
      /** The same in one sentence. */
      message: string
    }
  /** A percentile is simply the maximum: a warning when an SLO asks for it. */
  | {
      /** Which property; stable. */
      id: 'percentile-of-few'
      /** How much it matters. */
      level: 'info' | 'warn'
      /** Requests that were judged. */
      requests: number
      /** Texts of these SLOs; none: it is p99 alone. */
      slos: string[]
      /** The same in one sentence. */
      message: string
    }
  /** Answers were read as different dialects. */
  | {
      /** Which property; stable. */
      id: 'mixed-dialects'
      /** How much it matters. */
      level: 'warn'
      /** Name of the kind of request that it is of; `null` without a mix. */
      kind: string | null
      /** The most frequent first. */
      dialects: {
        /** Its name. */
        name: string
        /** Requests read so. */
        count: number
      }[]
      /** The same in one sentence. */
      message: string
    }
  /** The dialect was chosen from the response. */
  | {
      /** Which property; stable. */
      id: 'dialect-guessed'
      /** How much it matters. */
      level: 'info'
      /** Name of the kind of request that it is of; `null` without a mix. */
      kind: string | null
      /** Its name. */
      dialect: string
      /** The same in one sentence. */
      message: string
    }
  /** More than a tenth of the later requests opened a connection. */
  | {
      /** Which property; stable. */
      id: 'sockets-not-reused'
      /** How much it matters. */
      level: 'warn'
      /** Requests that opened a connection though not the first of their slot. */
      opened: number
      /** Requests that were not the first of their slot. */
      later: number
      /** The same in one sentence. */
      message: string
    }
  /**
   * The server closed its connection after more than a tenth of the answers though it announces
   * keep-alive.
   */
  | {
      /** Which property; stable. */
      id: 'server-closes-connections'
      /** How much it matters. */
      level: 'warn'
      /** After so many answers. */
      closed: number
      /** Requests that had to be sent once more for it. */
      resent: number
      /** Requests that were not the first of their slot. */
      later: number
      /** The same in one sentence. */
      message: string
    }
  /** Warm-up requests failed. */
  | {
      /** Which property; stable. */
      id: 'warmup-failures'
      /** How much it matters. */
      level: 'warn'
      /** Of them. */
      failed: number
      /** Requests of the warm-up. */
      warmup: number
      /** Kind of the first failure, for example `connect`. */
      first: string
      /** Of the first failure; `null` when it is of another kind. */
      status: number | null
      /** The same in one sentence. */
      message: string
    }
  /**
   * Every request was refused with 400 or 422, and the body was the one that is sent where nothing
   * says what to send.
   */
  | {
      /** Which property; stable. */
      id: 'default-body'
      /** How much it matters. */
      level: 'warn'
      /** That all were refused with. */
      status: number
      /** The same in one sentence. */
      message: string
    }
  /** Requests were in flight when the run was stopped: they count nowhere. */
  | {
      /** Which property; stable. */
      id: 'requests-cancelled'
      /** How much it matters. */
      level: 'info'
      /** Of them. */
      cancelled: number
      /** Measured requests, these included. */
      requests: number
      /** The same in one sentence. */
      message: string
    }
  /** Clients went away before their answer had ended, as asked. */
  | {
      /** Which property; stable. */
      id: 'clients-left'
      /** How much it matters. */
      level: 'info'
      /** Measured requests whose client was to go away. */
      leaving: number
      /** Of them, those that did. */
      left: number
      /** Of them, those whose answer had ended before. */
      completed: number
      /** Of them, those that had failed before. */
      failed: number
      /** Of those that left, those that did so before their first token. */
      unanswered: number
      /** The same in one sentence. */
      message: string
    }
  /**
   * What came was kept for `debug_events.ndjson`, which takes time from the client: a run to look
   * at, not to judge by.
   */
  | {
      /** Which property; stable. */
      id: 'requests-recorded'
      /** How much it matters. */
      level: 'info'
      /** Requests. */
      recorded: number
      /** Of their bodies that were kept. */
      bytes: number
      /** Of their bodies that were not. */
      omitted: number
      /** The same in one sentence. */
      message: string
    }
  /** How many tokens a word of made-up prompts comes to was assumed, not asked of the server. */
  | {
      /** Which property; stable. */
      id: 'lengths-not-gauged'
      /** How much it matters. */
      level: 'warn'
      /** Why. */
      cause: 'failed' | 'unsent' | 'untold' | 'unrelated'
      /** How a request to gauge by failed, untrusted text; `null`: none did. */
      failure: string | null
      /** The same in one sentence. */
      message: string
    }
  /**
   * No answer said how many tokens its prompt, or itself, had: what was asked cannot be checked.
   */
  | {
      /** Which property; stable. */
      id: 'lengths-untold'
      /** How much it matters. */
      level: 'warn'
      /** At least one. */
      sides: ('input' | 'output')[]
      /** Completed requests. */
      requests: number
      /** The same in one sentence. */
      message: string
    }
  /** Made-up prompts, or their answers, were shorter or longer than asked, by more than a tenth. */
  | {
      /** Which property; stable. */
      id: 'lengths-missed'
      /** How much it matters. */
      level: 'warn'
      /** Of prompts, or of answers. */
      side: 'input' | 'output'
      /** Tokens, mean. */
      asked: number
      /** The same as the server counted. */
      got: number
      /** Completed requests whose answers said. */
      requests: number
      /** The same in one sentence. */
      message: string
    }
  /**
   * Prompts, or their beginnings, repeat: a cache of the server may know them. A warning when it is
   * more than a little, and the spec does not say that it is meant.
   */
  | {
      /** Which property; stable. */
      id: 'prompts-repeat'
      /** How much it matters. */
      level: 'info' | 'warn'
      /** Whether the spec says that it is meant. */
      allowed: boolean
      /** Measured requests. */
      requests: number
      /** Those with the prompt of an earlier one, warm-up included. */
      repeated: number
      /** Different prompts. */
      different: number
      /** Of the characters of prompts, that an earlier one began with, 0–1. */
      share: number
      /** The same in one sentence. */
      message: string
    }
  /**
   * More of the prompts came from a cache of the server, as it says, than repeats in this run
   * explain.
   */
  | {
      /** Which property; stable. */
      id: 'prompts-cached'
      /** How much it matters. */
      level: 'warn'
      /** Whether each prompt begins with a marker of its own. */
      marked: boolean
      /** Tokens of prompts that came from it. */
      cached: number
      /** Of so many. */
      tokens: number
      /** The same in one sentence. */
      message: string
    }
  /** The server's metrics could not be compared. */
  | {
      /** Which property; stable. */
      id: 'server-unread'
      /** How much it matters. */
      level: 'warn'
      /**
       * Why they could not be read, untrusted text; `null`: the run ended before its measured
       * phase.
       */
      failure: string | null
      /** The same in one sentence. */
      message: string
    }
  /** Some scrapes of the server's metrics failed. */
  | {
      /** Which property; stable. */
      id: 'server-scrapes-failed'
      /** How much it matters. */
      level: 'info'
      /** Of them. */
      failed: number
      /** All that were tried. */
      scrapes: number
      /** Why the first one failed; untrusted text. */
      failure: string
      /** The same in one sentence. */
      message: string
    }
  /** A counter of the server fell: nothing is compared. */
  | {
      /** Which property; stable. */
      id: 'server-restarted'
      /** How much it matters. */
      level: 'warn'
      /** The same in one sentence. */
      message: string
    }
  /** The server finished more requests than this client's. */
  | {
      /** Which property; stable. */
      id: 'server-shared'
      /** How much it matters. */
      level: 'warn'
      /** Answers that the server finished. */
      server: number
      /** Requests that this client completed. */
      client: number
      /** The same in one sentence. */
      message: string
    }
  /** The server finished fewer requests than this client's. */
  | {
      /** Which property; stable. */
      id: 'server-partial'
      /** How much it matters. */
      level: 'warn'
      /** Answers that the server finished. */
      server: number
      /** Requests that this client completed. */
      client: number
      /** The same in one sentence. */
      message: string
    }
  /** The `usage` in the answers is not what the server's metrics count. */
  | {
      /** Which property; stable. */
      id: 'tokens-disagree'
      /** How much it matters. */
      level: 'warn'
      /** Output tokens as the server counted. */
      server: number
      /** Output tokens as the answers said. */
      usage: number
      /** Token events that this client saw. */
      events: number
      /** The same in one sentence. */
      message: string
    }
  /** The `usage` of prompts in the answers is not what the server's metrics count. */
  | {
      /** Which property; stable. */
      id: 'prompt-tokens-disagree'
      /** How much it matters. */
      level: 'warn'
      /** Tokens of prompts as the server counted. */
      server: number
      /** Tokens of prompts as the answers said. */
      usage: number
      /** The same in one sentence. */
      message: string
    }
  /**
   * What the server made of the requests whose clients went away; a warning when it went on for
   * some.
   */
  | {
      /** Which property; stable. */
      id: 'leaving-noticed'
      /** How much it matters. */
      level: 'info' | 'warn'
      /** Requests whose client went away while the server was watched. */
      left: number
      /** Answers that the server broke off. */
      noticed: number
      /** Answers that it finished all the same, at the least. */
      finished: number
      /** The same in one sentence. */
      message: string
    }
  /** Without `usage`: the server generated more, or fewer, tokens than there were token events. */
  | {
      /** Which property; stable. */
      id: 'events-are-not-tokens'
      /** How much it matters. */
      level: 'info' | 'warn'
      /** Output tokens as the server counted. */
      server: number
      /** Token events that this client saw. */
      events: number
      /** The same in one sentence. */
      message: string
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

/** Where the time of the answers went, or why that is not known. */
export type ServerFindingDocument =
  /** The mean latency that the client saw, in parts that add up to it. */
  | {
      /** What it is. */
      kind: 'breakdown'
      /** As the client saw it. */
      latency_ms: number
      /** `null` when the server does not tell. */
      queue_ms: number | null
      /** `null` when the server does not tell it from the queue. */
      prefill_ms: number | null
      /** Queue and prefill together. */
      first_token_ms: number
      /** From the first token to the last. */
      decode_ms: number
      /** What the server does not account for: network, gateway, client. */
      outside_ms: number
    }
  /** The server's counters began anew during the run. */
  | {
      /** What it is. */
      kind: 'restarted'
    }
  /** Its metrics could not be read. */
  | {
      /** What it is. */
      kind: 'unread'
      /** Why; untrusted text. */
      failure: string
    }
  /** The run ended before its measured phase. */
  | {
      /** What it is. */
      kind: 'not-measured'
    }
  /** The server does not tell how many answers it finished. */
  | {
      /** What it is. */
      kind: 'uncounted'
    }
  /** It finished more requests than this client completed. */
  | {
      /** What it is. */
      kind: 'shared'
      /** As the server counted. */
      server: number
      /** As this client counted. */
      client: number
    }
  /** It finished fewer requests than this client completed. */
  | {
      /** What it is. */
      kind: 'partial'
      /** As the server counted. */
      server: number
      /** As this client counted. */
      client: number
    }
  /**
   * The server counts and times every choice of an answer for itself, and there are more of them
   * than requests.
   */
  | {
      /** What it is. */
      kind: 'several-choices'
      /** Requests that this client completed. */
      requests: number
      /** Choices that these asked for. */
      choices: number
    }
  /** The server tells times of its latest answers alone, and not all of these are of this run. */
  | {
      /** What it is. */
      kind: 'foreign-window'
      /** Answers that it tells times of. */
      window: number
      /** Answers that it finished since the run began. */
      finished: number
    }
  /** A time is longer than what it would have to be a part of: they are not of the same answers. */
  | {
      /** What it is. */
      kind: 'impossible'
      /** The longer one. */
      part: {
        /** Whose it is. */
        of: 'server' | 'client'
        /** Which time. */
        time: 'queue' | 'ttft' | 'latency'
        /** Its mean. */
        mean_ms: number
      }
      /** What it would have to be a part of. */
      whole: {
        /** Whose it is. */
        of: 'server' | 'client'
        /** Which time. */
        time: 'queue' | 'ttft' | 'latency'
        /** Its mean. */
        mean_ms: number
      }
    }
  /** The client saw the first token long after the server had it: it was held back on the way. */
  | {
      /** What it is. */
      kind: 'held-back'
      /** Mean ttft of the server. */
      server_ms: number
      /** Mean ttft of this client. */
      client_ms: number
    }
  /** No answer was completed between the two scrapes. */
  | {
      /** What it is. */
      kind: 'nothing-finished'
    }
  /** The server does not tell how long its answers took. */
  | {
      /** What it is. */
      kind: 'untold'
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
  /**
   * Answers that were completed in this time; of vLLM, which counts them so, every choice of them.
   */
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
    /** As the answers said, of vLLM once for each choice; `null` when they did not. */
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
  /** Its prefix cache in this time; `null` where it does not tell. */
  prefix_cache: {
    /** Tokens of prompts that were looked for in it. */
    queries: number
    /** Those that were found. */
    hits: number
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
  /** Requests within the server over time. */
  timeline: {
    /** From the start of the measured phase; negative in the warm-up. */
    at_ms: number
    /** Requests that were computed. */
    running: number | null
    /** Requests that waited. */
    waiting: number | null
  }[]
  finding: ServerFindingDocument
  /** `finding` in one sentence. */
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
    /** ms; `null`: so few requests have none but their maximum. */
    p95: number | null
    /** ms; `null`: so few requests have none but their maximum. */
    p99: number | null
    /** ms. */
    max: number
  }
  /** Of a token event. */
  chunk_error_ms: {
    /** ms. */
    p50: number
    /** ms; `null`: so few requests have none but their maximum. */
    p95: number | null
    /** ms; `null`: so few requests have none but their maximum. */
    p99: number | null
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
  /** Why it was not used; `null`: machine and load are alike. */
  mismatch: {
    /** In which it differs from this run. */
    fact: string
    /** As it was calibrated. */
    calibrated: string | number
    /** As this run is. */
    run: string | number
  } | null
}

/** A load process. */
export interface LoadProcessDocument {
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
}

/** What lands in `results.json`; everything else written of a run is rendered from it. */
export interface Results {
  /** Version of this layout. */
  schema_version: 2
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
  /** Which cell of a matrix it is; `null` for a spec without one. */
  cell: CellDocument | null
  /** Where requests went. */
  target: {
    /** Secrets redacted. */
    url: string
    /** HTTP method. */
    method: string
    /** Whether the bundled mock was the target. */
    hermetic: boolean
  }
  /** What each request asked for; a placeholder stands for what varies by row. */
  request: {
    /** `model` of the body. */
    model: string | null
    /** The most tokens that the body lets an answer have; `null`: it does not say. */
    output_limit: {
      /** `max_tokens`, or as the API calls it. */
      key: string
      /** A number, or the placeholder that each row fills. */
      tokens: number | string
    } | null
    /** For the whole request. */
    timeout_ms: number
    /** For its connection. */
    connect_timeout_ms: number
    /** For its first token. */
    ttft_timeout_ms: number | null
    /** For the next part of its body. */
    idle_timeout_ms: number | null
  }
  /** How requests were sent. */
  load:
    | {
        /** Which of them. */
        kind: 'closed'
        /** Requests in flight; users, where these think. */
        concurrency: number
        /** Measured requests asked for; `null` when only a duration was. */
        requests: number | null
        /** Time of dispatching asked for. */
        duration_ms: number | null
        /** Mean time between the end of a request of a slot and the next one; `null`: none. */
        think_time_ms: number | null
        /** Requests sent before the measured ones. */
        warmup: number
        /** Equal slices of the measured requests. */
        rounds: number
        /** Of the order of shuffled rows, and of a mock without a seed of its own. */
        seed: number
        /** Whether a connection served more than one request. */
        keep_alive: boolean
        /**
         * Whether a request was sent once more where the server closed a kept connection without an
         * answer.
         */
        resend: boolean
        /** What requests went over: `lean`, a client of our own, or undici. */
        transport: 'lean' | 'undici'
        /**
         * What is sent and how, wherever to: method, members of the body, rows and their order, how
         * the stream is read, whether connections are kept. What runs that are compared differ in
         * is named by it.
         */
        workload: WorkloadDocument[]
      }
    | {
        /** Which of them. */
        kind: 'open'
        /** Requests due per second; of a trace the mean. */
        rate_per_second: number
        /**
         * Shape of the gamma distribution of the times between two requests, 1: Poisson; `null`:
         * they come evenly, or as a trace says.
         */
        burstiness: number | null
        /** The trace that says when what is sent; `null`: there is none. */
        trace: TraceDocument | null
        /** The most requests in flight; one more waits and is sent late. */
        max_concurrency: number
        /** Measured requests asked for; `null` when only a duration was. */
        requests: number | null
        /** Time of dispatching asked for. */
        duration_ms: number | null
        /** Mean time between the end of a request of a slot and the next one; `null`: none. */
        think_time_ms: number | null
        /** Requests sent before the measured ones. */
        warmup: number
        /** Equal slices of the measured requests. */
        rounds: number
        /** Of the order of shuffled rows, and of a mock without a seed of its own. */
        seed: number
        /** Whether a connection served more than one request. */
        keep_alive: boolean
        /**
         * Whether a request was sent once more where the server closed a kept connection without an
         * answer.
         */
        resend: boolean
        /** What requests went over: `lean`, a client of our own, or undici. */
        transport: 'lean' | 'undici'
        /**
         * What is sent and how, wherever to: method, members of the body, rows and their order, how
         * the stream is read, whether connections are kept. What runs that are compared differ in
         * is named by it.
         */
        workload: WorkloadDocument[]
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
    /**
     * How made-up prompts, those of a trace too, came out, in tokens; `null`: the rows are those of
     * a file.
     */
    synthetic: {
      /** That all prompts of a group begin with; 0: none, or as a trace says. */
      shared_prefix: number
      /** How many different prefixes there were. */
      groups: number
      /** Whether the server told how many tokens a word is, or that was assumed. */
      gauge: 'told' | 'assumed'
      /** That prompts were written by. */
      tokens_per_word: number
      /** Tokens of what stands around a prompt, by which it was written shorter. */
      overhead: number
      /** Tokens of prompts. */
      input: {
        /** Completed measured requests. */
        requests: number
        /** Those of them whose answers said. */
        told: number
        /** Mean of those told, of all where none was. */
        asked: number
        /** Mean as the server counted; `null`: no answer said. */
        got: number | null
        /** |got − asked| ÷ asked of a request, nearest rank. */
        error_p50: number | null
        /** The same. */
        error_p95: number | null
      }
      /** Tokens of answers; `null`: no length was asked for. */
      output: {
        /** Completed measured requests. */
        requests: number
        /** Those of them whose answers said. */
        told: number
        /** Mean of those told, of all where none was. */
        asked: number
        /** Mean as the server counted; `null`: no answer said. */
        got: number | null
        /** |got − asked| ÷ asked of a request, nearest rank. */
        error_p50: number | null
        /** The same. */
        error_p95: number | null
      } | null
    } | null
  } | null
  /** ISO 8601, UTC. */
  started_at: string
  /** ISO 8601, UTC. */
  finished_at: string
  end: EndDocument
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
  summary: SummaryDocument
  /** The stages of the load, in the order of time; none where the load has none. */
  stages: StageDocument[]
  /**
   * The kinds of request of a mix, in the order written, whose request, stream format and dataset
   * stand here and not above; none without a mix.
   */
  mix: {
    /** Unique; the tag `kind` of an SLO. */
    name: string
    /** Of all requests as it was asked for, 0–1. */
    share: number
    /** Secrets redacted. */
    url: string
    /** HTTP method. */
    method: string
    /** `model` of the body; a placeholder stands for what varies by row. */
    model: string | null
    /** The most tokens that the body lets an answer have; `null`: it does not say. */
    output_limit: {
      /** `max_tokens`, or as the API calls it. */
      key: string
      /** A number, or the placeholder that each row fills. */
      tokens: number | string
    } | null
    /** Dialect that the spec names; `null`: chosen from the response. */
    stream_format: string | null
    /** Rows that fill the placeholders; `null` without any. */
    dataset: {
      /** Path as written in the spec. */
      source: string
      /** Number of rows. */
      rows: number
      /** Names. */
      columns: string[]
    } | null
    summary: SummaryDocument
  }[]
  /** Slices of the measured requests, in order. */
  rounds: RoundDocument[]
  /**
   * By what requests are found in the server's own traces; `null`: the spec asks for nothing of it.
   */
  tracing: {
    /** The first 16 digits of the trace id of every request. */
    run_id: string
    /** Flag of the `traceparent` of each request; `null`: none was sent. */
    sampled: boolean | null
    /** Header that had the trace id; `null`: none. */
    request_id_header: string | null
    /** The slowest measured requests, by ttft and by latency. */
    slowest: {
      /** Of the request. */
      number: number
      /** 0-based row of the dataset. */
      row: number | null
      /** Hexadecimal. */
      trace_id: string
      /** What it was slow in. */
      metric: 'ttft' | 'latency'
      /** How long it took. */
      ms: number
    }[]
    /** The first measured request of each kind of failure. */
    failed: {
      /** Of the request. */
      number: number
      /** 0-based row of the dataset. */
      row: number | null
      /** Hexadecimal. */
      trace_id: string
      /** For example `timeout.ttft`. */
      kind: string
      /** HTTP status, for `http_status`. */
      status: number | null
    }[]
  } | null
  /** What the run was compared with; `null`: nothing. */
  baseline: {
    /** `interleaved`: a second target whose rounds alternated; `file`: an earlier run. */
    kind: 'interleaved' | 'file'
    /** URL, or file as the spec names it; secrets redacted. */
    source: string
    /** Whether machine and workload were the same. */
    comparable: boolean
    /** What was not. */
    differences: DifferenceDocument[]
    /** What else differs and is compared all the same, such as the model. */
    contrasts: DifferenceDocument[]
    summary: SummaryDocument
  } | null
  /** What a reader must know before believing the figures. */
  diagnostics: DiagnosticDocument[]
  /**
   * How far the client itself can be trusted, of each figure the worst of its load processes;
   * `null` when one ended before it could say.
   */
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
    /** Each of several load processes, in their order; `null`: there is one. */
    processes: LoadProcessDocument[] | null
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
     * data or target unreachable, 130 interrupted by Ctrl-C, 143 ended by SIGTERM or SIGHUP.
     */
    exit_code: number
    reason: VerdictReasonDocument
    /** One sentence. */
    why: string
    /** In the order of the spec. */
    slos: SloDocument[]
  }
}
