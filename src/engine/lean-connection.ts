import { isIP } from 'node:net'

import type { PreparedRequest } from '../bench-spec/template.ts'
import { now } from './clock.ts'
import {
  type Connection,
  type ConnectionOptions,
  decidingHeaders,
  type ResponseHandler,
} from './connection.ts'
import type { Lane } from './lane.ts'
import { renderRequest } from './request-bytes.ts'
import type { ResponseHead } from './response-head.ts'
import { createResponseParser, type ResponseParser } from './response-parser.ts'
import { type OpenWire, openWire, type Wire } from './wire.ts'

/** ms for which a socket is kept that nothing is said of, and by which one is given up before its server does. */
const idle = { longest: 60_000, margin: 2_000 }

/** The other side has ended the connection; like an error of the socket it has a code. */
class EndError extends Error {
  readonly code = 'ECONNRESET'
}

/** A socket that was opened, and what is read from it. */
interface Line {
  wire: Wire
  parser: ResponseParser
  /** Whether a request was written to it. */
  used: boolean
  /** ms for which it is kept when nothing is in flight; 0: it is not. */
  kept: number
  /** Instant after which it is not written to again. */
  until: number
}

/** A request that was taken and has not ended. */
interface Flight {
  bytes: Buffer
  method: string
  closes: boolean
  handler: ResponseHandler
  written: boolean
  /** Whether a piece of its body came in the present read. */
  reading: boolean
}

/**
 * HTTP/1.1 on a socket of its own, with TLS or without: no memory per read, one write per request, and
 * nothing between the socket's callback and the handler's but the parser. Deadlines are the caller's.
 */
export function createLeanConnection(
  { keepAlive = true }: ConnectionOptions = {},
  open: OpenWire = openWire,
): Connection {
  let target: { text: string; url: URL } | undefined
  let line: Line | undefined
  let flight: Flight | undefined
  /** Takes the chunk that comes next, unless it is something new; `undefined` also within one. */
  let lane: Lane | undefined
  /** Whether the server has closed the socket that was kept, unannounced. */
  let dropped = false
  /** Whom a server with TLS is asked for, and what it gave to be known by. */
  let name = ''
  let session: Buffer | undefined

  function locate(text: string): URL {
    if (target?.text === text) return target.url
    const url = new URL(text)
    if (target !== undefined && target.url.origin !== url.origin) {
      hangUp()
      dropped = false
      session = undefined
    }
    target = { text, url }
    return url
  }

  /** What is asked for at the handshake holds for the whole connection. */
  function ask(asked: string): void {
    if (asked === name) return
    hangUp()
    name = asked
    session = undefined
  }

  function hangUp(): void {
    lane = undefined
    line?.parser.stop()
    line?.wire.destroy()
    line = undefined
  }

  function dial({ protocol, hostname, port }: URL): void {
    const parser = createResponseParser({
      onBegin() {
        flight?.handler.onAnswer?.()
      },
      onHead: readHead,
      onBody(bytes) {
        if (flight === undefined) return
        const sameRead = flight.reading
        flight.reading = true
        flight.handler.onData(bytes, sameRead)
      },
      onChunk(bytes, at, end) {
        lane = flight?.handler.lane?.()
        return lane?.take(bytes, at, end, flight?.reading === true) ?? at
      },
      onEnd: finish,
      onSurplus: drop,
    })
    const host = stripBrackets(hostname)
    const endpoint =
      protocol === 'https:'
        ? { host, port: Number(port || 443), tls: { name, session } }
        : { host, port: Number(port || 80) }
    const wire = open(endpoint, {
      onOpen() {
        if (flight !== undefined) write(flight)
      },
      onRead(bytes, length) {
        const from = lane?.take(bytes, 0, length, false) ?? 0
        if (from === length) return
        if (flight !== undefined) flight.reading = from > 0
        try {
          parser.read(bytes, from, length)
        } catch (error) {
          fail(error instanceof Error ? error : new Error(String(error)))
        }
        if (!parser.isBetweenChunks()) lane = undefined
      },
      onEnd() {
        breakOff(new EndError('other side closed'))
      },
      onError: breakOff,
      onSession(given) {
        session = given
      },
    })
    line = { wire, parser, used: false, kept: idle.longest, until: Infinity }
  }

  function readHead({ status, headers }: ResponseHead): void {
    if (line !== undefined) line.kept = keptFor(headers['keep-alive'])
    flight?.handler.onHeaders(status, decidingHeaders(headers), headers)
  }

  function write(sending: Flight): void {
    if (flight !== sending || target === undefined) return
    // It was closed while the request waited for its turn.
    if (line === undefined) return dial(target.url)
    const { handler, method, bytes } = sending
    const reused = line.used
    line.used = true
    line.parser.expect(method)
    sending.written = true
    if (dropped) handler.onDrop?.()
    dropped = false
    handler.onSend(reused)
    line?.wire.write(bytes)
  }

  function finish(keep: boolean): void {
    const ended = flight
    flight = undefined
    if (keep && ended?.closes === false && line !== undefined && line.kept > 0) {
      line.until = now() + line.kept
      line.wire.hold(false)
    } else hangUp()
    ended?.handler.onEnd()
  }

  /** The connection has ended, of itself. */
  function breakOff(error: Error): void {
    if (flight === undefined || (line?.used === true && !flight.written)) return drop()
    const { code } = error as { code?: unknown }
    const isEnd = code === 'ECONNRESET' && line?.parser.endsWithConnection() === true
    if (isEnd) finish(false)
    else fail(error)
  }

  function drop(): void {
    hangUp()
    dropped = true
  }

  function fail(error: Error): void {
    const failed = flight
    flight = undefined
    hangUp()
    failed?.handler.onError(error)
  }

  function writeNextTurn(sending: Flight): void {
    setImmediate(write, sending)
  }

  return {
    send(request: PreparedRequest, handler) {
      const url = locate(request.url)
      const { bytes, host, closes } = renderRequest(request, url, keepAlive)
      const { method } = request
      flight = { bytes, method, closes, handler, written: false, reading: false }
      if (line !== undefined && line.until <= now()) hangUp()
      if (url.protocol === 'https:') ask(toServerName(host))
      if (line === undefined) return dial(url)
      line.wire.hold(true)
      // An answer ends within a poll for events, and an end of the connection that comes right behind
      // it is only in the next one, which lies between the end of this turn and that of the next.
      setImmediate(writeNextTurn, flight)
    },
    cancel(reason) {
      const given = flight
      if (given === undefined) return
      flight = undefined
      if (given.written || line?.used === false) hangUp()
      queueMicrotask(() => given.handler.onError(reason))
    },
    async close() {
      hangUp()
    },
  }
}

/** Of a host with or without a port; empty: it is an address, which TLS does not ask for. */
function toServerName(host: string): string {
  const bare = stripBrackets(host.replace(/:\d*$/, ''))
  return isIP(bare) === 0 ? bare : ''
}

function stripBrackets(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}

/** @param announced The header `keep-alive`, for example `timeout=5, max=100`. */
function keptFor(announced: string | string[] | undefined): number {
  const seconds = /timeout=(\d+)/.exec(String(announced))?.[1]
  return seconds === undefined ? idle.longest : Math.max(0, 1000 * Number(seconds) - idle.margin)
}
