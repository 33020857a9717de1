import { expect, test } from 'vitest'

import type { LeavingTime } from '../../src/bench-spec/leaving.ts'
import { createRedactor, type Redactor } from '../../src/bench-spec/redaction.ts'
import type { Timeouts } from '../../src/bench-spec/spec.ts'
import type { StreamFormat } from '../../src/bench-spec/stream-format.ts'
import type { ResponseHandler } from '../../src/engine/connection.ts'
import { startExchange } from '../../src/engine/exchange.ts'
import type { RequestRecord, Shortage } from '../../src/engine/record.ts'
import { encodings, keys, pieces } from '../bench-spec/_secrets.ts'
import { eventStream } from '../stream/recording.ts'
import { createRandom } from '../verdict/random.ts'
import { chunk, done, fakeConnection, prepared } from './_connection.ts'

const sse = { 'content-type': 'text/event-stream' }

interface Given {
  redactor?: Redactor
  stream?: StreamFormat
  resend?: boolean
  leaving?: LeavingTime
}

function start(
  timeouts: Partial<Timeouts> = {},
  connection = fakeConnection(),
  {
    redactor = createRedactor([]),
    stream = { dialect: 'openai-chat' },
    resend = true,
    leaving,
  }: Given = {},
) {
  let at = 100
  const records: RequestRecord[] = []
  const shortages: Shortage[] = []
  const exchange = startExchange({
    connection,
    request: prepared,
    ticket: { target: 'candidate', phase: 'measured', index: 7, round: 1 },
    slot: 2,
    scheduled: 90,
    timeouts: { total: 10_000, connect: 1_000, ...timeouts },
    leaving,
    stream,
    redactor,
    resend,
    now: () => at,
    onShortage: (shortage) => shortages.push(shortage),
    onRecord: (record) => records.push(record),
  })
  return {
    exchange,
    connection,
    records,
    shortages,
    /** Lets the clock stand at `instant` while `action` happens. */
    at(instant: number, action: (handler: NonNullable<typeof connection.handler>) => void) {
      at = instant
      if (connection.handler !== undefined) action(connection.handler)
    },
  }
}

test('stamps every part of an answer from the instants at which it came', () => {
  const { at, records } = start()
  at(105, (h) => h.onSend(true))
  at(120, (h) => h.onHeaders(200, sse))
  at(121, (h) => h.onData(chunk({ role: 'assistant', content: '' })))
  at(150, (h) => h.onData(chunk({ content: 'a' })))
  at(160, (h) => h.onData(chunk({ content: 'b' })))
  at(170, (h) =>
    h.onData(chunk({}, { choices: [], usage: { prompt_tokens: 4, completion_tokens: 2 } })),
  )
  at(171, (h) => h.onData(done))
  at(180, (h) => h.onEnd())
  expect(records).toMatchObject([
    {
      outcome: 'completed',
      index: 7,
      round: 1,
      slot: 2,
      row: 0,
      status: 200,
      reused: true,
      reads: 5,
      promptTokens: 4,
      completionTokens: 2,
      dialect: 'openai-chat',
      marks: {
        scheduled: 90,
        called: 100,
        dispatched: 105,
        headers: 120,
        firstByte: 121,
        firstToken: 150,
        lastToken: 160,
        completed: 171,
        lastByte: 171,
        ended: 180,
      },
    },
  ])
  expect([...(records[0]?.tokenTimes ?? [])]).toEqual([150, 160])
})

test('counts the reads and the bytes of a body', () => {
  const { at, records } = start()
  const parts = [chunk({ content: '中' }), chunk({ content: 'b' }), done]
  at(105, (h) => h.onSend(true))
  at(120, (h) => h.onHeaders(200, sse))
  for (const part of parts) at(150, (h) => h.onData(part))
  at(180, (h) => h.onEnd())
  expect(records).toMatchObject([{ reads: 3, bytes: Buffer.concat(parts).length }])
})

