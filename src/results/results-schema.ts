import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { metricUnits } from '../bench-spec/slo.ts'
import { listExitCodes } from '../verdict/exit-code.ts'
import { calibrationSchema } from './calibration-schema.ts'
import { diagnosticSchema } from './diagnostic-schema.ts'
import { datasetSchema, describeKind, outputLimitSchema } from './kind-schema.ts'
import {
  dependenceSchema,
  differenceSchema,
  endSchema,
  reasonSchema,
  turnSchema,
  verdictReasonSchema,
} from './reasons-schema.ts'
import { count, list, number, oneOf, orNull, record, text, union } from './schema-parts.ts'
import { serverSchema } from './server-schema.ts'
import { traceSchema } from './trace-document.ts'
import { tracingSchema } from './tracing-schema.ts'

/** A value that a matrix gives to a key, within `results.json` and `matrix.json`. */
export const settingSchema: JsonSchema = record('One key of the load and its value.', {
  key: text('For example `concurrency`.'),
  text: text('The value in one word: `8`, `60s`.'),
  number: orNull(
    number(
      'Where it stands on an axis: seconds of a duration, per second of a rate; `null` for what is no number.',
    ),
  ),
})

/** A cell of a matrix within `results.json`. */
export const cellSchema: JsonSchema = record('One of the specs that a matrix makes.', {
  bench: text('Name of the spec that the matrix stands in.'),
  settings: list('What the cell puts into that spec, in the order written.', settingSchema),
  number: count('Its place among the cells, from 1.'),
  count: count('All cells of the matrix.'),
})

/** A distribution within `results.json`. */
export const distributionSchema: JsonSchema = record('Nearest-rank percentiles in ms.', {
  count: count('Number of values.'),
  min: number('ms.'),
  mean: number('ms.'),
  stddev: orNull(number('Sample standard deviation in ms; `null` for one value.')),
  p50: number('ms.'),
  p75: number('ms.'),
  p90: number('ms.'),
  p95: number('ms.'),
  p99: number('ms.'),
  max: number('ms.'),
})

const distribution = (description: string): JsonSchema => orNull(distributionSchema, description)

/** Where failed requests fill a percentile it is `infinite`, of either sign. */
const measured = (description: string): JsonSchema => ({
  anyOf: [{ type: 'number' }, { const: 'infinite' }, { type: 'null' }],
  description,
})

const status = oneOf('What was decided.', ['PASS', 'FAIL', 'INCONCLUSIVE', 'ERROR'])

