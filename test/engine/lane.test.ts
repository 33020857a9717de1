import { expect, test } from 'vitest'

import { createRedactor } from '../../src/bench-spec/redaction.ts'
import type { StreamFormat } from '../../src/bench-spec/stream-format.ts'
import type { Connection, ResponseHandler } from '../../src/engine/connection.ts'
import { startExchange } from '../../src/engine/exchange.ts'
import { createLeanConnection } from '../../src/engine/lean-connection.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { loadRecordings } from '../stream/recording.ts'
import { chunk, done, prepared } from './_connection.ts'

/** A response whose body comes in these chunks. */
function respond(contentType: string, chunks: readonly Uint8Array[]): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: ${contentType}\r\ntransfer-encoding: chunked\r\n\r\n`
  return Buffer.concat([
    Buffer.from(head),
    ...chunks.flatMap((part) => [
      Buffer.from(`${part.length.toString(16)}\r\n`),
      part,
      Buffer.from('\r\n'),
    ]),
    Buffer.from('0\r\n\r\n'),
  ])
}

interface Got {
  record: RequestRecord
  /** Pieces of the body that were looked at in full. */
  pieces: number
}

/** Sends one request to a server that answers in these reads, 1 ms apart; with the lane, or without it. */
function exchange(
  reads: readonly Uint8Array[],
  way: 'by lane' | 'in full',
  format?: StreamFormat,
): Promise<Got> {
  let time = 1_000
  const buffer = Buffer.alloc(65_536)
  const lean = createLeanConnection({}, (_endpoint, on) => {
    setImmediate(on.onOpen)
    let open = true
    return {
      write() {
        setImmediate(() => {
          for (const read of reads) {
            time++
            buffer.set(read)
            if (open) on.onRead(buffer, read.length)
            // What was read is gone when the callback has returned.
            buffer.fill(0xaa)
          }
          if (open) on.onEnd()
        })
      },
      hold() {},
      destroy() {
        open = false
      },
    }
  })
  let pieces = 0
  const connection: Connection = {
    ...lean,
    send(request, handler) {
      const counted: ResponseHandler = {
        ...handler,
        onData(piece, sameRead) {
          pieces++
          handler.onData(piece, sameRead)
        },
      }
      lean.send(request, way === 'by lane' ? counted : { ...counted, lane: () => undefined })
    },
  }
  return new Promise((resolve) => {
    startExchange({
      connection,
      request: prepared,
      ticket: { target: 'candidate', phase: 'measured', index: 0, round: 0 },
      slot: 0,
      scheduled: time,
      timeouts: { total: 10_000, connect: 10_000 },
      stream: format,
      redactor: createRedactor([]),
      resend: false,
      now: () => time,
      onShortage: () => {},
      onRecord: (record) => resolve({ record, pieces }),
    })
  })
}

/** Linear congruential: the same numbers in every run. */
let state = 7
function draw(below: number): number {
  state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
  return Math.floor((state / 2 ** 32) * below)
}

function cutAt(bytes: Buffer, ends: readonly number[]): Buffer[] {
  const bounds = [...new Set(ends)].filter((end) => end > 0 && end < bytes.length)
  const all = [...bounds.toSorted((a, b) => a - b), bytes.length]
  return all.map((end, i) => bytes.subarray(all[i - 1] ?? 0, end))
}

const streams = loadRecordings().filter(({ frameEnds, expected }) => {
  return expected.dialect !== 'raw' && frameEnds.length > 1
})

for (const { name, bytes, frameEnds, expected } of streams) {
  test(`${name}: chunks that a lane takes make the same record, however they and the reads are cut`, async () => {
    for (let number = 0; number < 60; number++) {
      const frames = frameEnds.filter(() => draw(4) > 0)
      const spare = draw(3) === 0 ? [draw(bytes.length)] : []
      const chunks = cutAt(bytes, [...frames, ...spare])
      const response = respond(expected.contentType, chunks)
      // Mostly a chunk a read, with a cut or two anywhere.
      const ends = [...response.toString('latin1').matchAll(/\r\n(?=[0-9a-f]+\r\n)/g)].map(
        ({ index }) => index + 2,
      )
      const cuts = [...ends.filter(() => draw(5) > 0), draw(response.length), draw(response.length)]
      const reads = cutAt(response, cuts)
      const [lane, full] = [
        await exchange(reads, 'by lane', expected.format),
        await exchange(reads, 'in full', expected.format),
      ]
      expect(lane.record, `cut at ${cuts.join(', ')}`).toEqual(full.record)
      expect(lane.pieces).toBeLessThanOrEqual(full.pieces)
    }
  })
}

const token = chunk({ content: 'a' })
const last = chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })

test('a lane takes all tokens but the first two', async () => {
  const tokens = Array.from({ length: 20 }, () => token)
  const response = respond('text/event-stream', [...tokens, last, done])
  const heads = response.indexOf('\r\n\r\n') + 4
  const size = token.length + token.length.toString(16).length + 4
  const reads = cutAt(response, [heads, ...tokens.map((_, i) => heads + (i + 1) * size)])
  const { record, pieces } = await exchange(reads, 'by lane')
  expect(pieces).toBe(4)
  expect(record).toMatchObject({ outcome: 'completed', events: 22, reads: 21, status: 200 })
  expect([...record.tokenTimes]).toEqual(tokens.map((_, i) => 1_002 + i))
  expect(record.bytes).toBe(20 * token.length + last.length + done.length)
})

test('many events of one chunk and many chunks of one read have one instant, and what is new behind them too', async () => {
  const three = Buffer.concat([token, token, token])
  const response = respond('text/event-stream', [token, token, three, token, last, done])
  const start = response.indexOf('\r\n\r\n') + 4 + 2 * (token.length + 6)
  const { record, pieces } = await exchange(cutAt(response, [start]), 'by lane')
  expect([...record.tokenTimes]).toEqual([1_001, 1_001, 1_002, 1_002, 1_002, 1_002])
  expect(record.marks).toMatchObject({ lastToken: 1_002, lastByte: 1_002, completed: 1_002 })
  expect({ reads: record.reads, pieces }).toEqual({ reads: 2, pieces: 4 })
})

test('the silence behind what a lane has taken is counted from there', async () => {
  let time = 0
  let read: ((bytes: Buffer, length: number) => void) | undefined
  const connection = createLeanConnection({}, (_endpoint, on) => {
    read = on.onRead
    setImmediate(on.onOpen)
    return { write() {}, hold() {}, destroy() {} }
  })
  const { promise, resolve } = Promise.withResolvers<RequestRecord>()
  const sent = startExchange({
    connection,
    request: prepared,
    ticket: { target: 'candidate', phase: 'measured', index: 0, round: 0 },
    slot: 0,
    scheduled: 0,
    timeouts: { total: 10_000, connect: 10_000, idle: 100 },
    stream: { dialect: 'openai-chat' },
    redactor: createRedactor([]),
    resend: false,
    now: () => time,
    onShortage: () => {},
    onRecord: resolve,
  })
  await new Promise((done) => setImmediate(done))
  const response = respond('text/event-stream', [token, token, token])
  const end = response.length - '0\r\n\r\n'.length
  const size = token.length + 6
  for (const [from, to] of [
    [0, end - size],
    [end - size, end],
  ] as const) {
    time += 50
    read?.(response.subarray(from, to), to - from)
  }
  expect(sent.checkDeadlines(199)).toBe(200)
  time = 200
  expect(sent.checkDeadlines(200)).toBe(Infinity)
  const record = await promise
  expect(record).toMatchObject({
    outcome: 'failed',
    failure: { kind: 'timeout.idle' },
    reads: 2,
    events: 3,
    marks: { lastByte: 100, lastToken: 100 },
  })
})
