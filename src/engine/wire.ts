import { connect } from 'node:net'
import type { ConnectionOptions, SecureContext, TLSSocket } from 'node:tls'

/** What happens on a socket. After `onEnd` or `onError`, and once it is destroyed, nothing more does. */
export interface WireEvents {
  onOpen(): void
  /** Bytes came, the first `length` of a buffer that is another's when this has returned. */
  onRead(bytes: Buffer, length: number): void
  /** The other side writes nothing more. */
  onEnd(): void
  onError(error: Error): void
  /** What spares the next connection to the server a part of its handshake; of TLS alone. */
  onSession(session: Buffer): void
}

/** Where a socket leads. */
export interface Endpoint {
  /** A name, or an address without brackets. */
  host: string
  port: number
  /** `undefined`: without TLS. */
  tls?: {
    /** Whom the server is asked for and its certificate has to be of; empty: of `host`, and nobody. */
    name: string
    /** Of an earlier connection to it. */
    session?: Buffer | undefined
  }
}

/** A socket. */
export interface Wire {
  write(bytes: Uint8Array): void
  /** Whether the process waits for it. */
  hold(held: boolean): void
  destroy(): void
}

export type OpenWire = (endpoint: Endpoint, on: WireEvents) => Wire

/** All sockets read into it, since what came is looked at before the next read: no memory per read. */
const buffer = Buffer.allocUnsafeSlow(64 * 1024)

/** What Node trusts; made once, since it takes up to a millisecond, and each connection would have its own. */
let trusted: SecureContext | undefined

/** Loads what TLS takes with the first connection that has it: a tenth of what this process takes to start. */
function connectSecurely(options: ConnectionOptions): TLSSocket {
  const { connect, createSecureContext, DEFAULT_CIPHERS } = process.getBuiltinModule('node:tls')
  trusted ??= createSecureContext({ ciphers: DEFAULT_CIPHERS })
  return connect({ ...options, secureContext: trusted })
}

/**
 * A connection to the first of the host's addresses that answers; with TLS it is open once the
 * certificate has been found good. Deadlines are the caller's.
 */
export function openWire({ host, port, tls }: Endpoint, on: WireEvents): Wire {
  let open = true
  const options = {
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
    onread: {
      buffer,
      callback(length: number) {
        if (open) on.onRead(buffer, length)
        return true
      },
    },
  }
  const socket =
    tls === undefined
      ? connect(options)
      : connectSecurely({
          ...options,
          servername: tls.name,
          session: tls.session,
          ALPNProtocols: ['http/1.1'],
        })
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
    if (open) on.onOpen()
    // Not before: the end of a handshake is told as an error too, in the words of TLS.
    socket.once('end', () => {
      if (open) on.onEnd()
    })
  })
  socket.on('session', (session: Buffer) => {
    if (open) on.onSession(session)
  })
  // Never once: a socket may tell of an error after it was destroyed.
  socket.on('error', (error) => {
    if (open) on.onError(error)
  })
  return {
    write(bytes) {
      socket.write(bytes)
    },
    hold(held) {
      if (held) socket.ref()
      else socket.unref()
    },
    destroy() {
      open = false
      socket.destroy()
    },
  }
}
