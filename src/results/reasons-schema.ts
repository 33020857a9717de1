import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { clientReasonSchema } from './diagnostic-schema.ts'
import { count, list, number, oneOf, orNull, record, text, union } from './schema-parts.ts'

const target = oneOf('Whose requests.', ['candidate', 'baseline'])
const status = (description: string): JsonSchema =>
  oneOf(description, ['PASS', 'FAIL', 'INCONCLUSIVE', 'ERROR'])

/** A fact in which two runs differ, within `results.json`. */
export const differenceSchema: JsonSchema = record('A fact in which two runs differ.', {
  fact: text('For example `cpu`.'),
  baseline: { type: ['string', 'number'], description: 'Of the baseline.' },
  candidate: { type: ['string', 'number'], description: 'Of this run.' },
})

const nothingCompleted = {
  target,
  total: count('Measured requests.'),
  failed: count('Of them; the others were cancelled.'),
  most: orNull(
    record('The most frequent failure.', {
      kind: text('For example `connect`.'),
      status: orNull(count('HTTP status.')),
    }),
  ),
}

/** What makes observations count as fewer than there are, within `results.json`. */
export const dependenceSchema: JsonSchema = union('What makes them the fewest.', 'kind', {
  none: {},
  groups: {
    of: oneOf('What differs by more than chance: tenths or fifths of the run, single requests.', [
      'slices',
      'requests',
      'rounds',
    ]),
    groups: count('How many.'),
    design_effect: number('Variance between them ÷ what chance makes of it.'),
    at: oneOf('Counted beyond the bound, or beyond the quantile of the run itself.', [
      'bound',
      'quantile',
    ]),
  },
  bursts: {
    length: number('Failures in a row, on average.'),
    by: oneOf('As seen in the run, or as the spec says.', ['run', 'spec']),
  },
})

/** How an SLO's own figures led to a status, within `results.json`. */
export const reasonSchema: JsonSchema = union(
  'How its own figures led to a status, or why there were none.',
  'kind',
  {
    exceedances: {
      failed: count('Requests that are bad because they failed.'),
      requests: count('Requests that it took to make the observations.'),
      without_value: count('Completed ones of these that have no value, or whose is not known.'),
      asked: orNull(
        count('Requests asked for, or sent where these are more; `null` for a run by duration.'),
      ),
    },
    rounds: {},
    ratio: { asked: orNull(count('Requests asked for; `null` for a run by duration.')) },
    signs: {
      beyond: count('Pairs of rounds beyond what is allowed.'),
      pairs: count('Pairs that are not exactly at it.'),
    },
    'no-finite-value': {},
    'few-pairs': {
      pairs: count('Pairs of rounds in which both sides have a value.'),
      needed: count('Pairs that a test takes.'),
      requests: count('Requests that each round must have.'),
    },
    'left-out': {
      left_out: count('Pairs of rounds in which the baseline is nothing to be measured by.'),
      pairs: count('Of so many.'),
      most: count('Could be left out.'),
    },
    failures: {
      failed: count('Requests of this run.'),
      requests: count('Of so many.'),
      baseline: record('The same of the baseline.', {
        failed: count('Requests.'),
        requests: count('Of so many.'),
      }),
      difference: number('Share of this run − share of the baseline.'),
      low: number('Limits of the difference, at α ÷ 2 on each side.'),
      high: number('See `low`.'),
      allowed: number('The most that the difference may be.'),
    },
    'statistic-not-kept': {},
    'policy-point': {},
    extreme: {},
    'few-rounds': { rounds: count('There were.'), needed: count('A test takes.') },
    'no-logarithm': {},
    'no-value': { target },
    'no-request': { target },
    'nothing-completed': nothingCompleted,
    'no-baseline': {},
  },
)

const explained = {
  reach: number(
    'By how much the client may have put the figure to its side of the bound; in `unit`.',
  ),
  margin: number('Distance of the figure to the bound, which is less; in `unit`.'),
}

