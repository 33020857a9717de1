import type { JsonSchema } from '../bench-spec/json-schema.ts'
import { type Trace, traceFormats } from '../bench-spec/trace.ts'
import type { TraceDocument } from './results-document.ts'
import { orNull, significant } from './rounding.ts'
import { number, oneOf, orNull as orNothing, record } from './schema-parts.ts'

/** The trace within `load` of `results.json`. */
export const traceSchema: JsonSchema = record('The trace that says when what is sent.', {
  format: oneOf('Whose shape it has.', traceFormats),
  speed: number('Times as fast as it was recorded.'),
  cached_share: orNothing(
    number(
      'Share of the tokens of its prompts that a prefix cache finds which is empty at first and keeps everything, 0–1; `null`: the trace does not tell.',
    ),
  ),
})

export function toTrace({ format, speed, cachedShare }: Omit<Trace, 'prompts'>): TraceDocument {
  return { format, speed, cached_share: orNull(cachedShare, significant) }
}
