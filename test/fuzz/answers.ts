import { type AddressInfo, createServer, type Socket } from 'node:net'

import { hasControls } from '../../src/bench-spec/plain-text.ts'
import { createLeanConnection } from '../../src/engine/lean-connection.ts'
import { startLoop } from '../../src/engine/loop.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import type { Chance } from './chance.ts'
import { Finding, type Fuzzer } from './fuzzer.ts'
import { mutateBytes } from './mutation.ts'

const words = [
  '\r\n',
  '\n',
  '\r',
  '\r\n\r\n',
  '0\r\n\r\n',
  'HTTP/1.1 200 OK\r\n',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 000 \r\n\r\n',
  'HTTP/1.0 200 OK\r\n\r\n',
  'HTTP/2 200\r\n',
  'content-length: 5\r\n',
  'content-length: 999999\r\n',
  'content-length: -1\r\n',
  'transfer-encoding: chunked\r\n',
  'transfer-encoding: gzip, chunked\r\n',
  'content-encoding: gzip\r\n',
  'content-type: application/json\r\n',
  'connection: close\r\n',
  'location: /elsewhere\r\n',
  'set-cookie: a=b\r\n',
  'x: \0\r\n',
  'x: \u0085\r\n',
  ': no name\r\n',
  ' folded\r\n',
  'ffffffffffffffff\r\n',
  '-5\r\n',
  '5;ext="a\r\nb"\r\n',
  'trailer: x\r\n\r\n',
  'x'.repeat(20_000),
  'data: [DONE]\n\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\u0000\u0000\u0012\u0004',
]

const concurrency = 4
const size = 24
const patience = { connect: 5000, total: 400, idle: 150 }

/** A server whose responses are spoilt below HTTP, and the client that is measured with. */
export const answers: Fuzzer = {
  name: 'answers',
  purpose:
    'spoilt responses over sockets: each request ends in one record that says no more than was sent',
  cases: 800,
  slice: 2,
  async start() {
    let answer: (socket: Socket) => void = refuse
    const server = createServer({ noDelay: true }, (socket) => {
      let head = ''
      socket.on('error', () => {})
      socket.on('data', (bytes) => {
        head += bytes.toString('latin1')
        // Bodies are `{}`: a head, and two bytes behind it.
        for (let end = head.indexOf('\r\n\r\n{}'); end !== -1; end = head.indexOf('\r\n\r\n{}')) {
          head = head.slice(end + 6)
          answer(socket)
        }
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const thrown: unknown[] = []
    const onThrown = (error: unknown): void => void thrown.push(error)
    process.on('unhandledRejection', onThrown)
    return {
      async attempt(chance) {
        const isWhole = chance.happens(0.1)
        const sent: string[] = []
        answer = (socket) => {
          const response = drawResponse(chance)
          const bytes = isWhole ? response : mutateBytes(response, chance, words)
          sent.push(bytes.toString('latin1'))
          send(
            socket,
            bytes,
            isWhole ? 'keep' : chance.pick(['keep', 'end', 'reset'] as const),
            chance,
          )
        }
        const records = await load(`http://127.0.0.1:${port}/v1/chat/completions`)
        const input = { sent, records: records.map(summarise) }
        if (thrown.length > 0) throw new Finding(`thrown aside: ${String(thrown.pop())}`, input)
        check(records, isWhole, input)
      },
      async end() {
        process.off('unhandledRejection', onThrown)
        await new Promise((resolve) => server.close(resolve))
      },
    }
  },
}

function refuse(socket: Socket): void {
  socket.destroy()
}

async function load(url: string): Promise<RequestRecord[]> {
  const records: RequestRecord[] = []
  const loop = startLoop(
    {
      load: { kind: 'closed', concurrency, requests: size, warmup: 0, rounds: 1, seed: 1 },
      timeouts: patience,
      requests: [
        { url, method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' },
      ],
    },
    createLeanConnection,
    { onRecord: (record) => records.push(record) },
  )
  await loop.finished
  return records
}

function drawResponse(chance: Chance): Buffer {
  const events = chance.some(1, 6, () => ({
    choices: [{ index: 0, delta: { content: chance.pick(['a', ' b', '潮']) } }],
  }))
  const datas = [
    ...events.map((event) => JSON.stringify({ object: 'chat.completion.chunk', ...event })),
    '[DONE]',
  ]
  const frames = datas.map((data) => `data: ${data}\n\n`)
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n'
  if (chance.happens(0.3)) {
    const body = frames.join('')
    return Buffer.from(`${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  const chunks = frames.map((frame) => `${Buffer.byteLength(frame).toString(16)}\r\n${frame}\r\n`)
  return Buffer.from(`${head}transfer-encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`)
}

/** Writes the bytes in pieces, a turn apart, and then does this to the socket. */
function send(socket: Socket, bytes: Buffer, then: 'keep' | 'end' | 'reset', chance: Chance): void {
  const cuts = chance.some(0, 3, () => chance.below(bytes.length + 1)).sort((a, b) => a - b)
  const pieces = [0, ...cuts].map((cut, index) => bytes.subarray(cut, cuts[index]))
  const next = (): void => {
    const piece = pieces.shift()
    if (piece !== undefined) {
      if (piece.length > 0 && socket.writable) socket.write(piece)
      setImmediate(next)
    } else if (then === 'end') socket.end()
    else if (then === 'reset') socket.resetAndDestroy()
  }
  next()
}

function check(records: readonly RequestRecord[], isWhole: boolean, input: object): void {
  const indexes = new Set(records.map(({ index }) => index))
  if (records.length !== size || indexes.size !== size) {
    throw new Finding(`${records.length} records of ${indexes.size} requests, not ${size}`, input)
  }
  for (const record of records) {
    checkMarks(record, input)
    if (record.outcome === 'completed') {
      const { status = 0, tokenTimes } = record
      if (status < 200 || status > 299 || tokenTimes.length === 0) {
        throw new Finding(`completed: ${JSON.stringify(summarise(record))}`, input)
      }
    } else if (isWhole) throw new Finding('an answer that was not spoilt did not complete', input)
    if (record.outcome !== 'failed') continue
    const { message } = record.failure
    if (message === '' || hasControls(message)) {
      throw new Finding(`the words of a failure are not a line: ${JSON.stringify(message)}`, input)
    }
  }
}

/** No instant lies before the one that has to come first. */
function checkMarks({ marks, tokenTimes }: RequestRecord, input: object): void {
  const { called, dispatched, headers, firstByte, firstToken, lastToken, lastByte, ended } = marks
  const known = [
    called,
    dispatched,
    headers,
    firstByte,
    firstToken,
    ...tokenTimes,
    lastToken,
    lastByte,
    ended,
  ].filter((at) => at !== undefined)
  if (known.some((at, index) => at < (known[index - 1] ?? at))) {
    throw new Finding(`instants out of order: ${JSON.stringify(marks)}`, input)
  }
}

function summarise(record: RequestRecord): object {
  const { index, slot, outcome, status, events, bytes, reused } = record
  const failure = record.outcome === 'failed' ? record.failure : undefined
  return { index, slot, outcome, status, events, bytes, reused, failure }
}
