import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { count, list, number, orNull, record, text } from './schema-parts.ts'

const errorSpread = (description: string): JsonSchema =>
  record(description, {
    p50: number('ms.'),
    p95: orNull(number('ms; `null`: so few requests have none but their maximum.')),
    p99: orNull(number('ms; `null`: so few requests have none but their maximum.')),
    max: number('ms.'),
  })

/** What `slogate calibrate` found, within `results.json`. */
export const calibrationSchema: JsonSchema = record(
  'What `slogate calibrate` found before this run.',
  {
    measured_at: text('ISO 8601, UTC.'),
    requests: count('Requests to the bundled mock that were compared with what it sent.'),
    concurrency: count('Requests in flight.'),
    events_per_answer: count('Token events in each answer.'),
    client_error_ms: errorSpread('Of a request, the larger of its ttft and its latency.'),
    chunk_error_ms: orNull(errorSpread('Of a token event.')),
    noise: orNull(
      record('How much rounds of this target differ among themselves; `null`: not measured.', {
        measured_at: text('ISO 8601, UTC.'),
        requests: count('Requests that were sent.'),
        rounds: count('Slices of them.'),
        figures: list(
          'By metric and statistic.',
          record('One figure.', {
            metric: text('For example `ttft`.'),
            stat: text('`p50`, `p95`, or `value` of a rate.'),
            spread: number('Standard deviation of the ln-ratio of two neighbouring rounds.'),
            smallest_changes: list(
              'What a comparison would see in four of five times.',
              record('By number of rounds.', {
                rounds: count('Of each side.'),
                change: number('Ratio − 1.'),
              }),
            ),
          }),
        ),
      }),
    ),
    mismatch: orNull(
      record('Why it was not used; `null`: machine and load are alike.', {
        fact: text('In which it differs from this run.'),
        calibrated: { type: ['string', 'number'], description: 'As it was calibrated.' },
        run: { type: ['string', 'number'], description: 'As this run is.' },
      }),
    ),
  },
)
