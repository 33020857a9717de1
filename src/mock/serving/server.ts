import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

import { profiles } from '../answer/profile.ts'
import { findDialect } from '../dialect/dialect-paths.ts'
import type { Dialect, Route } from '../dialect/dialect.ts'
import { monotonicClock } from '../latency/monotonic-clock.ts'
import { type Arrival, createTruth, type Truth } from '../metrics/truth.ts'
import type { MockOptions } from '../options/mock-options.ts'
import { keepKnown } from '../plan/known.ts'
import { toPhase } from '../plan/phase.ts'
import { Refusal } from '../plan/refusal.ts'
import { readKey } from './api-key.ts'
import { createControl, type Service } from './control.ts'
import { type Endpoint, readInquiry, renderJson, type Reply } from './endpoint.ts'

/** A mock server in this process, which it keeps alive. */
export interface RunningServer {
  /** Without a path: `http://127.0.0.1:PORT`. */
  url: string
  /** Every record, as it is written. */
  truth: Truth
  /** Stops listening and cuts every connection. */
  close(): Promise<void>
}

/**
 * Starts the mock server in this process, on 127.0.0.1; port 0 takes a free one. It shares the event
 * loop with whatever else runs here: what measures it starts it in a process of its own. A script that
 * is named while it runs must be below `folder`, by default the working folder.
 *
 * @throws Error (the promise is rejected) with one line per problem of the options, or when it cannot
 * listen.
 */
export async function startServer(
  options: MockOptions | Readonly<Record<string, unknown>> = {},
  { port = 0, folder = process.cwd() }: { port?: number; folder?: string } = {},
): Promise<RunningServer> {
  const clock = monotonicClock
  const truth = createTruth()
  const control = createControl({ ...options }, { truth, clock, folder })
  const numberConnection = createNumbering()

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const recvMs = clock.now()
    const service = control.current()
    // Not by URL, which throws for targets such as // and *.
    const [pathname = '', query = ''] = (request.url ?? '').split('?', 2)
    const dialect = findDialect(pathname)
    const route: Route = { pathname, query: new URLSearchParams(query) }
    const endpoint = service.endpoints.get(pathname)
    const methods = dialect?.methods ?? endpoint?.methods
    const refusal = refuse(service, request, response, { route, dialect, methods })
    if (endpoint !== undefined && refusal === undefined) {
      void answer(service, endpoint, { request, response, query })
      return
    }
    const arrival: Arrival = {
      ...numberConnection(request.socket),
      path: pathname,
      dialect: dialect?.name ?? null,
      phase: toPhase(readHeader(request, 'x-slogate-phase')),
      key: readHeader(request, 'x-mock-key'),
      recv_ms: recvMs,
    }
    void service.generation.serve({ request, response, arrival, dialect, route, refusal })
  }

  // Connections end by their clients: a server that closes idle ones races with their reuse.
  const server = createServer(
    { keepAliveTimeout: 60_000, headersTimeout: 0, requestTimeout: 0, noDelay: true },
    handle,
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${bound}`,
    truth,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

async function answer(
  { options: { profile } }: Service,
  endpoint: Endpoint,
  {
    request,
    response,
    query,
  }: { request: IncomingMessage; response: ServerResponse; query: string },
): Promise<void> {
  try {
    send(response, endpoint.reply(await readInquiry(request, query)))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    send(response, renderJson(profiles[profile].renderError(error), error.status))
  }
}

/** What stands against a request before its body is looked at. */
function refuse(
  { options: { apiKey }, isStarting }: Service,
  request: IncomingMessage,
  response: ServerResponse,
  {
    route,
    dialect,
    methods,
  }: { route: Route; dialect: Dialect | undefined; methods: readonly string[] | undefined },
): Refusal | undefined {
  if (apiKey !== undefined && /^\/(?:v1|v1beta|__mock)\//.test(route.pathname)) {
    if (readKey(request.headers, route, dialect) !== apiKey) {
      return new Refusal(401, 'Unauthorized')
    }
  }
  if (methods === undefined) return new Refusal(404, 'Not Found')
  if (!methods.includes(request.method ?? '')) {
    response.setHeader('allow', methods.join(', '))
    return new Refusal(405, 'Method Not Allowed')
  }
  if (isStarting() && dialect !== undefined) {
    return new Refusal(503, 'The server is starting', { type: 'ServiceUnavailableError' })
  }
  return undefined
}

function send(response: ServerResponse, { status, type, text, follow }: Reply): void {
  const headers = keepKnown<Record<string, string>>({ 'content-type': type })
  if (follow !== undefined) {
    response.writeHead(status, headers).write(text)
    response.flushHeaders()
    response.once(
      'close',
      follow((more) => response.write(more)),
    )
    return
  }
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text)
}

/** Numbers connections by their first recorded request, and the recorded requests on each. */
function createNumbering(): (socket: Socket) => Pick<Arrival, 'conn' | 'conn_req'> {
  const numbers = new WeakMap<Socket, { conn: number; conn_req: number }>()
  let connections = 0
  return (socket) => {
    const seen = numbers.get(socket)
    const number = seen ?? { conn: ++connections, conn_req: 0 }
    number.conn_req++
    numbers.set(socket, number)
    return { ...number }
  }
}

function readHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