/** An SLO within `results.json`. */
export const sloSchema: JsonSchema = record('One assertion of the spec and what became of it.', {
  id: text('Stable name, unique within the spec.'),
  text: text('Canonical text, for example `ttft p95 <= 800ms`.'),
  metric: oneOf('What is measured.', Object.keys(metricUnits)),
  tags: list(
    'Which requests it is about: those that have all of them. Empty: every one.',
    record('One tag.', {
      name: text('`stage`, `turn`, `step`, `model`, or a column of the data.'),
      value: text('As it is written in the spec: `peak`, `bill*`, `2..`.'),
    }),
  ),
  stat: text('`p95`, `mean`, `min`, `max`, or `value` for a metric that is one number per run.'),
  op: oneOf('Comparator.', ['<', '<=', '>', '>=']),
  bound: orNull(
    number(
      'In `unit`; of a relative SLO what the baseline makes of it, `null` where that is not known.',
    ),
  ),
  unit: oneOf('ms, share of 0–1, per second, or tokens per second.', [
    'ms',
    'share',
    '/s',
    'tok/s',
  ]),
  level: oneOf('Only `error` can block.', ['error', 'warn', 'info']),
  purpose: orNull(text('Why the spec asks for it, in its own words.')),
  line: orNull(count('1-based line in the spec file.')),
  column: orNull(count('1-based column in the spec file.')),
  status,
  method: oneOf(
    '`exact`: binomial on exceedances; `rounds`: t on per-round values; `ratio`: per-round values against those of the baseline; `point`: observed value alone.',
    ['exact', 'rounds', 'ratio', 'point', 'none'],
  ),
  observed: measured('In `unit`; `null` when there was nothing to observe.'),
  margin: measured('Distance to the bound in `unit`, positive when the SLO holds.'),
  n: count('Observations, failed requests included where they count.'),
  exceedances: orNull(count('Observations on the wrong side of the bound.')),
  pass_at_most: orNull(number('Most exceedances that would still be a PASS.')),
  fail_at_least: orNull(number('Fewest exceedances that are a FAIL.')),
  interval: orNull(
    record('Limits of the true statistic, in `unit`; each holds with the confidence of the gate.', {
      low: measured('`null` when the data do not reach it.'),
      high: measured('`null` when the data do not reach it.'),
    }),
  ),
  dependence: orNull(
    record(
      'What makes the observations count as fewer than there are, on each side of the binomial test.',
      { fail: dependenceSchema, pass: dependenceSchema },
    ),
  ),
  rounds: orNull(count('Rounds whose values were tested, or groups of them.')),
  allowance: orNull(
    record(
      'How far from the baseline the spec allows; `null` for an SLO with a bound of its own.',
      {
        change: number('Ratio − 1; of shares the difference. With its sign.'),
        floor: orNull(number('An absolute allowance, in `unit`; the looser of the two counts.')),
      },
    ),
  ),
  relative: orNull(
    record(
      'Of an SLO relative to a baseline. Changes are ratios − 1; of shares they are differences.',
      {
        baseline: measured("The baseline's value, in `unit`."),
        change: orNull(
          number('Mean over the rounds; `null` when one of them has no finite ratio.'),
        ),
        low: orNull(number('Lower confidence limit of the change.')),
        high: orNull(number('Upper confidence limit of the change.')),
        allowed: number('The looser allowance as a change, with its sign.'),
        rounds: count('Rounds of each side that were compared, or groups of rounds.'),
      },
    ),
  ),
  p_fail: orNull(number('One-sided p-value against "the SLO holds".')),
  p_pass: orNull(number('One-sided p-value against "the SLO is missed".')),
  p_fail_adjusted: orNull(number('`p_fail` after Holm over the error-level SLOs.')),
  more_requests: orNull(number('Estimated further requests that would decide it.')),
  reason: reasonSchema,
  turns: list('What then changed the status, in this order.', turnSchema),
  why: text('One sentence: why this status.'),
})

