import type { PreparedRequest } from '../bench-spec/template.ts'
import type { Lane } from './lane.ts'

/** What a connection reports of one request; the callbacks stamp, so they take no instant. */
export interface ResponseHandler {
  /** The server has closed the connection that was kept for it, unannounced: it goes on a new one. */
  onDrop?(): void
  /** Its bytes are about to be written. `reused`: the socket had served a request before. */
  onSend(reused: boolean): void
  /** The first byte of the response has come. */
  onAnswer?(): void
  /**
   * The head of the response, and of each interim one before it. `headers`: those that decide
   * something; `all`: every one, as the transport has them.
   */
  onHeaders(
    status: number,
    headers: Readonly<Record<string, string | undefined>>,
    all?: Readonly<Record<string, unknown>>,
  ): void
  /**
   * A piece of the body: its bytes are those of the socket's buffer, and others when this has
   * returned. `sameRead`: the socket gave it in one read with the piece before it.
   */
  onData(chunk: Uint8Array, sameRead?: boolean): void
  /**
   * Asked behind each chunk: what takes those that follow, as long as they are of a kind. `undefined`:
   * all go to `onData`.
   */
  lane?(): Lane | undefined
  onEnd(): void
  onError(error: Error): void
}

/** One connection, one request at a time. */
export interface Connection {
  /**
   * On the socket that is kept, or on a new one. A kept one is written to only after a whole turn of
   * the event loop, in which the server's end of it would have been seen.
   *
   * @throws Error for a request that cannot be written.
   */
  send(request: PreparedRequest, handler: ResponseHandler): void
  /** Gives the request in flight up: its handler gets `onError(reason)`. */
  cancel(reason: Error): void
  close(): Promise<void>
}

export interface ConnectionOptions {
  /** Without it each request gets a socket of its own, and says so to the server (`connection: close`). */
  keepAlive?: boolean
}

/** The headers of a response that decide something; of several of one name the first. */
export function decidingHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string | undefined> {
  return {
    'content-type': first(headers['content-type']),
    'content-encoding': first(headers['content-encoding']),
    location: first(headers.location),
    'retry-after': first(headers['retry-after']),
  }
}

function first(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
