import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { Dialect } from './dialect.ts'
import { dialects } from './dialects.ts'
import type { StreamFault } from './reader.ts'

/** What to do where a whole answer came in the place of a stream. */
export const wholeAdvice = 'ask for a stream, or write stream_format: json'

/** Types that say nothing about how a body is to be read. */
const vague: readonly string[] = ['text/plain', 'application/octet-stream', 'binary/octet-stream']

/**
 * What the response's content type proves, before any byte of the body: a page instead of an
 * answer, a JSON document instead of a stream, or another type than the spec expects. `undefined`
 * when the body has to be read to know; a missing or vague type proves nothing.
 */
export function checkContentType(
  format: StreamFormat | undefined,
  contentType: string | undefined,
): StreamFault | undefined {
  const got = mediaType(contentType)
  if (got === undefined) return undefined
  if (format === undefined) return got === 'text/html' ? mismatch('a stream', got) : undefined
  const { framing, contentTypes } = dialects[format.dialect]
  const expected = format.contentType === undefined ? contentTypes : [mediaType(format.contentType)]
  if (expected.length === 0 || expected.includes(got)) return undefined
  if (format.contentType === undefined && vague.includes(got)) return undefined
  if (framing === 'document' && isJson(got)) return undefined
  if (framing === 'sse' && isJson(got)) {
    const message = `expected ${expected[0]}, got ${got}; ${wholeAdvice}`
    return { kind: 'not_streamed', message }
  }
  return mismatch(expected[0] ?? format.dialect, got)
}

/** A compressed body, which comes in blocks; names of encodings know no case. */
export function checkEncoding(encoding: string | undefined): StreamFault | undefined {
  const got = encoding?.trim().toLowerCase()
  if (got === undefined || got === '' || got === 'identity') return undefined
  return {
    kind: 'wrong_content_type',
    message: `content-encoding is ${got}, asked for identity`,
  }
}

/** The dialect for a response whose spec names none; the generic ones leave room for a closer look. */
export function guessDialect(contentType: string | undefined): Dialect {
  const got = mediaType(contentType)
  if (got === undefined) return dialects.raw
  if (isJson(got)) return dialects.ndjson
  return [dialects.sse, dialects.ndjson].find(accepts(got)) ?? dialects.raw
}

/** Whether the body may be one JSON document. */
export function isJson(contentType: string | undefined): boolean {
  const got = mediaType(contentType) ?? ''
  return got === 'application/json' || (got.endsWith('+json') && !accepts(got)(dialects.ndjson))
}

function accepts(type: string): (dialect: Dialect) => boolean {
  return ({ contentTypes }) => contentTypes.includes(type)
}

function mediaType(contentType: string | undefined): string | undefined {
  return contentType?.split(';', 1)[0]?.trim().toLowerCase() || undefined
}

function mismatch(expected: string, got: string): StreamFault {
  return { kind: 'wrong_content_type', message: `expected ${expected}, got ${got}` }
}