/** The figures of a run within `results.json`. */
export const summarySchema: JsonSchema = record(
  'The measured requests in figures; warm-up is excluded everywhere.',
  {
    requests: record('Number of requests by outcome.', {
      total: count('Measured requests.'),
      completed: count('Answered properly.'),
      failed: count('Not answered properly.'),
      cancelled: count('In flight when the run was stopped, or not sent by this machine.'),
      left: count('Their client went away before the answer had ended, as the spec asks.'),
      leaving: count(
        'Of all of these, those whose client was to go away, whatever came before that: figures are of the others.',
      ),
      resent: count(
        'Sent once more, the server having closed a kept connection without an answer; whatever the outcome.',
      ),
      warmup: count('Sent before the measured ones.'),
    }),
    sessions: orNull(
      record('Conversations among them, by how they ended; `null` without any.', {
        asked: orNull(count('Asked for; `null` when only a duration was.')),
        completed: count('Every turn was answered.'),
        broken: count('A turn was not, which ended them.'),
        unfinished: count('The run ended before they did.'),
        turns_not_sent: count(
          'Turns of the broken ones that were never sent: no sample of anything.',
        ),
        not_sent: list(
          'The same by turn; turns of which none are missing are left out.',
          record('One turn.', { turn: count('From 1.'), count: count('How often.') }),
        ),
        results_not_needed: count('Requests kept for results of tools that no answer called for.'),
      }),
    ),
    success_rate: orNull(
      number('completed ÷ (completed + failed) of those that were to stay, 0–1.'),
    ),
    duration_ms: orNull(number('First measured dispatch to last measured token.')),
    wall_ms: orNull(number('First measured call to last measured end, whatever came of them.')),
    requests_per_second: orNull(number('Completed requests per second of the duration.')),
    output_tokens_per_second: orNull(number('Output tokens of completed requests per second.')),
    output_tokens: orNull(count('Output tokens of completed requests.')),
    token_basis: oneOf('Where token counts come from: the server, or token events counted.', [
      'usage',
      'estimated',
      'mixed',
      'none',
    ]),
    prompts: record('What the server counted of the prompts of completed requests.', {
      counted: count('Requests whose prompt was counted.'),
      tokens: orNull(count('Of these prompts, those from a cache included.')),
      told: count(
        'Requests that say how many of them came from a cache of the server, be it none.',
      ),
      cached_tokens: orNull(count('That came from a cache; `null`: no request says.')),
      cached_share: orNull(number('cached_tokens ÷ tokens, 0–1; who says nothing counts as none.')),
    }),
    goodput: orNull(number('Share of requests that keep all per-request bounds, 0–1.')),
    sent_rate: orNull(
      record('The rate of the measured requests as it was; `null` without one.', {
        due_per_second: number('By the instants at which they were due, as drawn.'),
        sent_per_second: number('By those at which they left.'),
        held_back: count('Sent late because as many as may be were in flight.'),
      }),
    ),
    ttft_ms: distribution('First token − dispatched.'),
    ttfo_ms: distribution('First token that is not reasoning − dispatched.'),
    latency_ms: distribution('Last token − dispatched.'),
    scheduled_ttft_ms: distribution('First token − due; `null` without a rate.'),
    scheduled_latency_ms: distribution('Last token − due; `null` without a rate.'),
    stream_end_ms: distribution('End of the body − dispatched.'),
    tpot_ms: distribution('(Last token − first token) ÷ (tokens − 1).'),
    chunk_gap_ms: distribution('Gaps between consecutive token events, all requests together.'),
    stall_ms: distribution('Largest chunk gap of a request.'),
    dispatch_delay_ms: distribution('Dispatched − scheduled.'),
    client_queue_ms: distribution('Dispatched − given to the transport.'),
    failures: list(
      'Failed requests by kind.',
      record('One kind of failure.', {
        kind: text('For example `timeout.ttft`.'),
        status: orNull(count('HTTP status, for `http_status`.')),
        count: count('Requests that failed this way.'),
        sample: text('Message of the first one; untrusted text of the target.'),
      }),
    ),
  },
)

/** A fact of a workload within `results.json`. */
export const workloadSchema: JsonSchema = union('A fact of what is sent.', 'kind', {
  value: { name: text('For example `body.model`.'), value: text('As it is sent.') },
  content: {
    name: text('For example `body.messages`.'),
    size: count('How much of it there is.'),
    unit: oneOf('Of the size.', ['characters', 'rows']),
    sha256: text('Of its JSON with the secrets redacted, hexadecimal.'),
  },
})

/** The times of a round within `results.json`. */
export const roundTimesSchema: JsonSchema = record('Times of one metric in a round.', {
  mean: measured('ms, of completed requests.'),
  p50: measured('ms.'),
  p75: measured('ms.'),
  p90: measured('ms.'),
  p95: measured('ms.'),
  p99: measured('ms.'),
})

const roundTimes = (what: string): JsonSchema => orNull(roundTimesSchema, what)

/** A slice of a run within `results.json`. */
export const roundSchema: JsonSchema = record(
  'One slice of the measured requests, for comparisons with other runs.',
  {
    round: count('0-based.'),
    completed: count('Answered properly.'),
    failed: count('Not answered properly.'),
    good: orNull(count('Requests that keep all per-request bounds.')),
    requests_per_second: orNull(number('Completed requests per second.')),
    output_tokens_per_second: orNull(number('Output tokens per second.')),
    ttft_ms: roundTimes('As SLOs take it: `infinite` where failed requests fill a percentile.'),
    ttfo_ms: roundTimes('As `ttft_ms`.'),
    latency_ms: roundTimes('As `ttft_ms`.'),
    scheduled_ttft_ms: roundTimes('As `ttft_ms`; of a closed loop from a free slot.'),
    scheduled_latency_ms: roundTimes('As `scheduled_ttft_ms`.'),
    tpot_ms: roundTimes('As `ttft_ms`.'),
    chunk_gap_ms: roundTimes('As `ttft_ms`.'),
    stall_ms: roundTimes('As `ttft_ms`.'),
  },
)

