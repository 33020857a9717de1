import type { Socket as NetSocket } from 'node:net'
import { Duplex } from 'node:stream'

import type { Transport } from '../../src/bench-spec/spec.ts'
import type { PreparedRequest } from '../../src/bench-spec/template.ts'
import type { Connection, ConnectionOptions, ResponseHandler } from '../../src/engine/connection.ts'
import { classifyError, describeNoStatus, lowestStatus } from '../../src/engine/failure.ts'
import { createLeanConnection } from '../../src/engine/lean-connection.ts'
import type { FailureKind } from '../../src/engine/record.ts'
import { createUndiciConnection } from '../../src/engine/undici-connection.ts'
import { prepared } from './_connection.ts'

/** What a server does once a request has come: writes these, each of which is read by itself, and then this. */
export interface Answer {
  reads: readonly Uint8Array[]
  last: 'stay' | 'end' | 'reset'
}

/** What a client took an answer for. */
export interface Heard {
  /** `waiting`: for more bytes. */
  outcome: 'completed' | 'waiting' | FailureKind
  message: string | undefined
  status: number | undefined
  headers: Readonly<Record<string, unknown>> | undefined
  body: Buffer
  /** Whether a byte of a response was seen. */
  answered: boolean
  /** What was written to the server. */
  written: string
}

export const transports: readonly Transport[] = ['lean', 'undici']

/** Sends one request to a server in memory that answers so. */
export async function play(
  transport: Transport,
  answer: Answer,
  request: Partial<PreparedRequest> = {},
  options: ConnectionOptions = {},
): Promise<Heard> {
  const written: Buffer[] = []
  const { promise: played, resolve: tellPlayed } = Promise.withResolvers<void>()
  const connection = over(transport, options, written, (socket) => {
    void perform(answer, socket).then(tellPlayed)
  })
  const heard = await hear(connection, { ...prepared, ...request }, played)
  await connection.close()
  return { ...heard, written: Buffer.concat(written).toString('latin1') }
}

/** The server's end of a connection. */
interface Socket {
  isOpen(): boolean
  write(bytes: Uint8Array): void
  end(): void
  reset(): void
}

function over(
  transport: Transport,
  options: ConnectionOptions,
  written: Buffer[],
  onRequest: (socket: Socket) => void,
): Connection {
  if (transport === 'undici') {
    return createUndiciConnection(options, (_options, onConnect) => {
      const socket = openDuplex(written, onRequest)
      // To undici any stream is a socket.
      setImmediate(() => onConnect(null, socket as NetSocket))
    })
  }
  return createLeanConnection(options, (_endpoint, on) => {
    let open = true
    // As the socket's own: what was read is gone when the callback has returned.
    const buffer = Buffer.alloc(65_536)
    setImmediate(on.onOpen)
    return {
      write(bytes) {
        written.push(Buffer.from(bytes))
        onRequest({
          isOpen: () => open,
          write(piece) {
            buffer.set(piece)
            on.onRead(buffer, piece.byteLength)
            buffer.fill(0xaa)
          },
          end: on.onEnd,
          reset: () => on.onError(brokenConnection()),
        })
      },
      hold() {},
      destroy() {
        open = false
      },
    }
  })
}

function openDuplex(written: Buffer[], onRequest: (socket: Socket) => void): Duplex {
  let asked = false
  const duplex: Duplex = new Duplex({
    read() {},
    write(chunk: Buffer, _encoding, done) {
      written.push(chunk)
      if (!asked) {
        onRequest({
          isOpen: () => !duplex.destroyed,
          write: (bytes) => void duplex.push(bytes),
          end: () => void duplex.push(null),
          reset: () => void duplex.destroy(brokenConnection()),
        })
      }
      asked = true
      done()
    },
  })
  return duplex
}

function brokenConnection(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
}

async function perform({ reads, last }: Answer, socket: Socket): Promise<void> {
  await turn()
  for (const bytes of reads) {
    if (!socket.isOpen()) return
    socket.write(bytes)
    await turn()
  }
  if (!socket.isOpen()) return
  if (last === 'end') socket.end()
  if (last === 'reset') socket.reset()
  await turn()
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function hear(
  connection: Connection,
  request: PreparedRequest,
  played: Promise<void>,
): Promise<Omit<Heard, 'written'>> {
  const pieces: Buffer[] = []
  let status: number | undefined
  let headers: Heard['headers']
  let dispatched = false
  let answered = false
  return new Promise((resolve) => {
    const tell = (outcome: Heard['outcome'], message?: string): void => {
      resolve({ outcome, message, status, headers, body: Buffer.concat(pieces), answered })
    }
    const fail = (error: Error): void => {
      const stage = { dispatched, answered: status !== undefined, reused: false }
      const { kind, message } =
        status !== undefined && status < lowestStatus
          ? describeNoStatus(status)
          : classifyError(error, stage)
      tell(kind, message)
    }
    const handler: ResponseHandler = {
      onSend() {
        dispatched = true
      },
      onAnswer() {
        answered = true
      },
      onHeaders(code, _deciding, all) {
        status = code
        headers = { ...all }
      },
      onData(bytes) {
        pieces.push(Buffer.from(bytes))
      },
      onEnd: () => tell('completed'),
      onError: fail,
    }
    try {
      connection.send(request, handler)
    } catch (error) {
      fail(error as Error)
    }
    // Errors come a turn or two later than what causes them.
    void played
      .then(turn)
      .then(turn)
      .then(() => tell('waiting'))
  })
}
