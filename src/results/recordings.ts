import { keepKnown } from '../bench-spec/known.ts'
import { createSchemaCheck, type SchemaCheck } from '../bench-spec/schema-check.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { Failure, Recording, RequestRecord } from '../engine/record.ts'
import { DocumentError } from './document-error.ts'
import { recordingSchema } from './recordings-schema.ts'
import { fixed, orNull } from './rounding.ts'

/** An event of a recording as it is written. */
export interface RecordedEvent {
  /** ms since dispatch. */
  at: number
  name?: string
  data: string
  roles: readonly string[]
}

/** A recorded request with what became of it. */
export interface RecordedRequest {
  recording: Recording
  stream?: StreamFormat
  outcome?: RequestRecord['outcome']
  failure?: Failure
}

/** UTF-16 units of the data of an event; all of it is in the reads. */
const dataLimit = 2000

/** The value of one line of `debug_events.ndjson`. */
export function toRecordingDocument(
  { recording, stream, outcome, failure }: RecordedRequest,
  events: readonly RecordedEvent[],
): object {
  const { index, request, status, headers, reads, omitted, ended } = recording
  return {
    index,
    outcome: outcome ?? null,
    failure: failure ?? null,
    stream_format: stream === undefined ? null : toFormatDocument(stream),
    request: { ...request, body: request.body ?? null },
    status: status ?? null,
    headers,
    events: events.map(({ at, name, roles, data }) => ({
      at_ms: fixed(at),
      event: name ?? null,
      taken_for: roles,
      data: data.slice(0, dataLimit).toWellFormed(),
    })),
    reads: reads.map(({ at, bytes }) => ({ at_ms: fixed(at), ...toText(bytes) })),
    omitted_bytes: omitted,
    ended_ms: orNull(ended, fixed),
  }
}

function toFormatDocument(stream: StreamFormat): RecordingLine['stream_format'] {
  return {
    type: stream.dialect,
    first_token_event: stream.firstTokenEvent ?? null,
    completion_event: stream.completionEvent ?? null,
    output_path: stream.outputPath ?? null,
    content_type: stream.contentType ?? null,
  }
}

/** A character that two reads share is text in neither of them. */
function toText(bytes: Uint8Array): { text: string } | { base64: string } {
  const buffer = Buffer.from(bytes)
  const text = buffer.toString()
  return Buffer.from(text).equals(buffer) ? { text } : { base64: buffer.toString('base64') }
}

let check: SchemaCheck | undefined

/**
 * The requests of a `debug_events.ndjson`, in its order; `file` is shown in errors.
 * @throws {DocumentError} of the first line that is none.
 */
export function parseRecordings(text: string, file: string): RecordedRequest[] {
  check ??= createSchemaCheck(recordingSchema)
  return text.split('\n').flatMap((line, index) => {
    if (line === '') return []
    const position = { line: index + 1, column: 1, offset: 0, length: line.length }
    const value = parseJson(line)
    const issues =
      value === undefined
        ? [{ path: [], position, message: 'is not JSON. Was the file cut short?' }]
        : (check?.(value, () => position) ?? [])
    if (issues.length > 0) throw new DocumentError(issues, file)
    return fromLine(value as RecordingLine)
  })
}

/** Whether a text begins as a `debug_events.ndjson` does. */
export function isRecordings(text: string): boolean {
  const line = parseJson(text.slice(0, text.indexOf('\n')))
  return typeof line === 'object' && line !== null && 'reads' in line && 'omitted_bytes' in line
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** What `recordingSchema` lets through, as far as it is read. */
interface RecordingLine {
  index: number
  outcome: RequestRecord['outcome'] | null
  failure: Failure | null
  stream_format: {
    type: StreamFormat['dialect']
    first_token_event: string | null
    completion_event: string | null
    output_path: string | null
    content_type: string | null
  } | null
  request: { method: string; url: string; headers: Record<string, string>; body: string | null }
  status: number | null
  headers: Record<string, string>
  reads: ({ at_ms: number; text: string } | { at_ms: number; base64: string })[]
  omitted_bytes: number
  ended_ms: number | null
}

function fromLine(line: RecordingLine): RecordedRequest {
  const { request, stream_format: format } = line
  return keepKnown<RecordedRequest>({
    recording: keepKnown<Recording>({
      index: line.index,
      request: keepKnown<Recording['request']>({ ...request, body: request.body ?? undefined }),
      status: line.status ?? undefined,
      headers: line.headers,
      reads: line.reads.map((read) => ({
        at: read.at_ms,
        bytes: 'text' in read ? Buffer.from(read.text) : Buffer.from(read.base64, 'base64'),
      })),
      omitted: line.omitted_bytes,
      ended: line.ended_ms ?? undefined,
    }),
    stream:
      format === null
        ? undefined
        : keepKnown<StreamFormat>({
            dialect: format.type,
            firstTokenEvent: format.first_token_event ?? undefined,
            completionEvent: format.completion_event ?? undefined,
            outputPath: format.output_path ?? undefined,
            contentType: format.content_type ?? undefined,
          }),
    outcome: line.outcome ?? undefined,
    failure: line.failure ?? undefined,
  })
}
