import { Client } from 'undici'

import type { PreparedRequest } from '../bench-spec/template.ts'

/** What a connection reports of one request; the callbacks stamp, so they take no instant. */
export interface ResponseHandler {
  /** Its bytes are about to be written. `reused`: the socket had served a request before. */
  onSend(reused: boolean): void
  onHeaders(status: number, headers: Readonly<Record<string, string | undefined>>): void
  /** `sameRead`: the socket gave it in one read with the piece before it. */
  onData(chunk: Uint8Array, sameRead?: boolean): void
  onEnd(): void
  onError(error: Error): void
}

/** One keep-alive connection, one request at a time. */
export interface Connection {
  send(request: PreparedRequest, handler: ResponseHandler): void
  /** Gives the request in flight up: its handler gets `onError(reason)`. */
  cancel(reason: Error): void
  close(): Promise<void>
}

/**
 * One undici client for one slot of the closed loop: no pool to search and no queue in front of the
 * socket. Deadlines are the caller's: undici's own fire up to a second late.
 */
export function createConnection(): Connection {
  let client: Client | undefined
  let origin = ''
  let abort: ((reason: Error) => void) | undefined
  /** Whether the socket was opened after the last request was sent. */
  let fresh = true
  /** Whether the pieces that come now are those of one read. */
  let reading = false
  const endRead = (): void => {
    reading = false
  }

  function connect(url: URL): Client {
    if (client !== undefined && url.origin === origin && !client.destroyed) return client
    void client?.destroy()
    origin = url.origin
    client = new Client(origin, {
      pipelining: 1,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 60_000,
      connect: { timeout: 0 },
    })
    client.on('connect', () => {
      fresh = true
    })
    return client
  }

  return {
    send(request, handler) {
      const url = new URL(request.url)
      abort = (reason) => void client?.destroy(reason)
      connect(url).dispatch(
        {
          path: url.pathname + url.search,
          method: request.method,
          headers: request.headers,
          body: request.body ?? null,
        },
        {
          // Called just before the socket is written to. After the write (`onRequestSent`) is too
          // late: a process that loses its core there would report less than the target took.
          onRequestStart(controller) {
            abort = (reason) => controller.abort(reason)
            const reused = !fresh
            fresh = false
            handler.onSend(reused)
          },
          onResponseStart(_controller, status, headers) {
            handler.onHeaders(status, firstValues(headers))
          },
          // A read is parsed in one go, and microtasks run before the next one.
          onResponseData(_controller, chunk) {
            const sameRead = reading
            if (!reading) queueMicrotask(endRead)
            reading = true
            handler.onData(chunk, sameRead)
          },
          onResponseEnd() {
            handler.onEnd()
          },
          onResponseError(_controller, error) {
            // undici asserts that its queue stays empty while it reports an error, and the handler
            // refills the slot at once.
            queueMicrotask(() => handler.onError(error))
          },
        },
      )
    },
    cancel(reason) {
      abort?.(reason)
    },
    async close() {
      await client?.destroy()
    },
  }
}

function firstValues(
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
