import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { constant, count, list, number, oneOf, orNull, record, text } from './schema-parts.ts'

/** A limit of the client within `results.json`. */
export const clientReasonSchema: JsonSchema = {
  description: 'A limit that the load process passed.',
  anyOf: [
    record('Its event loop had little time left.', {
      kind: constant('What it was.', 'event-loop-busy'),
      utilization: number('Of the event loop, 0–1.'),
    }),
    record('Its event loop came late.', {
      kind: constant('What it was.', 'event-loop-late'),
      delay_p99_ms: number('By how much.'),
    }),
    record('It had no core to run on.', {
      kind: constant('What it was.', 'waited-for-core'),
      share: number('Of the time, 0–1.'),
    }),
  ],
}

const levels = { info: ['info'], warn: ['warn'], either: ['info', 'warn'] } as const

function describe(
  id: string,
  level: keyof typeof levels,
  says: string,
  numbers: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  return record(says, {
    id: constant('Which property; stable.', id),
    level: oneOf('How much it matters.', levels[level]),
    ...numbers,
    message: text('The same in one sentence.'),
  })
}

const concurrency = count('Requests in flight that were asked for.')
const meanInFlight = number('Mean number of requests in flight between ramp-up and drain.')
const slos = (description: string): JsonSchema => list(description, { type: 'string' })
const client = {
  reasons: list('At least one.', clientReasonSchema),
  slos: list(
    'SLOs whose figures the lateness may have put to the other side of their bounds, or may not because it only lengthens them; at least one.',
    record('An SLO whose figure is closer to its bound than it may be wrong by.', {
      slo: text('Its text.'),
      status: oneOf('What it came to.', ['PASS', 'FAIL', 'INCONCLUSIVE']),
      unit: oneOf('Of `reach`.', ['ms', 'share', '/s', 'tok/s']),
      reach: orNull(number('By how much the figure may be wrong; `null`: not known.')),
    }),
  ),
}
const finished = {
  server: count('Answers that the server finished.'),
  client: count('Requests that this client completed.'),
}

const stage = orNull(text('Name of the stage in which; `null` without stages.'))

const lengthSide = oneOf('Of prompts, or of answers.', ['input', 'output'])

