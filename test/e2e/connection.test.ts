import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import {
  createSecureContext,
  getCACertificates,
  setDefaultCACertificates,
  TLSSocket,
} from 'node:tls'

import { afterEach, describe, expect, test } from 'vitest'

import type { ClosedLoad } from '../../src/bench-spec/spec.ts'
import { createLeanConnection } from '../../src/engine/lean-connection.ts'
import { startLoop } from '../../src/engine/loop.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import type { Connect } from '../../src/engine/transport.ts'
import { createUndiciConnection } from '../../src/engine/undici-connection.ts'
import { runBench } from '../../src/run/bench.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'
import { local } from '../_certificates.ts'
import { chatEvent } from '../_server.ts'

const head =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nkeep-alive: timeout=5, max=100\r\ntransfer-encoding: chunked\r\n\r\n'

function frame(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
}

const answer = `${head}${frame(chatEvent('a'))}${frame('data: [DONE]\n\n')}0\r\n\r\n`

interface Arrival {
  socket: Socket
  reset(): void
  /** 1-based, of its connection. */
  nth: number
  text: string
}

const running: { close(): void }[] = []
afterEach(() => {
  for (const server of running.splice(0)) server.close()
})

setDefaultCACertificates([...getCACertificates('default'), local.cert])

/** A server that is told of every request as it comes, in this process. */
async function listenOn(scheme: 'http' | 'https', reply: (arrival: Arrival) => void) {
  const secureContext = createSecureContext(local)
  const arrivals: Arrival[] = []
  const sockets = new Set<Socket>()
  const server = createServer({ noDelay: true }, (bare) => {
    const socket = scheme === 'http' ? bare : new TLSSocket(bare, { isServer: true, secureContext })
    bare.on('error', () => {})
    const reset = (): void => void bare.resetAndDestroy()
    sockets.add(socket)
    socket.on('error', () => {})
    let nth = 0
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString()
      if (!text.endsWith('\r\n\r\n{}')) return
      const arrival = { socket, reset, nth: ++nth, text }
      text = ''
      arrivals.push(arrival)
      reply(arrival)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  running.push({
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  })
  const { port } = server.address() as AddressInfo
  return { url: `${scheme}://127.0.0.1:${port}/v1/chat/completions`, arrivals, sockets }
}

/** In this process too: what comes within one turn of the server comes within one of the client. */
async function sendOver(
  connect: Connect,
  url: string,
  load: Partial<ClosedLoad>,
): Promise<RequestRecord[]> {
  const records: RequestRecord[] = []
  const asked: ClosedLoad = {
    kind: 'closed',
    concurrency: 1,
    requests: 20,
    warmup: 0,
    rounds: 1,
    seed: 1,
    ...load,
  }
  const loop = startLoop(
    {
      load: asked,
      timeouts: { total: 10_000, connect: 10_000 },
      stream: { dialect: 'openai-chat' },
      requests: [{ url, method: 'POST', headers: {}, body: '{}' }],
    },
    () => connect(asked),
    { onRecord: (record) => records.push(record) },
  )
  await loop.finished
  return records
}

function count(records: readonly RequestRecord[], replaced: RequestRecord['replaced']): number {
  return records.filter((record) => record.replaced === replaced).length
}

const endings: Record<string, (arrival: Arrival) => void> = {
  ended: ({ socket }) => socket.end(),
  reset: ({ reset }) => reset(),
}

const ways: [scheme: 'http' | 'https', client: string, connect: Connect][] = [
  ['http', 'lean', createLeanConnection],
  ['https', 'lean', createLeanConnection],
  ['http', 'undici', createUndiciConnection],
  ['https', 'undici', createUndiciConnection],
]

describe.each(ways)('%s over %s', (scheme, _client, connect) => {
  const listen = (reply: (arrival: Arrival) => void): ReturnType<typeof listenOn> =>
    listenOn(scheme, reply)
  const send = (url: string, load: Partial<ClosedLoad> = {}): Promise<RequestRecord[]> =>
    sendOver(connect, url, load)

  test('a kept connection is not written to in the turn in which its end is on its way', async () => {
    const { url, sockets } = await listen(({ socket }) => socket.end(answer))
    const records = await send(url)
    expect(records.map(({ outcome }) => outcome)).toEqual(Array(20).fill('completed'))
    expect(records.filter(({ reused }) => reused)).toEqual([])
    expect(count(records, 'unsent') + count(records, 'resent')).toBe(19)
    // A busy kernel may deliver an end late, but seldom.
    expect(count(records, 'unsent')).toBeGreaterThanOrEqual(15)
    expect(sockets.size).toBe(20)
  })

  test('a connection that stays is kept, for one request at a time', async () => {
    const { url, sockets } = await listen(({ socket }) => socket.write(answer))
    const records = await send(url, { concurrency: 2 })
    expect(records.map(({ outcome }) => outcome)).toEqual(Array(20).fill('completed'))
    expect(records.filter(({ reused }) => !reused)).toHaveLength(2)
    expect(count(records, undefined)).toBe(20)
    expect(sockets.size).toBe(2)
  })

  test.each(Object.keys(endings))(
    'a request on a kept connection that is %s without an answer is sent once more, on a new one',
    async (ending) => {
      const { url, arrivals } = await listen((arrival) => {
        if (arrival.nth === 1) arrival.socket.write(answer)
        else endings[ending]?.(arrival)
      })
      const records = await send(url)
      expect(records.map(({ outcome }) => outcome)).toEqual(Array(20).fill('completed'))
      expect(count(records, 'resent')).toBe(19)
      expect(records.filter(({ reused }) => reused)).toEqual([])
      // The first, and the others twice.
      expect(arrivals).toHaveLength(39)
    },
  )

  test('without resend it is a failed request', async () => {
    const { url, arrivals } = await listen(({ socket, nth }) => {
      if (nth === 1) socket.write(answer)
      else socket.end()
    })
    const records = await send(url, { resend: false })
    expect(arrivals).toHaveLength(20)
    expect(records.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'completed' : 'failed')),
    )
    expect(records[1]).toMatchObject({
      reused: true,
      failure: {
        kind: 'reset',
        message: 'connection broken: other side closed (kept alive by an earlier request)',
      },
    })
  })

  test.each(Object.keys(endings))(
    'a kept connection that is %s while nobody writes is replaced, and no request fails',
    async (ending) => {
      const { url, arrivals } = await listen((arrival) => {
        arrival.socket.write(answer)
        setImmediate(() => endings[ending]?.(arrival))
      })
      const records = await send(url)
      expect(records.map(({ outcome }) => outcome)).toEqual(Array(20).fill('completed'))
      expect(count(records, 'unsent') + count(records, 'resent')).toBe(19)
      expect(arrivals.length).toBeGreaterThanOrEqual(20)
      expect(arrivals.length).toBeLessThanOrEqual(20 + count(records, 'resent'))
    },
  )

  test.each<[string, (arrival: Arrival) => void]>([
    ['a new connection', ({ socket }) => socket.end()],
    [
      'a connection whose answer has begun',
      ({ socket, nth }) => {
        if (nth === 1) socket.write(answer)
        else socket.end('H')
      },
    ],
    [
      'a connection whose body has begun',
      ({ socket, nth }) => {
        if (nth === 1) socket.write(answer)
        else socket.end(`${head}${frame(chatEvent('a'))}`)
      },
    ],
  ])('what breaks on %s is not sent once more', async (_, reply) => {
    const { url, arrivals } = await listen(reply)
    const records = await send(url)
    expect(arrivals).toHaveLength(20)
    expect(count(records, undefined)).toBe(20)
    const failures = records.filter((record) => record.outcome === 'failed')
    expect(failures.length).toBeGreaterThanOrEqual(10)
    expect(new Set(failures.map(({ failure }) => failure.kind))).toEqual(new Set(['reset']))
  })

  test('what is sent once more and breaks again is a failed request', async () => {
    let connections = 0
    const { url, arrivals } = await listen(({ socket, nth }) => {
      if (nth === 1 && connections++ === 0) socket.write(answer)
      else socket.end()
    })
    const records = await send(url, { requests: 2 })
    expect(arrivals).toHaveLength(3)
    expect(records).toMatchObject([
      { outcome: 'completed' },
      { outcome: 'failed', reused: false, replaced: 'resent', failure: { kind: 'reset' } },
    ])
  })

  test('without keep_alive each request has a connection of its own, and says so', async () => {
    const { url, arrivals, sockets } = await listen(({ socket }) => socket.write(answer))
    const records = await send(url, { keepAlive: false })
    expect(records.map(({ outcome }) => outcome)).toEqual(Array(20).fill('completed'))
    expect(records.filter(({ reused }) => reused)).toEqual([])
    expect(count(records, undefined)).toBe(20)
    expect(sockets.size).toBe(20)
    expect(arrivals.every(({ text }) => /^connection: close$/im.test(text))).toBe(true)
  })
})