const loadParts: Readonly<Record<string, JsonSchema>> = {
  requests: orNull(count('Measured requests asked for; `null` when only a duration was.')),
  duration_ms: orNull(number('Time of dispatching asked for.')),
  think_time_ms: orNull(
    number('Mean time between the end of a request of a slot and the next one; `null`: none.'),
  ),
  warmup: count('Requests sent before the measured ones.'),
  rounds: count('Equal slices of the measured requests.'),
  seed: number('Of the order of shuffled rows, and of a mock without a seed of its own.'),
  keep_alive: {
    type: 'boolean',
    description: 'Whether a connection served more than one request.',
  },
  resend: {
    type: 'boolean',
    description:
      'Whether a request was sent once more where the server closed a kept connection without an answer.',
  },
  transport: oneOf('What requests went over: `lean`, a client of our own, or undici.', [
    'lean',
    'undici',
  ]),
  workload: list(
    'What is sent and how, wherever to: method, members of the body, rows and their order, how the stream is read, whether connections are kept. What runs that are compared differ in is named by it.',
    workloadSchema,
  ),
}

/** The load within `results.json`. */
const loadSchema: JsonSchema = union('How requests were sent.', 'kind', {
  closed: { concurrency: count('Requests in flight; users, where these think.'), ...loadParts },
  open: {
    rate_per_second: number('Requests due per second; of a trace the mean.'),
    burstiness: orNull(
      number(
        'Shape of the gamma distribution of the times between two requests, 1: Poisson; `null`: they come evenly, or as a trace says.',
      ),
    ),
    trace: orNull(traceSchema, 'The trace that says when what is sent; `null`: there is none.'),
    max_concurrency: count('The most requests in flight; one more waits and is sent late.'),
    ...loadParts,
  },
})

/** What a load process tells of itself. */
const processFigures: Readonly<Record<string, JsonSchema>> = {
  event_loop_utilization: number('0–1.'),
  event_loop_delay_p50_ms: orNull(number('Above its own resolution.')),
  event_loop_delay_p99_ms: orNull(number('Above its own resolution.')),
  event_loop_delay_max_ms: orNull(number('Above its own resolution.')),
  gc_pauses: count('Garbage collections.'),
  gc_total_ms: number('Time in them.'),
  gc_max_ms: number('The longest.'),
  cpu_share: number('CPU time ÷ wall time of the load process.'),
  run_queue_share: orNull(number('Share of the time spent waiting for a core, 0–1.')),
}

export const loadProcessSchema: JsonSchema = record('A load process.', processFigures)

/** A stage within `results.json`. */
export const stageSchema: JsonSchema = record(
  'One stage of the load, and the figures of its requests.',
  {
    name: text('Unique; the tag `stage` of an SLO.'),
    start_ms: number('From the start of the first stage.'),
    duration_ms: number('Its ramp included.'),
    ramp_ms: number(
      'In which what the stage before asks for becomes what this one does; 0: at once.',
    ),
    from: number('Requests in flight, or due per second, before the ramp.'),
    to: number('The same after it.'),
    summary: summarySchema,
  },
)