test('the first-token deadline runs from the dispatch, not from the call [T16]', () => {
  const { at, exchange, records } = start({ ttft: 50 })
  at(130, (h) => h.onSend(false))
  at(140, (h) => h.onHeaders(200, sse))
  at(141, (h) => h.onData(chunk({ role: 'assistant', content: '' })))
  exchange.checkDeadlines(179)
  expect(records).toEqual([])
  at(180, () => exchange.checkDeadlines(180))
  expect(records).toMatchObject([
    {
      outcome: 'failed',
      failure: { kind: 'timeout.ttft', message: 'first token: not within 50 ms' },
    },
  ])
})

test('the idle deadline runs from the last bytes [T16]', () => {
  const { at, exchange, records } = start({ idle: 50 })
  at(105, (h) => h.onSend(false))
  at(120, (h) => h.onHeaders(200, sse))
  at(150, (h) => h.onData(chunk({ content: 'a' })))
  exchange.checkDeadlines(199)
  expect(records).toEqual([])
  at(200, () => exchange.checkDeadlines(200))
  expect(records).toMatchObject([{ outcome: 'failed', failure: { kind: 'timeout.idle' } }])
  expect(records[0]?.marks.firstToken).toBe(150)
})

test('the total deadline covers the whole answer [S1.11]', () => {
  const { at, exchange, records } = start({ total: 300 })
  at(105, (h) => h.onSend(false))
  at(120, (h) => h.onHeaders(200, sse))
  at(400, (h) => h.onData(chunk({ content: 'a' })))
  at(405, () => exchange.checkDeadlines(405))
  expect(records).toMatchObject([{ outcome: 'failed', failure: { kind: 'timeout.total' } }])
})

test('a connection that is never made is a connect timeout [T16]', () => {
  const { at, exchange, records, connection } = start({ connect: 30 })
  exchange.checkDeadlines(129)
  expect(records).toEqual([])
  at(130, () => exchange.checkDeadlines(130))
  expect(records).toMatchObject([{ outcome: 'failed', failure: { kind: 'timeout.connect' } }])
  expect(connection.cancelled).toBeInstanceOf(Error)
})

test('an answer that has ended properly stays one when the server keeps the socket or breaks it', () => {
  for (const ending of ['deadline', 'reset'] as const) {
    const { at, exchange, records } = start({ idle: 50 })
    at(105, (h) => h.onSend(false))
    at(120, (h) => h.onHeaders(200, sse))
    at(130, (h) => h.onData(chunk({ content: 'a' })))
    at(131, (h) => h.onData(done))
    if (ending === 'deadline') at(181, () => exchange.checkDeadlines(181))
    else at(140, (h) => h.onError(Object.assign(new Error('gone'), { code: 'ECONNRESET' })))
    expect(records).toMatchObject([{ outcome: 'completed', marks: { completed: 131 } }])
  }
})

test('an answer with a finish reason, but no last word, needs a clean end of its body', () => {
  const finished = chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })
  for (const ending of ['clean', 'deadline', 'reset'] as const) {
    const { at, exchange, records } = start({ idle: 50 })
    at(105, (h) => h.onSend(false))
    at(120, (h) => h.onHeaders(200, sse))
    at(130, (h) => h.onData(chunk({ content: 'a' })))
    at(131, (h) => h.onData(finished))
    if (ending === 'clean') at(140, (h) => h.onEnd())
    else if (ending === 'deadline') at(181, () => exchange.checkDeadlines(181))
    else at(140, (h) => h.onError(Object.assign(new Error('gone'), { code: 'ECONNRESET' })))
    const [record] = records
    expect(record?.outcome).toBe(ending === 'clean' ? 'completed' : 'failed')
    expect(record?.marks.completed).toBeUndefined()
  }
})

test('a connection that breaks within the answer is a reset that keeps its tokens', () => {
  const { at, records } = start()
  at(105, (h) => h.onSend(false))
  at(120, (h) => h.onHeaders(200, sse))
  at(130, (h) => h.onData(chunk({ content: 'a' })))
  at(140, (h) => h.onError(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })))
  expect(records).toMatchObject([{ outcome: 'failed', failure: { kind: 'reset' } }])
  expect(records[0]?.tokenTimes).toHaveLength(1)
})

