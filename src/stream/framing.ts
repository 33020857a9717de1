import { isJson } from './content-type.ts'
import type { Dialect, Framing } from './dialect.ts'
import type { Framer, FramerEvents } from './framer.ts'
import { createJsonFramer } from './json.ts'
import { createNdjsonFramer } from './ndjson.ts'
import { createSseFramer } from './sse.ts'

/** How a body is cut into events: `undefined`: not at all, each read is one. */
export function createFramer(framing: Framing | 'json', on: FramerEvents): Framer | undefined {
  if (framing === 'raw') return undefined
  if (framing === 'json') return createJsonFramer(on)
  return framing === 'sse' ? createSseFramer(on) : createNdjsonFramer(on)
}

/** What calls itself JSON may be a document or an array where a dialect has such. */
export function chooseFraming(dialect: Dialect, contentType: string | undefined): Framing | 'json' {
  const readsJson = dialect.framing === 'ndjson' || dialect.arrays === true
  return readsJson && isJson(contentType) ? 'json' : dialect.framing
}
