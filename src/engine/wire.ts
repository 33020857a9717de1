import { connect } from 'node:net'

/** What happens on a socket. After `onEnd` or `onError`, and once it is destroyed, nothing more does. */
export interface WireEvents {
  onOpen(): void
  /** Bytes came, the first `length` of a buffer that is another's when this has returned. */
  onRead(bytes: Buffer, length: number): void
  /** The other side writes nothing more. */
  onEnd(): void
  onError(error: Error): void
}

/** A socket. */
export interface Wire {
  write(bytes: Uint8Array): void
  /** Whether the process waits for it. */
  hold(held: boolean): void
  destroy(): void
}

export type OpenWire = (host: string, port: number, on: WireEvents) => Wire

/** All sockets read into it, since what came is looked at before the next read: no memory per read. */
const buffer = Buffer.allocUnsafeSlow(64 * 1024)

/** A TCP connection, to the first of the host's addresses that answers. Deadlines are the caller's. */
export function openWire(host: string, port: number, on: WireEvents): Wire {
  let open = true
  const socket = connect({
    host,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: 60_000,
    onread: {
      buffer,
      callback(length) {
        if (open) on.onRead(buffer, length)
        return true
      },
    },
  })
  socket.once('connect', () => {
    if (open) on.onOpen()
  })
  socket.once('end', () => {
    if (open) on.onEnd()
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