test('an in-band error outweighs the way the connection ends [T17]', () => {
  const { at, records } = start()
  at(105, (h) => h.onSend(false))
  at(120, (h) => h.onHeaders(200, sse))
  at(130, (h) => h.onData(new TextEncoder().encode('data: {"error":{"message":"CUDA"}}\n\n')))
  at(140, (h) => h.onError(Object.assign(new Error('x'), { code: 'ECONNRESET' })))
  expect(records).toMatchObject([
    { outcome: 'failed', failure: { kind: 'in_band_error', message: 'CUDA' } },
  ])
})

test('any 2xx is a success and anything else is not [T17]', () => {
  const ok = start()
  ok.at(105, (h) => h.onSend(false))
  ok.at(120, (h) => h.onHeaders(201, sse))
  ok.at(130, (h) => h.onData(chunk({ content: 'a' })))
  ok.at(131, (h) => h.onData(done))
  ok.at(132, (h) => h.onEnd())
  expect(ok.records).toMatchObject([{ outcome: 'completed', status: 201 }])

  const refused = start()
  refused.at(105, (h) => h.onSend(false))
  refused.at(120, (h) => h.onHeaders(503, { 'content-type': 'application/json' }))
  refused.at(121, (h) => h.onData(new TextEncoder().encode('{"error":"busy"}')))
  refused.at(122, (h) => h.onEnd())
  expect(refused.records).toMatchObject([
    { outcome: 'failed', status: 503, failure: { kind: 'http_status', message: 'HTTP 503: busy' } },
  ])
})

test('an identity of any case is no compression', () => {
  for (const encoding of ['identity', 'Identity', ' IDENTITY ', '']) {
    const { at, records } = start()
    at(105, (h) => h.onSend(false))
    at(120, (h) => h.onHeaders(200, { ...sse, 'content-encoding': encoding }))
    at(130, (h) => h.onData(chunk({ content: 'a' })))
    at(131, (h) => h.onData(done))
    at(132, (h) => h.onEnd())
    expect(records).toMatchObject([{ outcome: 'completed' }])
  }
})

test('the words of an error body do not depend on how it was cut', () => {
  const texts = ['财经: 忙碌 👋', JSON.stringify({ error: '忙' }), '财'.repeat(5000)]
  for (const text of texts) {
    const body = Buffer.from(text)
    const told = [[], [1], [4], [body.length - 2], [1, 2, 5, 7, 4095, 4097, 9001]].map((cuts) => {
      const { at, records } = start()
      at(105, (h) => h.onSend(false))
      at(120, (h) => h.onHeaders(503, {}))
      const bounds = [0, ...cuts.filter((cut) => cut < body.length), body.length]
      for (const [i, bound] of bounds.entries()) {
        at(121, (h) => h.onData(body.subarray(bounds[i - 1] ?? 0, bound)))
      }
      at(122, (h) => h.onEnd())
      return records[0]
    })
    for (const record of told) expect(record).toEqual({ ...told[0], reads: record?.reads })
    expect(JSON.stringify(told[0])).not.toContain('\uFFFD')
  }
})

test('a status that HTTP does not have is told in words of ours', () => {
  const { at, records } = start()
  at(105, (h) => h.onSend(false))
  at(120, (h) => h.onHeaders(0, sse))
  at(120, (h) => h.onError(new Error('assert(statusCode >= 100)')))
  expect(records).toMatchObject([
    {
      outcome: 'failed',
      failure: { kind: 'protocol', message: 'not HTTP: there is no status 000' },
    },
  ])
  expect(records[0]).not.toHaveProperty('status')
})

