import { once } from 'node:events'
import { type AddressInfo, createServer as createPlainServer } from 'node:net'
import {
  createServer,
  getCACertificates,
  setDefaultCACertificates,
  type TlsOptions,
  type TLSSocket,
} from 'node:tls'

import { describe, expect, onTestFinished, test } from 'vitest'

import type { PreparedRequest } from '../../src/bench-spec/template.ts'
import type { Connection } from '../../src/engine/connection.ts'
import { classifyError } from '../../src/engine/failure.ts'
import { createLeanConnection } from '../../src/engine/lean-connection.ts'
import type { Failure } from '../../src/engine/record.ts'
import type { Connect } from '../../src/engine/transport.ts'
import { createUndiciConnection } from '../../src/engine/undici-connection.ts'
import { type Certified, elsewhere, local } from '../_certificates.ts'
import { prepared } from './_connection.ts'

setDefaultCACertificates([...getCACertificates('default'), local.cert])

/** A server that says `ok` to every request, and what it knows of its connections. */
async function listen(certified: Certified, options: TlsOptions = {}, host = '127.0.0.1') {
  const sockets: TLSSocket[] = []
  const resumed: boolean[] = []
  const server = createServer({ ...certified, ...options }, (socket) => {
    sockets.push(socket)
    resumed.push(socket.isSessionReused())
    socket.on('error', () => {})
    socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'))
  })
  server.listen(0, host)
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, sockets, resumed }
}

/** The body, or why there is none. */
function send(
  connection: Connection,
  request: Partial<PreparedRequest>,
): Promise<string | Failure> {
  const pieces: string[] = []
  let dispatched = false
  return new Promise((resolve) => {
    connection.send(
      { ...prepared, ...request },
      {
        onSend() {
          dispatched = true
        },
        onHeaders() {},
        onData: (bytes) => pieces.push(Buffer.from(bytes).toString()),
        onEnd: () => resolve(pieces.join('')),
        onError: (error) =>
          resolve(classifyError(error, { dispatched, answered: false, reused: false })),
      },
    )
  })
}

const clients: [string, Connect][] = [
  ['lean', createLeanConnection],
  ['undici', createUndiciConnection],
]

describe.each(clients)('HTTPS over %s', (_, connect) => {
  function open(keepAlive = true): Connection {
    const connection = connect({ keepAlive })
    onTestFinished(() => connection.close())
    return connection
  }

  test('asks for HTTP/1.1 where the server also has HTTP/2', async () => {
    const { port, sockets } = await listen(local, { ALPNProtocols: ['h2', 'http/1.1'] })
    expect(await send(open(), { url: `https://127.0.0.1:${port}/` })).toBe('ok')
    expect(sockets[0]?.alpnProtocol).toBe('http/1.1')
  })

  test.each<[string, string, Record<string, string>, string | false]>([
    ['the name of the url', 'localhost', {}, 'localhost'],
    ['the name of the host header', '127.0.0.1', { Host: 'localhost:99' }, 'localhost'],
    ['nobody at an address', '127.0.0.1', {}, false],
  ])('asks for %s', async (_name, host, headers, asked) => {
    const { port, sockets } = await listen(local)
    expect(await send(open(), { url: `https://${host}:${port}/`, headers })).toBe('ok')
    expect(sockets.map(({ servername }) => servername)).toEqual([asked])
  })

  test('goes to an address of IPv6, and to another name on a connection of its own', async () => {
    const { port, sockets } = await listen(local, {}, '::1')
    const connection = open()
    const url = `https://[::1]:${port}/`
    expect(await send(connection, { url })).toBe('ok')
    expect(await send(connection, { url })).toBe('ok')
    expect(sockets).toHaveLength(1)
    expect(await send(connection, { url, headers: { host: 'localhost' } })).toBe('ok')
    expect(sockets.map(({ servername }) => servername)).toEqual([false, 'localhost'])
  })

  test('takes up its session where each request has a connection of its own', async () => {
    const { port, resumed } = await listen(local)
    const connection = open(false)
    const url = `https://localhost:${port}/`
    for (let i = 0; i < 3; i++) expect(await send(connection, { url })).toBe('ok')
    expect(resumed).toEqual([false, true, true])
  })

  test('names a certificate that nobody vouches for', async () => {
    const { port } = await listen(elsewhere)
    expect(await send(open(), { url: `https://127.0.0.1:${port}/` })).toEqual({
      kind: 'tls',
      message: expect.stringContaining('self-signed certificate') as string,
    })
  })

  test('names a certificate of somebody else', async () => {
    const { port } = await listen(local)
    const request = { url: `https://127.0.0.1:${port}/`, headers: { host: 'elsewhere.test' } }
    expect(await send(open(), request)).toEqual({
      kind: 'tls',
      message:
        "Hostname/IP does not match certificate's altnames: Host: elsewhere.test. is not in the cert's altnames: DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1",
    })
  })

  test.each<[string, string, Failure['kind'], RegExp]>([
    ['speaks plain HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'tls', /wrong version number/],
    ['hangs up', '', 'connect', /disconnected before secure TLS connection was established$/],
  ])('names a server that %s', async (_name, words, kind, message) => {
    const server = createPlainServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end(words))
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    expect(await send(open(), { url: `https://127.0.0.1:${port}/` })).toEqual({
      kind,
      message: expect.stringMatching(message) as string,
    })
  })
})
