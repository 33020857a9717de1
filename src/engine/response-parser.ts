import { createChunkLine } from './chunk-line.ts'
import { createHeaderLines } from './header-lines.ts'
import { mismatch, refuse } from './protocol-error.ts'
import { createHeadReader, type ResponseHead } from './response-head.ts'

export interface ResponseEvents {
  /** The first byte of a response, interim ones included. */
  onBegin(): void
  /** The head of the response, and before it of each interim one (status below 200). */
  onHead(head: ResponseHead): void
  /** A piece of the body: a view of what was read, good only until this returns. */
  onBody(bytes: Uint8Array): void
  /** A chunk has ended. Returns the place from which to go on: whole chunks may be taken behind it. */
  onChunk(bytes: Buffer, at: number, end: number): number
  /** The response has ended. `keep`: the connection can serve another request. */
  onEnd(keep: boolean): void
  /** Bytes that no request has asked for. Nothing more is read. */
  onSurplus(): void
}

/** Reads the responses of one connection, wherever the reads cut them. */
export interface ResponseParser {
  /** A request of this method is being written: what comes now is its response. */
  expect(method: string): void
  /**
   * Reads the bytes from `from` to `end`.
   *
   * @throws ProtocolError when they are no response of HTTP/1.1. Nothing more is to be read then.
   */
  read(bytes: Buffer, from: number, end: number): void
  /** Whether what comes next is a chunk from its beginning, or what is in its place. */
  isBetweenChunks(): boolean
  /** Whether the response ends where the connection does, and has begun its body. */
  endsWithConnection(): boolean
  /** Nothing more is read, not even the rest of the present bytes. */
  stop(): void
}

const [lf, cr] = [10, 13]

/**
 * `idle`: no request waits; `start`: for the first byte of a response; `rest`: the body goes to the
 * end of the connection; `last`: an interim response had announced the end of the connection.
 */
type Inside =
  | 'idle'
  | 'start'
  | 'head'
  | 'sized'
  | 'rest'
  | 'line'
  | 'chunk'
  | 'chunk-cr'
  | 'chunk-lf'
  | 'trailers'
  | 'last'
  | 'stopped'

export function createResponseParser(on: ResponseEvents): ResponseParser {
  const head = createHeadReader()
  const line = createChunkLine()
  const trailers = createHeaderLines()
  let inside: Inside = 'idle'
  let method = ''
  let keep = true
  /** Bytes of the body, or of the chunk, that are still to come. */
  let left = 0

  function endHead(): void {
    const response = head.head()
    const { status, keepAlive, body } = response
    if (status < 200) return endInterim(response)
    on.onHead(response)
    if (isStopped()) return
    const hasBody = method !== 'HEAD' && status !== 204 && status !== 304
    keep = keepAlive && (hasBody || isEmpty(response))
    if (!hasBody || (body.kind === 'sized' && body.size === 0)) return end()
    if (body.kind === 'sized') {
      left = body.size
      inside = 'sized'
    } else if (body.kind === 'chunked') beginLine()
    else inside = 'rest'
  }

  /** Of the interim responses only those are passed over that tell something. */
  function endInterim(response: ResponseHead): void {
    const { status, keepAlive } = response
    // Neither was asked for, and what comes behind it is not ours to read.
    if (status === 100) throw new Error('bad response')
    if (status === 101) throw new Error('bad upgrade')
    on.onHead(response)
    if (isStopped()) return
    if (status < 100) throw mismatch('Invalid status code')
    inside = keepAlive ? 'start' : 'last'
  }

  /** Whether nothing can come behind a head that has no body: a server may send one nevertheless. */
  function isEmpty({ headers, body }: ResponseHead): boolean {
    if (method === 'HEAD') return body.kind !== 'closed' || hasKeepAlive(headers)
    if (headers['transfer-encoding'] !== undefined) return false
    return body.kind !== 'sized' || body.size === 0
  }

  function beginLine(): void {
    line.begin()
    inside = 'line'
  }

  function end(): void {
    inside = 'idle'
    on.onEnd(keep)
  }

  function isStopped(): boolean {
    return inside === 'stopped'
  }

  /** Gives as much of the body as there is. Returns the place behind it. */
  function give(bytes: Buffer, at: number, length: number): number {
    const to = Math.min(at + left, length)
    left -= to - at
    on.onBody(bytes.subarray(at, to))
    return to
  }

  return {
    expect(asked) {
      method = asked
      inside = 'start'
    },
    read(bytes, from, length) {
      let at = from
      while (at < length) {
        const byte = bytes[at] as number
        switch (inside) {
          case 'chunk':
            at = give(bytes, at, length)
            if (left === 0 && !isStopped()) inside = 'chunk-cr'
            break
          case 'chunk-cr':
            if (byte !== cr) {
              const reason = byte === lf ? 'Missing expected CR' : 'Expected LF'
              throw refuse(`${reason} after chunk data`, bytes, at, length)
            }
            at++
            inside = 'chunk-lf'
            break
          case 'chunk-lf':
            if (byte !== lf) throw refuse('Expected LF after chunk data', bytes, at, length)
            beginLine()
            at = on.onChunk(bytes, at + 1, length)
            break
          case 'line':
            at = line.read(bytes, at, length)
            if (at === -1) return
            left = line.size()
            inside = left === 0 ? 'trailers' : 'chunk'
            if (left === 0) trailers.begin(false)
            break
          case 'trailers':
            at = trailers.read(bytes, at, length)
            if (at === -1) return
            if (trailers.values()['content-length'] !== undefined) {
              throw mismatch("Content-Length can't be present with Transfer-Encoding")
            }
            end()
            break
          case 'sized':
            at = give(bytes, at, length)
            if (left === 0 && !isStopped()) end()
            break
          case 'rest':
            on.onBody(bytes.subarray(at, length))
            return
          case 'head':
            at = head.read(bytes, at, length)
            if (at === -1) return
            endHead()
            break
          case 'idle':
          case 'start':
          case 'last':
            if (byte === cr || byte === lf) {
              at++
              break
            }
            if (inside === 'last') {
              throw refuse('Data after `Connection: close`', bytes, at, length)
            }
            if (inside === 'idle') {
              inside = 'stopped'
              return on.onSurplus()
            }
            inside = 'head'
            head.begin()
            on.onBegin()
            break
          case 'stopped':
            return
        }
      }
    },
    isBetweenChunks: () => inside === 'line' && line.isNew(),
    endsWithConnection: () => inside === 'rest',
    stop() {
      inside = 'stopped'
    },
  }
}

function hasKeepAlive(headers: ResponseHead['headers']): boolean {
  return /(?:^|,)[\t ]*keep-alive[\t ]*(?:,|$)/i.test(String(headers.connection))
}