test('a page, a JSON document and a compressed body are named for what they are [S1.50] [T4]', () => {
  const headers = [
    [{ 'content-type': 'text/html' }, 'wrong_content_type'],
    [{ 'content-type': 'application/json' }, 'not_streamed'],
    [{ ...sse, 'content-encoding': 'gzip' }, 'wrong_content_type'],
  ] as const
  for (const [values, kind] of headers) {
    const { at, records } = start()
    at(105, (h) => h.onSend(false))
    at(120, (h) => h.onHeaders(200, values))
    at(121, (h) => h.onData(new TextEncoder().encode('<html>')))
    at(122, (h) => h.onEnd())
    expect(records).toMatchObject([{ outcome: 'failed', failure: { kind } }])
  }
})

test('a request that the transport refuses to send becomes a record, not an exception', async () => {
  const connection = fakeConnection(() => {
    throw Object.assign(new Error('invalid header'), { code: 'UND_ERR_INVALID_ARG' })
  })
  const { records } = start({}, connection)
  await new Promise((resolve) => setImmediate(resolve))
  expect(records).toMatchObject([
    {
      outcome: 'failed',
      failure: { kind: 'protocol', message: 'request cannot be sent: invalid header' },
    },
  ])
})

test('a cancelled request is settled once and its connection given up', () => {
  const { at, exchange, records, connection } = start()
  at(105, (h) => h.onSend(false))
  exchange.cancel()
  at(110, (h) => h.onEnd())
  expect(records).toMatchObject([{ outcome: 'cancelled' }])
  expect(connection.cancelled).toBeInstanceOf(Error)
})

/** Where a server may repeat what it was sent, as the events of one answer. */
type Handler = NonNullable<ReturnType<typeof fakeConnection>['handler']>
const places: Record<string, (handler: Handler, text: string) => void> = {
  'an error body': (handler, text) => {
    handler.onHeaders(401, {})
    handler.onData(Buffer.from(text))
    handler.onEnd()
  },
  'an error body of JSON': (handler, text) => {
    handler.onHeaders(401, {})
    handler.onData(Buffer.from(JSON.stringify({ error: { message: text } })))
    handler.onEnd()
  },
  'a redirect': (handler, text) => {
    handler.onHeaders(302, { location: `/?${text.trim()}` })
    handler.onEnd()
  },
  'retry-after': (handler, text) => {
    handler.onHeaders(429, { 'retry-after': text })
    handler.onEnd()
  },
  'the content type': (handler, text) => {
    handler.onHeaders(200, { 'content-type': text })
    handler.onEnd()
  },
  'the content encoding': (handler, text) => {
    handler.onHeaders(200, { ...sse, 'content-encoding': text })
    handler.onEnd()
  },
  'an event of an error': (handler, text) => {
    handler.onHeaders(200, sse)
    handler.onData(Buffer.from(`data: ${JSON.stringify({ error: { message: text } })}\n\n`))
    handler.onEnd()
  },
  'an event that is no JSON': (handler, text) => {
    handler.onHeaders(200, sse)
    handler.onData(Buffer.from(`data: {${text.replace(/\s+/g, ' ')}\n\n`))
    handler.onEnd()
  },
  'a page in a stream': (handler, text) => {
    handler.onHeaders(200, sse)
    handler.onData(Buffer.from(`<html>${text}</html>`))
    handler.onEnd()
  },
  'the output': (handler, text) => {
    handler.onHeaders(200, sse)
    handler.onData(chunk({ content: text }))
    handler.onData(done)
    handler.onEnd()
  },
  'the name of an event': (handler, text) => {
    handler.onHeaders(200, { 'content-type': 'text/event-stream' })
    handler.onData(Buffer.from(eventStream({ event: text }, { type: text })))
    handler.onEnd()
  },
  'a key where an output is missing': (handler, text) => {
    handler.onHeaders(200, sse)
    handler.onData(chunk({ [text]: text }))
    handler.onData(done)
    handler.onEnd()
  },
  'an error of the connection': (handler, text) => handler.onError(new Error(text)),
}