/** JSON Schema (draft-07) of `results.json`: the one source of the types `Results` and its parts. */
export const resultsSchema: JsonSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'Results',
  ...record('What lands in `results.json`; everything else written of a run is rendered from it.', {
    schema_version: { type: 'integer', const: 2, description: 'Version of this layout.' },
    tool: record('What wrote it.', {
      name: { type: 'string', const: 'slogate', description: 'Always `slogate`.' },
      version: text('Version of the package.'),
    }),
    spec: record('What was asked.', {
      name: text('Name of the spec.'),
      file: orNull(text('Path as shown to people; `null` for a spec given as an object.')),
      sha256: orNull(text('Of the spec file, hexadecimal.')),
    }),
    cell: orNull(cellSchema, 'Which cell of a matrix it is; `null` for a spec without one.'),
    target: record('Where requests went.', {
      url: text('Secrets redacted.'),
      method: text('HTTP method.'),
      hermetic: { type: 'boolean', description: 'Whether the bundled mock was the target.' },
    }),
    request: record('What each request asked for; a placeholder stands for what varies by row.', {
      model: orNull(text('`model` of the body.')),
      output_limit: outputLimitSchema,
      timeout_ms: number('For the whole request.'),
      connect_timeout_ms: number('For its connection.'),
      ttft_timeout_ms: orNull(number('For its first token.')),
      idle_timeout_ms: orNull(number('For the next part of its body.')),
    }),
    load: loadSchema,
    stream: record('How streams were read.', {
      asked: orNull(text('Dialect that the spec names; `null`: chosen from the response.')),
      dialects: list(
        'Dialects that were used.',
        record('One dialect.', { name: text('Its name.'), count: count('Requests read so.') }),
      ),
    }),
    dataset: datasetSchema,
    started_at: text('ISO 8601, UTC.'),
    finished_at: text('ISO 8601, UTC.'),
    end: endSchema,
    environment: record('The machine that measured.', {
      node: text('Version of Node.'),
      platform: text('Operating system.'),
      arch: text('Processor architecture.'),
      cpu: text('Processor model.'),
      cores: count('Available cores.'),
    }),
    summary: summarySchema,
    stages: list(
      'The stages of the load, in the order of time; none where the load has none.',
      stageSchema,
    ),
    mix: list(
      'The kinds of request of a mix, in the order written, whose request, stream format and dataset stand here and not above; none without a mix.',
      describeKind(summarySchema),
    ),
    rounds: list('Slices of the measured requests, in order.', roundSchema),
    tracing: orNull(tracingSchema),
    baseline: orNull(
      record('What the run was compared with; `null`: nothing.', {
        kind: oneOf(
          '`interleaved`: a second target whose rounds alternated; `file`: an earlier run.',
          ['interleaved', 'file'],
        ),
        source: text('URL, or file as the spec names it; secrets redacted.'),
        comparable: {
          type: 'boolean',
          description: 'Whether machine and workload were the same.',
        },
        differences: list('What was not.', differenceSchema),
        contrasts: list(
          'What else differs and is compared all the same, such as the model.',
          differenceSchema,
        ),
        summary: summarySchema,
      }),
    ),
    diagnostics: list('What a reader must know before believing the figures.', diagnosticSchema),
    client: orNull(
      record(
        'How far the client itself can be trusted, of each figure the worst of its load processes; `null` when one ended before it could say.',
        {
          ...processFigures,
          processes: orNull(
            list('Each of them.', loadProcessSchema),
            'Each of several load processes, in their order; `null`: there is one.',
          ),
        },
      ),
    ),
    server: orNull(serverSchema),
    calibration: orNull(
      calibrationSchema,
      "The client's own error as calibrated; `null`: it never was.",
    ),
    verdict: record('The decision.', {
      status,
      policy: oneOf('What blocks.', ['pr', 'release', 'point']),
      confidence: number('Of the statistics, 0.5–1.'),
      failures: oneOf('Whether a failed request counts as infinitely slow.', [
        'as-infinite',
        'exclude',
      ]),
      looks: record('How often the run was judged: once, and after each round that was added.', {
        planned: count('At the most.'),
        taken: count('Of them.'),
        confidence: number('Of each look: 1 − (1 − `confidence`) ÷ `planned`.'),
      }),
      passed: { type: 'boolean', description: 'Whether the policy lets it through.' },
      exit_code: count(`${listExitCodes()}.`),
      reason: verdictReasonSchema,
      why: text('One sentence.'),
      slos: list('In the order of the spec.', sloSchema),
    }),
  }),
}
