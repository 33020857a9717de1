import { durationPattern } from './duration.ts'
import { describeObject, type JsonSchema } from './json-schema.ts'
import { traceFormats } from './trace.ts'

/** `2x`, `0.5x`. */
const speedPattern = '^(?=.*[1-9])\\d+(\\.\\d+)?\\s*x$'

function instant(description: string, example: string): JsonSchema {
  return {
    description: `${description}, by the time of the trace from its first request on. A number is in seconds.`,
    type: ['number', 'string'],
    minimum: 0,
    pattern: durationPattern,
    examples: [example],
  }
}

/** What a `data_source` of type `trace` says beside its file. */
export const traceKeys: Readonly<Record<string, JsonSchema>> = {
  format: {
    description: 'Whose shape a trace has. Default: told by its first line.',
    type: 'string',
    enum: [...traceFormats],
    examples: ['mooncake'],
  },
  speed: {
    description: 'How many times as fast as it was recorded a trace is sent.',
    type: ['number', 'string'],
    exclusiveMinimum: 0,
    pattern: speedPattern,
    default: '1x',
    examples: ['2x', 0.5],
  },
  window: describeObject(
    {
      from: instant('Requests of a trace from here on are sent', '60s'),
      to: instant('Requests of a trace before this are sent', '120s'),
    },
    { description: 'The part of a trace that is sent. Default: all.', examples: [{ to: '120s' }] },
  ),
  limit: {
    description: 'The most requests of a trace, or of its window, that are sent: its first ones.',
    type: 'integer',
    minimum: 1,
    examples: [500],
  },
  block_tokens: {
    description: 'Tokens of a block that `hash_ids` of a trace stand for.',
    type: 'integer',
    minimum: 1,
    default: 512,
    examples: [16],
  },
}