test.each(Object.entries(places))(
  'no piece of a key is in a record that had it in %s',
  (_, put) => {
    const next = createRandom(7)
    const stream = { dialect: 'openai-chat', outputPath: 'choices.0.delta.content' } as const
    const limits = [0, 100, 900, 1000, 3900, 4096, 16_384]
    for (const value of Object.values(keys)) {
      const forbidden = pieces(value)
      const redactor = createRedactor([{ value, label: '[KEY]' }])
      for (const encode of Object.values(encodings)) {
        const { at, records } = start({}, fakeConnection(), {
          redactor,
          stream,
        })
        const written = encode(value)
        const limit = limits[Math.floor(next() * limits.length)] ?? 0
        // So that what cuts there cuts through it.
        const before = Math.max(0, limit - Math.floor(next() * written.length))
        const filler = ['.', ' ', '. '][Math.floor(next() * 3)] ?? ''
        at(105, (h) => h.onSend(false))
        at(120, (h) =>
          put(h, `${filler.repeat(before).slice(0, before)}${written} ${'.'.repeat(500)}`),
        )
        expect(records).toHaveLength(1)
        const told = JSON.stringify(records)
        expect(forbidden.filter((piece) => told.includes(piece))).toEqual([])
      }
    }
  },
)

test('what a server says is cleaned and cut when secrets are out of it', () => {
  const key = 'sk-0123456789'
  const { at, records } = start({}, fakeConnection(), {
    redactor: createRedactor([{ value: key, label: '[KEY]' }]),
  })
  at(105, (h) => h.onSend(false))
  at(120, (h) => h.onHeaders(401, {}))
  at(121, (h) => h.onData(Buffer.from(`bad\n\u001b[31mkey:\u202e ${key}\n${'x'.repeat(5000)}`)))
  at(122, (h) => h.onEnd())
  const { failure } = records[0] as { failure: { message: string } }
  expect(failure.message).toMatch(/^HTTP 401: bad key: \[KEY\] x+…$/)
  expect(failure.message).toHaveLength(4000)
})

const closed = Object.assign(new Error('other side closed'), { code: 'UND_ERR_SOCKET' })

test('a kept connection that closes before a byte of the response has the request sent once more, on the clock of the second time', () => {
  const { at, records, connection } = start()
  at(105, (h) => h.onSend(true))
  at(110, (h) => h.onError(closed))
  expect(records).toEqual([])
  expect(connection.sent).toEqual([prepared, prepared])
  at(130, (h) => h.onSend(false))
  at(150, (h) => h.onHeaders(200, sse))
  at(160, (h) => h.onData(chunk({ content: 'a' })))
  at(161, (h) => h.onData(done))
  at(162, (h) => h.onEnd())
  expect(records).toMatchObject([
    {
      outcome: 'completed',
      reused: false,
      replaced: 'resent',
      marks: { scheduled: 90, called: 100, dispatched: 130, firstToken: 160, ended: 162 },
    },
  ])
})

test('it is sent once more only once', () => {
  const { at, records, connection } = start()
  at(105, (h) => h.onSend(true))
  at(110, (h) => h.onError(closed))
  at(130, (h) => h.onSend(true))
  at(140, (h) => h.onError(closed))
  expect(connection.sent).toHaveLength(2)
  expect(records).toMatchObject([
    { outcome: 'failed', failure: { kind: 'reset' }, replaced: 'resent' },
  ])
})

test.each<[string, (h: ResponseHandler) => void, { resend?: boolean; error?: Error }]>([
  ['the connection is a new one', (h) => h.onSend(false), {}],
  [
    'a byte of the response has come',
    (h) => {
      h.onSend(true)
      h.onAnswer?.()
    },
    {},
  ],
  ['nothing has been written', () => {}, {}],
  ['the spec forbids it', (h) => h.onSend(true), { resend: false }],
  [
    'what came is no end of the connection',
    (h) => h.onSend(true),
    { error: Object.assign(new Error('x'), { code: 'HPE_INVALID_CONSTANT' }) },
  ],
])('nothing is sent once more where %s', (_, before, { resend = true, error = closed }) => {
  const { at, records, connection } = start({}, fakeConnection(), { resend })
  at(105, before)
  at(110, (h) => h.onError(error))
  expect(connection.sent).toHaveLength(1)
  expect(records).toMatchObject([{ outcome: 'failed' }])
  expect(records[0]?.replaced).toBeUndefined()
})