/** Why a figure cannot be believed, within `results.json`. */
export const doubtSchema: JsonSchema = union('Why the figure cannot be believed.', 'kind', {
  'not-streamed': {
    target,
    held_back: count('Answers whose tokens came all at once or in bursts.'),
    requests: count('Of so many.'),
  },
  'estimated-tokens': {
    target,
    estimated: count('Answers whose token events were counted, for want of a count of the server.'),
    requests: count('Answers with tokens.'),
  },
  'client-late': {
    target,
    delay_p99_ms: number('By which the event loop came late.'),
    ...explained,
  },
  'sent-late': {
    target,
    delay_p99_ms: number('By which requests left late though they could have been sent.'),
    ...explained,
  },
  'client-limited': {
    target,
    reasons: list(
      'Limits that the load process passed; how late it was is not known.',
      clientReasonSchema,
    ),
  },
  'calibrated-error': {
    target,
    stat: oneOf(
      "Of the client's own error at this load; `max` of a calibration that is too small for a p99.",
      ['p50', 'p95', 'p99', 'max'],
    ),
    error_ms: number('That error.'),
    requests: count('Requests that it was calibrated with.'),
    ...explained,
  },
  'load-not-held': {
    target,
    stage: orNull(text('Name of the stage in which; `null` without stages.')),
    concurrency: count('Requests in flight that were asked for.'),
    peak_in_flight: count('The most requests in flight.'),
    mean_in_flight: number('Mean number of requests in flight between ramp-up and drain.'),
  },
  'rate-not-sent': {
    target,
    due_per_second: number('By the instants at which requests were due, as drawn.'),
    sent_per_second: number('By those at which they left.'),
    held_back: count('Sent late because as many as may be were in flight.'),
  },
  'prompts-repeat': {
    target,
    repeated: count('Requests with the prompt of an earlier one.'),
    requests: count('Of so many.'),
    share: number('Of the characters of prompts, that an earlier one began with, 0–1.'),
  },
  'prompts-cached': {
    target,
    cached: count('Tokens of prompts that came from a cache, as the server counts.'),
    tokens: count('Of so many.'),
  },
  'load-thinned': {
    target,
    delay_p50_ms: number('By which the event loop came late.'),
    in_flight_p50_ms: number('How long a request was in flight.'),
  },
})

const turned = {
  from: status('What it was.'),
  to: status('What it became.'),
}

/** What changed a status after the SLO's own figures had led to one, within `results.json`. */
export const turnSchema: JsonSchema = union('What changed the status.', 'kind', {
  holm: { ...turned, family: count('SLOs that were corrected for.') },
  'unknown-values': { ...turned, requests: count('Completed requests whose value is not known.') },
  'unseen-values': { ...turned, requests: count('Completed requests that cannot have a value.') },
  'unproven-success': {
    ...turned,
    failed: count('Requests that failed.'),
    requests: count('Of so many.'),
    proof: number('Share of requests whose completion had to be proven, 0–1.'),
  },
  doubt: { ...turned, doubt: doubtSchema },
  'not-comparable': { ...turned, differences: list('What differs.', differenceSchema) },
  certain: {
    ...turned,
    p: number('At the most, however the rest had gone.'),
    remaining: count('Requests that had not ended.'),
  },
  ended: turned,
})

/** How the verdicts on the SLOs led to that on the run, within `results.json`. */
export const verdictReasonSchema: JsonSchema = union('How it came about.', 'kind', {
  'no-slo': {},
  'none-blocks': {},
  slos: {
    slos: list('Texts of the SLOs of level `error` that have the status of the run.', {
      type: 'string',
    }),
    blocking: count('SLOs of level `error`.'),
  },
  'nothing-completed': nothingCompleted,
})

const why = text('One sentence.')

/** How the run ended, within `results.json`. */
export const endSchema: JsonSchema = union('How the run ended.', 'kind', {
  finished: {},
  curtailed: { why },
  unhealthy: {
    illness: union('What made the target not worth measuring on.', 'kind', {
      'no-connection': { requests: count('First ones, none of which found a connection.') },
      errors: {
        failed: count('Measured requests.'),
        requests: count('Of so many.'),
        limit: number('`max_error_rate`, 0–1.'),
      },
    }),
    why,
  },
  exhausted: {
    shortage: oneOf(
      'What could not be opened: a file of the load process, or any of the machine.',
      ['EMFILE', 'ENFILE'],
    ),
    limit: orNull(count('Files that the load process may have open; `null`: not known.')),
    why,
  },
  interrupted: { reason: text("The caller's: a signal's name or a message."), why },
  crashed: { message: text('Of the load process; untrusted text.'), why },
})