/** A self-check within `results.json`. */
export const diagnosticSchema: JsonSchema = {
  description: 'A property of the run.',
  anyOf: [
    describe(
      'concurrency-held',
      'info',
      'How much of the time all slots were taken; one for each [stage](spec-format.md#stages).',
      {
        stage,
        concurrency,
        full_share: number('Of the time between ramp-up and drain, all slots taken, 0–1.'),
        mean_in_flight: meanInFlight,
      },
    ),
    describe(
      'concurrency-not-held',
      'warn',
      'Fewer requests were in flight than asked for: the figures are those of a lighter load.',
      {
        stage,
        concurrency,
        peak_in_flight: count('The most requests in flight.'),
        mean_in_flight: meanInFlight,
        requests: count('Measured requests that ended.'),
        failed: count('Of them.'),
      },
    ),
    describe(
      'rate-not-sent',
      'warn',
      'Fewer requests a second left than were due: the figures are those of a lighter load.',
      {
        due_per_second: number('By the instants at which they were due, as drawn.'),
        sent_per_second: number('By those at which they left.'),
        held_back: count('Sent late because as many as may be were in flight.'),
      },
    ),
    describe(
      'requests-held-back',
      'warn',
      'Requests were sent late because `max_concurrency` were in flight.',
      {
        held_back: count('Requests.'),
        max_concurrency: count('The most requests in flight.'),
        requests: count('Measured requests.'),
        longest_ms: number('That one of them had to wait.'),
      },
    ),
    describe(
      'inconsistent-times',
      'warn',
      "The latencies add up to more requests in flight than were allowed (Little's law).",
      {
        concurrency: count('The most requests in flight that were allowed.'),
        implied_in_flight: number('Requests in flight that the latencies add up to.'),
      },
    ),
    describe(
      'client-busy',
      'warn',
      'The load process was near its limits, and that reaches a bound.',
      client,
    ),
    describe(
      'client-limited',
      'warn',
      'The load process could not keep up, and that reaches a bound.',
      client,
    ),
    describe(
      'tokens-held-back',
      'warn',
      'At least a quarter of the answers were not streamed as they were generated: look for a buffering proxy.',
      {
        held_back: count('Requests whose tokens came all at once or in bursts.'),
        in_one_read: count('Those of them whose raw text came in one read.'),
        requests: count('Completed requests with enough token events to tell, or of raw text.'),
      },
    ),
    describe(
      'no-last-word',
      'info',
      'Answers ended with a finish reason and a clean end of the body, but without `[DONE]` or `message_stop`.',
      {
        answers: count('Of them.'),
        requests: count('Completed requests.'),
      },
    ),
    describe(
      'end-unproven',
      'either',
      'Answers of `sse` or `ndjson` had a clean end of the body and no other: one that was cut would look the same. A warning when events have names.',
      {
        answers: count('Of them.'),
        requests: count('Completed requests.'),
        dialect: text('How they were read.'),
        names: list('Names of events of the first; untrusted texts.', { type: 'string' }),
      },
    ),
    describe('output-missing', 'warn', 'Answers held nothing at `output_path`.', {
      path: text('That led nowhere.'),
      missing: count('Completed requests without an output.'),
      requests: count('Completed requests.'),
      at: orNull(
        text(
          'How far it led, dotted; empty: the payload itself; `null`: no event came that should have it.',
        ),
      ),
      keys: list('What is there instead; untrusted texts.', { type: 'string' }),
    }),
    describe(
      'ttft-without-content',
      'warn',
      'The TTFT clock stops at an event without text of the answer.',
      {
        event: orNull(text('Its name; `null`: the spec names none.')),
        lead_ms: orNull(number('Median time from it to the first content; `null`: not known.')),
      },
    ),
    describe('estimated-tokens', 'warn', 'An SLO stands on tokens that the server did not count.', {
      basis: oneOf('Whether the count is missing of all answers or of some.', [
        'estimated',
        'mixed',
      ]),
      slos: slos('Texts of these SLOs.'),
    }),
    describe(
      'percentile-of-few',
      'either',
      'A percentile is simply the maximum: a warning when an SLO asks for it.',
      {
        requests: count('Requests that were judged.'),
        slos: slos('Texts of these SLOs; none: it is p99 alone.'),
      },
    ),
    describe('mixed-dialects', 'warn', 'Answers were read as different dialects.', {
      dialects: list(
        'The most frequent first.',
        record('One dialect.', { name: text('Its name.'), count: count('Requests read so.') }),
      ),
    }),
    describe('dialect-guessed', 'info', 'The dialect was chosen from the response.', {
      dialect: text('Its name.'),
    }),
    describe(
      'sockets-not-reused',
      'warn',
      'More than a tenth of the later requests opened a connection.',
      {
        opened: count('Requests that opened a connection though not the first of their slot.'),
        later: count('Requests that were not the first of their slot.'),
      },
    ),
    describe(
      'server-closes-connections',
      'warn',
      'The server closed its connection after more than a tenth of the answers though it announces keep-alive.',
      {
        closed: count('After so many answers.'),
        resent: count('Requests that had to be sent once more for it.'),
        later: count('Requests that were not the first of their slot.'),
      },
    ),
    describe('warmup-failures', 'warn', 'Warm-up requests failed.', {
      failed: count('Of them.'),
      warmup: count('Requests of the warm-up.'),
      first: text('Kind of the first failure, for example `connect`.'),
      status: orNull(number('Of the first failure; `null` when it is of another kind.')),
    }),
    describe(
      'default-body',
      'warn',
      'Every request was refused with 400 or 422, and the body was the one that is sent where nothing says what to send.',
      { status: number('That all were refused with.') },
    ),
    describe(
      'requests-cancelled',
      'info',
      'Requests were in flight when the run was stopped: they count nowhere.',
      {
        cancelled: count('Of them.'),
        requests: count('Measured requests, these included.'),
      },
    ),
    describe(
      'requests-recorded',
      'info',
      'What came was kept for `debug_events.ndjson`, which takes time from the client: a run to look at, not to judge by.',
      {
        recorded: count('Requests.'),
        bytes: count('Of their bodies that were kept.'),
        omitted: count('Of their bodies that were not.'),
      },
    ),
    describe(
      'lengths-not-gauged',
      'warn',
      'How many tokens a word of made-up prompts comes to was assumed, not asked of the server.',
      {
        cause: oneOf('Why.', ['failed', 'unsent', 'untold', 'unrelated']),
        failure: orNull(
          text('How a request to gauge by failed, untrusted text; `null`: none did.'),
        ),
      },
    ),
    describe(
      'lengths-untold',
      'warn',
      'No answer said how many tokens its prompt, or itself, had: what was asked cannot be checked.',
      {
        sides: list('At least one.', lengthSide),
        requests: count('Completed requests.'),
      },
    ),
    describe(
      'lengths-missed',
      'warn',
      'Made-up prompts, or their answers, were shorter or longer than asked, by more than a tenth.',
      {
        side: lengthSide,
        asked: number('Tokens, mean.'),
        got: number('The same as the server counted.'),
        requests: count('Completed requests whose answers said.'),
      },
    ),
    describe(
      'prompts-repeat',
      'either',
      'Prompts, or their beginnings, repeat: a cache of the server may know them. A warning when it is more than a little, and the spec does not say that it is meant.',
      {
        allowed: { type: 'boolean', description: 'Whether the spec says that it is meant.' },
        requests: count('Measured requests.'),
        repeated: count('Those with the prompt of an earlier one, warm-up included.'),
        different: count('Different prompts.'),
        share: number('Of the characters of prompts, that an earlier one began with, 0–1.'),
      },
    ),
    describe(
      'prompts-cached',
      'warn',
      'More of the prompts came from a cache of the server, as it says, than repeats in this run explain.',
      {
        marked: {
          type: 'boolean',
          description: 'Whether each prompt begins with a marker of its own.',
        },
        cached: count('Tokens of prompts that came from it.'),
        tokens: count('Of so many.'),
      },
    ),
    describe('server-unread', 'warn', "The server's metrics could not be compared.", {
      failure: orNull(
        text(
          'Why they could not be read, untrusted text; `null`: the run ended before its measured phase.',
        ),
      ),
    }),
    describe('server-scrapes-failed', 'info', "Some scrapes of the server's metrics failed.", {
      failed: count('Of them.'),
      scrapes: count('All that were tried.'),
      failure: text('Why the first one failed; untrusted text.'),
    }),
    describe('server-restarted', 'warn', 'A counter of the server fell: nothing is compared.'),
    describe(
      'server-shared',
      'warn',
      "The server finished more requests than this client's.",
      finished,
    ),
    describe(
      'server-partial',
      'warn',
      "The server finished fewer requests than this client's.",
      finished,
    ),
    describe(
      'tokens-disagree',
      'warn',
      "The `usage` in the answers is not what the server's metrics count.",
      {
        server: count('Output tokens as the server counted.'),
        usage: count('Output tokens as the answers said.'),
        events: count('Token events that this client saw.'),
      },
    ),
    describe(
      'prompt-tokens-disagree',
      'warn',
      "The `usage` of prompts in the answers is not what the server's metrics count.",
      {
        server: count('Tokens of prompts as the server counted.'),
        usage: count('Tokens of prompts as the answers said.'),
      },
    ),
    describe(
      'events-are-not-tokens',
      'either',
      'Without `usage`: the server generated more, or fewer, tokens than there were token events.',
      {
        server: count('Output tokens as the server counted.'),
        events: count('Token events that this client saw.'),
      },
    ),
  ],
}