test('a server that hangs up behind each answer is judged by its answers, and named', async () => {
  const spec = {
    url: '/v1/chat/completions',
    body: { messages: [{ role: 'user', content: 'hi' }], stream: true, max_tokens: 4 },
    requests: 60,
    concurrency: 4,
    mock: { ttft: '5ms', itl: '1ms', faults: [{ kind: 'hang-up', when: { warmup: true } }] },
    slo: ['success_rate >= 90%'],
  }
  const { results, records } = await runBench(checkSpec(spec, { env: {}, baseDir: '.' }))
  expect(results.verdict.status).toBe('PASS')
  expect(results.summary.requests).toMatchObject({
    completed: 60,
    failed: 0,
    resent: records.filter((r) => r.phase === 'measured' && r.replaced === 'resent').length,
  })
  const [named] = results.diagnostics.filter(({ id }) => id === 'server-closes-connections')
  expect(named).toMatchObject({ level: 'warn', closed: 60, later: 60 })
  expect(named?.message).toContain('set keep_alive: false')
  const kept = { ...spec, keep_alive: false }
  const { results: mended } = await runBench(checkSpec(kept, { env: {}, baseDir: '.' }))
  expect(mended.load.keep_alive).toBe(false)
  expect(mended.summary.requests).toMatchObject({ completed: 60, resent: 0 })
  const ids = mended.diagnostics.map(({ id }) => id)
  expect(ids).not.toContain('server-closes-connections')
  expect(ids).not.toContain('sockets-not-reused')
})
