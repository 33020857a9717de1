import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { constant, count, list, number, oneOf, orNull, record, text } from './schema-parts.ts'

const agrees: JsonSchema = {
  type: 'boolean',
  description: 'Whether the requests of this client alone explain what the server counted.',
}

/** One time of the server within `results.json`. */
export const serverTimeSchema: JsonSchema = record(
  'One time as the server measured it, beside what this client measured of the same requests.',
  {
    count: count('Values of the server.'),
    mean: number('ms.'),
    p50: orNull(number('ms; read it with `percentiles`.')),
    p95: orNull(number('ms; read it with `percentiles`.')),
    p99: orNull(number('ms; read it with `percentiles`.')),
    percentiles: oneOf(
      '`at-most`: upper bounds of the buckets of a histogram; `exact`: as the server computed them; `none`: not known. `null` in a bucket without an upper bound.',
      ['at-most', 'exact', 'none'],
    ),
    client: orNull(
      record('What this client measured; `null` for a time that only the server can see.', {
        count: count('Values.'),
        mean: number('ms.'),
        p50: number('ms.'),
        p95: number('ms.'),
        p99: number('ms.'),
      }),
    ),
  },
)

const time = (description: string): JsonSchema => orNull(serverTimeSchema, description)

function describeFinding(
  kind: string,
  description: string,
  numbers: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return record(description, { kind: constant('What it is.', kind), ...numbers })
}

const meanTime = (description: string): JsonSchema =>
  record(description, {
    of: oneOf('Whose it is.', ['server', 'client']),
    time: oneOf('Which time.', ['queue', 'ttft', 'latency']),
    mean_ms: number('Its mean.'),
  })

const finished = {
  server: count('As the server counted.'),
  client: count('As this client counted.'),
}

/** What the server's figures come to, within `results.json`. */
export const serverFindingSchema: JsonSchema = {
  description: 'Where the time of the answers went, or why that is not known.',
  anyOf: [
    describeFinding(
      'breakdown',
      'The mean latency that the client saw, in parts that add up to it.',
      {
        latency_ms: number('As the client saw it.'),
        queue_ms: orNull(number('`null` when the server does not tell.')),
        prefill_ms: orNull(number('`null` when the server does not tell it from the queue.')),
        first_token_ms: number('Queue and prefill together.'),
        decode_ms: number('From the first token to the last.'),
        outside_ms: number('What the server does not account for: network, gateway, client.'),
      },
    ),
    describeFinding('restarted', "The server's counters began anew during the run."),
    describeFinding('unread', 'Its metrics could not be read.', {
      failure: text('Why; untrusted text.'),
    }),
    describeFinding('not-measured', 'The run ended before its measured phase.'),
    describeFinding('uncounted', 'The server does not tell how many answers it finished.'),
    describeFinding('shared', 'It finished more requests than this client completed.', finished),
    describeFinding('partial', 'It finished fewer requests than this client completed.', finished),
    describeFinding(
      'several-choices',
      'The server counts and times every choice of an answer for itself, and there are more of them than requests.',
      {
        requests: count('Requests that this client completed.'),
        choices: count('Choices that these asked for.'),
      },
    ),
    describeFinding(
      'foreign-window',
      'The server tells times of its latest answers alone, and not all of these are of this run.',
      {
        window: count('Answers that it tells times of.'),
        finished: count('Answers that it finished since the run began.'),
      },
    ),
    describeFinding(
      'impossible',
      'A time is longer than what it would have to be a part of: they are not of the same answers.',
      {
        part: meanTime('The longer one.'),
        whole: meanTime('What it would have to be a part of.'),
      },
    ),
    describeFinding(
      'held-back',
      'The client saw the first token long after the server had it: it was held back on the way.',
      {
        server_ms: number('Mean ttft of the server.'),
        client_ms: number('Mean ttft of this client.'),
      },
    ),
    describeFinding('nothing-finished', 'No answer was completed between the two scrapes.'),
    describeFinding('untold', 'The server does not tell how long its answers took.'),
  ],
}

/** What the server told, within `results.json`. */
export const serverSchema: JsonSchema = record(
  'What the server itself tells of the run; `null` unless the spec asks with `server_metrics`.',
  {
    source: orNull(
      oneOf('Whose metrics they are; `null` when nothing could be read.', ['vllm', 'qwen-vllm']),
    ),
    url: text('Where they were read, secrets redacted.'),
    interval_ms: number('Time between two scrapes, while the run is short.'),
    scrapes: count('Scrapes that could be read.'),
    failed_scrapes: count('Scrapes that could not.'),
    failure: orNull(text('Why the first of these could not be read; untrusted text.')),
    covers: orNull(
      record('What lies between the two scrapes that are compared; `null` without two.', {
        from_ms: number('First scrape, from the start of the measured phase.'),
        to_ms: number('Last scrape, from the start of the measured phase.'),
        warmup: count('Requests of the warm-up that ended in this time.'),
      }),
    ),
    requests: orNull(
      record(
        'Answers that were completed in this time; of vLLM, which counts them so, every choice of them.',
        { ...finished, agrees },
      ),
    ),
    prompt_tokens: orNull(
      record('Tokens of the prompts.', {
        server: count('As the server counted.'),
        usage: orNull(
          count('As the answers said, of vLLM once for each choice; `null` when they did not.'),
        ),
        agrees: orNull(agrees, 'The same of these; `null` without `usage`.'),
      }),
    ),
    output_tokens: orNull(
      record('Tokens of the answers: three counts of the same.', {
        server: count('As the server counted.'),
        usage: orNull(count('As the answers said; `null` when they did not.')),
        events: count('Token events that this client saw.'),
        agrees: {
          ...agrees,
          description: 'The same of these, by `usage`, or by token events without it.',
        },
      }),
    ),
    prefix_cache: orNull(
      record('Its prefix cache in this time; `null` where it does not tell.', {
        queries: count('Tokens of prompts that were looked for in it.'),
        hits: count('Those that were found.'),
      }),
    ),
    ttft_ms: time('From the arrival of a request to its first token.'),
    latency_ms: time('From the arrival of a request to its last token.'),
    queue_ms: time('From the arrival of a request until it began to run.'),
    prefill_ms: time('From then to its first token.'),
    decode_ms: time('From its first token to its last.'),
    token_gap_ms: time('Between two tokens.'),
    timeline: list(
      'Requests within the server over time.',
      record('One scrape.', {
        at_ms: number('From the start of the measured phase; negative in the warm-up.'),
        running: orNull(count('Requests that were computed.')),
        waiting: orNull(count('Requests that waited.')),
      }),
    ),
    finding: serverFindingSchema,
    message: text('`finding` in one sentence.'),
  },
)
