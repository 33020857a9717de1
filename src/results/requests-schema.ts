import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { count, list, number, oneOf, orNull, record, text } from './schema-parts.ts'

const instant = orNull(number('ms since the first request was due; `null`: never came.'))

/** JSON Schema (draft-07) of one line of `requests.ndjson`. */
export const requestSchema: JsonSchema = record('One request.', {
  number: {
    type: 'integer',
    minimum: 1,
    description: 'As every report has it: from 1 within the phase of its target.',
  },
  target: oneOf('Whom it was sent to.', ['candidate', 'baseline']),
  phase: oneOf('Only measured ones count.', ['warmup', 'measured']),
  round: { type: 'integer', minimum: -1, description: '0-based; -1 for warm-up.' },
  stage: orNull(
    count('0-based stage in which it was due; `null` without stages, and for warm-up.'),
  ),
  slot: count('0-based place among those in flight.'),
  row: orNull(count('0-based row of the dataset.')),
  outcome: oneOf('How it ended.', ['completed', 'failed', 'cancelled']),
  failure: orNull(
    record('Why it failed.', { kind: text('Kind.'), message: text('Untrusted text.') }),
  ),
  status: orNull(count('HTTP status.')),
  dialect: orNull(text('How the stream was read.')),
  held_back: {
    type: 'boolean',
    description:
      'Whether it was sent late because as many as may be were in flight when it was due; only at a rate.',
  },
  reused: { type: 'boolean', description: 'Whether the socket had served a request before.' },
  replaced: orNull(
    oneOf(
      'Why its connection was opened though another had been kept: the server had closed that one, unannounced, before the request was written, or behind that, without a byte of a response, so that it was sent once more.',
      ['unsent', 'resent'],
    ),
  ),
  marks_ms: record('Instants.', {
    scheduled: number('ms.'),
    called: number('ms.'),
    dispatched: instant,
    headers: instant,
    first_byte: instant,
    first_event: instant,
    first_content: instant,
    first_token: instant,
    first_output: instant,
    last_token: instant,
    completed: instant,
    last_byte: instant,
    ended: number('ms.'),
  }),
  token_times_ms: list('Instants of the token events, ascending.', number('ms.')),
  events: count('Events of the stream.'),
  event_names: orNull(
    list(
      'Events that have a name, by the first 32 names; `null`: none has.',
      record('One name.', { name: text('Untrusted text.'), count: count('Events.') }),
    ),
  ),
  reads: count('Reads of the socket.'),
  bytes: count('Bytes of the body.'),
  prompt_tokens: orNull(count('As the server counts, those from a cache included.')),
  cached_tokens: orNull(
    count("Those of the prompt that came from the server's cache; `null`: it does not say."),
  ),
  completion_tokens: orNull(count('As the server counts.')),
  output: orNull(text('What `output_path` names.')),
  missing_output: orNull(
    record('Why there is no text at `output_path`.', {
      at: text('How far it led, dotted; empty: nowhere.'),
      keys: list('What is there instead; untrusted texts.', { type: 'string' }),
    }),
  ),
})