test('nothing is sent once more when the run is being stopped, or a deadline has passed', () => {
  const stopped = start()
  stopped.at(105, (h) => h.onSend(true))
  stopped.at(110, () => stopped.exchange.cancel())
  expect(stopped.records).toMatchObject([{ outcome: 'cancelled' }])

  const late = start({ total: 50 })
  late.at(105, (h) => h.onSend(true))
  late.at(155, () => late.exchange.checkDeadlines(155))
  late.at(156, (h) => h.onError(closed))
  expect(late.records).toMatchObject([{ failure: { kind: 'timeout.total' } }])
  for (const { connection } of [stopped, late]) expect(connection.sent).toHaveLength(1)
})

test('the deadlines of what is sent once more run anew: of connecting from then, the others from the second write', () => {
  const unconnected = start({ connect: 30 })
  unconnected.at(105, (h) => h.onSend(true))
  unconnected.at(500, (h) => h.onError(closed))
  unconnected.at(529, () => unconnected.exchange.checkDeadlines(529))
  expect(unconnected.records).toEqual([])
  unconnected.at(530, () => unconnected.exchange.checkDeadlines(530))
  expect(unconnected.records).toMatchObject([{ failure: { kind: 'timeout.connect' } }])

  const slow = start({ total: 300 })
  slow.at(105, (h) => h.onSend(true))
  slow.at(200, (h) => h.onError(closed))
  slow.at(210, (h) => h.onSend(false))
  slow.at(509, () => slow.exchange.checkDeadlines(509))
  expect(slow.records).toEqual([])
  slow.at(510, () => slow.exchange.checkDeadlines(510))
  expect(slow.records).toMatchObject([{ failure: { kind: 'timeout.total' } }])
})

test('a connection that the server closed before the request was written is told', () => {
  const { at, records } = start()
  at(105, (h) => {
    h.onDrop?.()
    h.onSend(false)
  })
  at(110, (h) => h.onHeaders(200, sse))
  at(111, (h) => h.onData(chunk({ content: 'a' })))
  at(112, (h) => h.onData(done))
  at(113, (h) => h.onEnd())
  expect(records).toMatchObject([{ outcome: 'completed', reused: false, replaced: 'unsent' }])
})

test('a request that this machine has no file for is no failure of the target', () => {
  const { at, records, shortages } = start()
  const error = Object.assign(new Error('connect EMFILE'), { code: 'EMFILE' })
  at(105, (h) => h.onError(error))
  expect(shortages).toEqual(['EMFILE'])
  expect(records).toMatchObject([{ outcome: 'cancelled' }])
})

function startLeaving(leaving: LeavingTime, timeouts: Partial<Timeouts> = {}) {
  const started = start(timeouts, fakeConnection(), { leaving })
  started.at(100, (h) => h.onSend(false))
  return started
}

test('a client leaves in the read in which the first token came, and closes its connection', () => {
  const { at, records, connection } = startLeaving('first-token')
  at(120, (h) => h.onHeaders(200, sse))
  at(121, (h) => h.onData(chunk({ role: 'assistant', content: '' })))
  expect(connection.cancelled).toBeUndefined()
  at(150, (h) => h.onData(chunk({ content: 'a' })))
  expect(connection.cancelled).toEqual(new Error('left'))
  at(160, (h) => h.onData(chunk({ content: 'b' })))
  expect(records).toMatchObject([
    {
      outcome: 'left',
      leaves: true,
      reads: 2,
      marks: { dispatched: 100, firstToken: 150, lastToken: 150, ended: 150 },
      tokenTimes: new Float64Array([150]),
    },
  ])
  expect(records[0]).not.toHaveProperty('failure')
})

