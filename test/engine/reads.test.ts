import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { createRedactor } from '../../src/bench-spec/redaction.ts'
import { now } from '../../src/engine/clock.ts'
import { startExchange } from '../../src/engine/exchange.ts'
import { createLeanConnection } from '../../src/engine/lean-connection.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { openWire } from '../../src/engine/wire.ts'
import { chunk, done, prepared } from './_connection.ts'

/** One chunk of HTTP/1.1 for each of these. */
function chunked(...parts: readonly Uint8Array[]): string {
  return parts
    .map((part) => `${part.length.toString(16)}\r\n${Buffer.from(part).toString()}\r\n`)
    .join('')
}

const head =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'

/** Sends one request to a server that writes the next of these once the one before was read. */
async function exchange(writes: readonly string[]): Promise<RequestRecord> {
  const server = createServer().listen(0, '127.0.0.1')
  let socket: Socket | undefined
  let next = 0
  const write = (): void => void socket?.write(writes[next++] ?? '')
  const connection = createLeanConnection({}, (endpoint, on) =>
    openWire(endpoint, {
      ...on,
      onRead(bytes, length) {
        on.onRead(bytes, length)
        setImmediate(write)
      },
    }),
  )
  onTestFinished(async () => {
    await connection.close()
    server.close()
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.on('connection', (accepted) => {
    socket = accepted.setNoDelay()
    accepted.once('data', write)
  })
  return new Promise((resolve) => {
    startExchange({
      connection,
      request: { ...prepared, url: `http://127.0.0.1:${port}/` },
      ticket: { target: 'candidate', phase: 'measured', index: 0, round: 0 },
      slot: 0,
      scheduled: now(),
      timeouts: { total: 10_000, connect: 10_000 },
      stream: { dialect: 'openai-chat' },
      redactor: createRedactor([]),
      resend: true,
      now,
      onShortage: () => {},
      onRecord: resolve,
    })
  })
}

test('what comes in one read of the socket has one instant, and the next read has another', async () => {
  const token = chunk({ content: 'a' })
  const { reads, tokenTimes, marks, outcome } = await exchange([
    head + chunked(token, token, token),
    chunked(token, token),
    chunked(token, done) + chunked(new Uint8Array()),
  ])
  expect({ outcome, reads }).toEqual({ outcome: 'completed', reads: 3 })
  const [first, , , second, , third] = tokenTimes
  expect([...tokenTimes]).toEqual([first, first, first, second, second, third])
  expect(first).toBeLessThan(second ?? 0)
  expect(second).toBeLessThan(third ?? 0)
  expect(marks).toMatchObject({ firstByte: first, lastByte: third, completed: third })
})

test('a status that HTTP does not have is told in words of ours', async () => {
  const answer = 'HTTP/1.1 000 Odd\r\ncontent-length: 0\r\n\r\n'
  const { outcome, status, ...record } = await exchange([answer])
  expect({ outcome, status }).toEqual({ outcome: 'failed', status: undefined })
  expect(record).toMatchObject({
    failure: { kind: 'protocol', message: 'not HTTP: there is no status 000' },
  })
})
