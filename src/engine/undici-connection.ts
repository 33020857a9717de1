import { type buildConnector, Client } from 'undici'

import type { PreparedRequest } from '../bench-spec/template.ts'
import {
  type Connection,
  type ConnectionOptions,
  decidingHeaders,
  type ResponseHandler,
} from './connection.ts'

const settled = Promise.resolve()

/**
 * One undici client for one slot of the closed loop: no pool to search and no queue in front of the
 * socket. Deadlines are the caller's: undici's own fire up to a second late. Without `keepAlive` each
 * request gets a socket of its own, and says so to the server (`connection: close`).
 */
export function createUndiciConnection(
  { keepAlive = true }: ConnectionOptions = {},
  connector: buildConnector.BuildOptions | buildConnector.connector = { timeout: 0 },
): Connection {
  let client: Client | undefined
  let origin = ''
  let abort: ((reason: Error) => void) | undefined
  /** The socket that is open; `used`: a request was written to it. */
  let socket: 'fresh' | 'used' | undefined
  /** Whether a request was written that has not ended. */
  let inFlight = false
  /** Whether the server has closed the socket that was kept, unannounced. */
  let dropped = false
  /** Whether the pieces that come now are those of one read. */
  let reading = false
  const endRead = (): void => {
    reading = false
  }
  let located: { text: string; url: URL } | undefined

  function locate(text: string): URL {
    if (located?.text !== text) located = { text, url: new URL(text) }
    return located.url
  }

  function connect(url: URL): Client {
    if (client !== undefined && url.origin === origin && !client.destroyed) return client
    void client?.destroy()
    origin = url.origin
    socket = undefined
    const opened = new Client(origin, {
      pipelining: 1,
      allowH2: false,
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 60_000,
      connect: connector,
    })
    opened.on('connect', () => {
      socket = 'fresh'
    })
    opened.on('disconnect', (_origin, _targets, error: Error & { code?: string }) => {
      if (opened.destroyed) return
      socket = undefined
      // What undici itself has ended, as the answer had announced, is of this code.
      dropped ||= !inFlight && error.code !== 'UND_ERR_INFO'
    })
    client = opened
    return opened
  }

  function dispatch(request: PreparedRequest, handler: ResponseHandler): void {
    const url = locate(request.url)
    let started = false
    let cancelled = false
    abort = (reason) => {
      cancelled = true
      void client?.destroy(reason)
    }
    connect(url).dispatch(
      {
        path: url.pathname + url.search,
        method: request.method,
        headers: request.headers,
        body: request.body ?? null,
        reset: !keepAlive,
      },
      {
        // Called just before the socket is written to. After the write (`onRequestSent`) is too
        // late: a process that loses its core there would report less than the target took.
        onRequestStart(controller) {
          abort = (reason) => controller.abort(reason)
          const reused = socket === 'used'
          socket = 'used'
          started = true
          inFlight = true
          if (dropped) handler.onDrop?.()
          dropped = false
          handler.onSend(reused)
        },
        onResponseStarted() {
          handler.onAnswer?.()
        },
        onResponseStart(_controller, status, headers) {
          handler.onHeaders(status, decidingHeaders(headers), headers)
        },
        // A read is parsed in one go, and microtasks run before the next one. (`queueMicrotask` would
        // make a resource of each.)
        onResponseData(_controller, chunk) {
          const sameRead = reading
          if (!reading) void settled.then(endRead)
          reading = true
          handler.onData(chunk, sameRead)
        },
        onResponseEnd() {
          inFlight = false
          handler.onEnd()
        },
        onResponseError(_controller, error) {
          // A kept socket was reset while the request waited for its turn: nothing was written, and
          // undici lets fall what waits.
          const unsent = !started && !cancelled && socket === 'used'
          // undici asserts that its queue stays empty while it reports an error, and the handler
          // refills the slot at once.
          queueMicrotask(() => {
            inFlight = false
            if (unsent) dispatch(request, handler)
            else handler.onError(error)
          })
        },
      },
    )
  }

  return {
    send(request, handler) {
      if (socket !== 'used' || !keepAlive) return dispatch(request, handler)
      // An answer ends within a poll for events, and an end of the connection that comes right behind
      // it is only in the next one. undici waits for the end of a turn before it writes to an idle
      // socket; begun at the end of this turn, that is the end of the next.
      const turn = setImmediate(() => {
        try {
          dispatch(request, handler)
        } catch (error) {
          handler.onError(error instanceof Error ? error : new Error(String(error)))
        }
      })
      abort = (reason) => {
        clearImmediate(turn)
        queueMicrotask(() => handler.onError(reason))
      }
    },
    cancel(reason) {
      abort?.(reason)
    },
    async close() {
      await client?.destroy()
    },
  }
}