test('a client leaves when its time after the dispatch has passed, with the tokens that came by then', () => {
  const { at, records, exchange } = startLeaving(200)
  at(120, (h) => h.onHeaders(200, sse))
  at(150, (h) => h.onData(chunk({ content: 'a' })))
  exchange.checkDeadlines(299)
  expect(records).toEqual([])
  exchange.checkDeadlines(300)
  expect(records).toMatchObject([{ outcome: 'left', marks: { firstToken: 150, ended: 300 } }])
})

test('a client that leaves before anything came has no first token', () => {
  const { records, exchange } = startLeaving(200)
  exchange.checkDeadlines(305)
  expect(records).toMatchObject([{ outcome: 'left', bytes: 0, marks: { ended: 305 } }])
  expect(records[0]?.marks).not.toHaveProperty('firstToken')
})

test('what comes behind the instant is not seen, even where that is noticed late', () => {
  const { at, records } = startLeaving(200)
  at(120, (h) => h.onHeaders(200, sse))
  at(150, (h) => h.onData(chunk({ content: 'a' })))
  at(304, (h) => h.onData(chunk({ content: 'b' })))
  expect(records).toMatchObject([{ outcome: 'left', reads: 1, marks: { lastToken: 150 } }])
})

test('an answer that ended before its client would leave is completed, and says that it was to leave', () => {
  const whole = startLeaving('first-token')
  whole.at(120, (h) => h.onHeaders(200, sse))
  whole.at(150, (h) => h.onData(Buffer.concat([chunk({ content: 'a' }), done])))
  whole.at(151, (h) => h.onEnd())
  expect(whole.records).toMatchObject([{ outcome: 'completed', leaves: true }])

  const early = startLeaving(200)
  early.at(120, (h) => h.onHeaders(200, sse))
  early.at(150, (h) => h.onData(Buffer.concat([chunk({ content: 'a' }), done])))
  early.exchange.checkDeadlines(400)
  expect(early.connection.cancelled).toBeUndefined()
  early.at(401, (h) => h.onEnd())
  expect(early.records).toMatchObject([{ outcome: 'completed', leaves: true }])
})

test('a failure before its client would leave is a failure', () => {
  const refused = startLeaving(200)
  refused.at(120, (h) => h.onHeaders(503, {}))
  refused.exchange.checkDeadlines(400)
  refused.at(401, (h) => h.onEnd())
  expect(refused.records).toMatchObject([
    { outcome: 'failed', failure: { kind: 'http_status' }, leaves: true },
  ])

  const broken = startLeaving('first-token')
  broken.at(120, (h) => h.onError(Object.assign(new Error('gone'), { code: 'ECONNRESET' })))
  expect(broken.records).toMatchObject([{ outcome: 'failed', failure: { kind: 'reset' } }])

  const late = startLeaving(200, { ttft: 100 })
  late.exchange.checkDeadlines(200)
  expect(late.records).toMatchObject([{ outcome: 'failed', failure: { kind: 'timeout.ttft' } }])

  const inBand = startLeaving('first-token')
  inBand.at(120, (h) => h.onHeaders(200, sse))
  inBand.at(150, (h) =>
    h.onData(
      Buffer.concat([chunk({ content: 'a' }), Buffer.from('data: {"error":{"message":"x"}}\n\n')]),
    ),
  )
  inBand.at(151, (h) => h.onEnd())
  expect(inBand.records).toMatchObject([{ outcome: 'failed', failure: { kind: 'in_band_error' } }])
})

test('who waits for a connection cannot leave: the time runs from the dispatch, of the second one where it was sent once more', () => {
  const waiting = start({}, fakeConnection(), { leaving: 50 })
  waiting.exchange.checkDeadlines(900)
  expect(waiting.records).toEqual([])

  const again = start({}, fakeConnection(), { leaving: 200 })
  again.at(105, (h) => h.onSend(true))
  again.at(200, (h) => h.onError(Object.assign(new Error('gone'), { code: 'ECONNRESET' })))
  again.at(210, (h) => h.onSend(false))
  again.exchange.checkDeadlines(400)
  expect(again.records).toEqual([])
  again.exchange.checkDeadlines(410)
  expect(again.records).toMatchObject([{ outcome: 'left', replaced: 'resent' }])
})
