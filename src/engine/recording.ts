import { createByteMask, type Redactor, redactDeep } from '../bench-spec/redaction.ts'
import type { Secret } from '../bench-spec/spec.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { PreparedRequest } from '../bench-spec/template.ts'
import { maskJoinedTexts } from './joined-texts.ts'
import type { Recording } from './record.ts'

/** Bytes of bodies that are kept, of one request and of all. */
export const recordingLimits: { readonly request: number; readonly all: number } = {
  request: 256 * 1024,
  all: 8 * 1024 * 1024,
}

/** Bytes behind the limit that are searched for the rest of a secret that it would cut, and forgotten then. */
const searched = 64 * 1024

/** Records one request; instants are those of the clock of the exchange. */
export interface Recorder {
  dispatch(at: number): void
  respond(status: number, headers: Readonly<Record<string, unknown>>): void
  /** Copies the bytes. */
  read(bytes: Uint8Array, at: number): void
  end(at: number): void
}

/** Keeps in memory what the first requests sent and got. */
export interface Recorders {
  /** `undefined`: the request is none of those that are recorded. */
  start(
    ticket: { target: string; phase: string; index: number },
    request: PreparedRequest,
    /** What its answer is read as. */
    stream?: StreamFormat,
  ): Recorder | undefined
  /** Takes time: secrets are looked for only now, so that the run is not disturbed. */
  finish(): Recording[]
}

export interface RecordersOptions {
  /** Of the measured ones, by number. */
  requests: number
  secrets: readonly Secret[]
  redactor: Redactor
  /** Load processes that record, and share the bytes that are kept of all; one by default. */
  processes?: number | undefined
}

export function createRecorders(options: RecordersOptions): Recorders {
  const { requests, secrets, redactor, processes = 1 } = options
  const recordings: { recording: Recording; stream: StreamFormat | undefined }[] = []
  let room = Math.floor(recordingLimits.all / processes)

  function start(
    index: number,
    { row: _row, kind: _kind, ...request }: PreparedRequest,
    stream: StreamFormat | undefined,
  ): Recorder {
    const recording: Recording = { index, request, headers: {}, reads: [], omitted: 0 }
    let left = recordingLimits.request + searched
    let dispatched = 0
    recordings.push({ recording, stream })
    return {
      dispatch(at) {
        dispatched = at
      },
      respond(status, headers) {
        recording.status = status
        recording.headers = Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, String(value)]),
        )
      },
      read(bytes, at) {
        const kept = Math.min(bytes.byteLength, left, room)
        left -= kept
        room -= kept
        recording.omitted += bytes.byteLength - kept
        if (kept === 0) return
        recording.reads.push({ at: at - dispatched, bytes: Buffer.from(bytes.subarray(0, kept)) })
      },
      end(at) {
        recording.ended = at - dispatched
      },
    }
  }

  return {
    start({ target, phase, index }, request, stream) {
      if (target !== 'candidate' || phase !== 'measured' || index >= requests) return undefined
      return start(index, request, stream)
    },
    finish() {
      const mask = createByteMask(secrets)
      return recordings.map(({ recording, stream }) => {
        const { request, headers } = recording
        const body = Buffer.concat(recording.reads.map(({ bytes }) => bytes))
        mask(body)
        maskJoinedTexts(body, { headers, stream, redactor })
        return {
          ...cut(recording, body),
          request: redactDeep(request, redactor.redact),
          headers: Object.fromEntries(
            Object.entries(headers).map((pair) => redactDeep(pair, redactor.redact)),
          ),
        }
      })
    },
  }
}

/** The reads with the bytes of `body` in their places, up to the limit of a request. */
function cut(recording: Recording, body: Buffer): Recording {
  const kept = body.subarray(0, recordingLimits.request)
  let from = 0
  const reads = recording.reads.map(({ at, bytes }) => {
    const piece = kept.subarray(from, from + bytes.byteLength)
    from += bytes.byteLength
    return { at, bytes: piece }
  })
  return {
    ...recording,
    reads: reads.filter(({ bytes }) => bytes.byteLength > 0),
    omitted: recording.omitted + body.byteLength - kept.byteLength,
  }
}
