import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

import { monotonicClock } from './clock.ts'
import { dialects } from './dialect/dialects.ts'
import { readInquiry, renderJson } from './endpoint/endpoint.ts'
import type { Endpoint, Reply } from './endpoint/endpoint.ts'
import { listEndpoints } from './endpoint/endpoints.ts'
import { createGeneration } from './generation.ts'
import { parseOptions } from './options.ts'
import type { MockOptions } from './options.ts'
import { profiles } from './profile.ts'
import { Refusal } from './refusal.ts'
import type { Arrival } from './truth.ts'

export interface RunningServer {
  /** Without a path: `http://127.0.0.1:PORT`. */
  url: string
  /** Stops listening and cuts every connection. */
  close(): Promise<void>
}

/**
 * Starts the mock server in this process, on 127.0.0.1; port 0 takes a free one.
 *
 * @throws Error with one line per problem of the options, or when it cannot listen.
 */
export async function startServer(
  options: MockOptions | Readonly<Record<string, unknown>> = {},
  { port = 0 }: { port?: number } = {},
): Promise<RunningServer> {
  const parsed = parseOptions(options)
  const clock = monotonicClock
  const generation = createGeneration(parsed, clock)
  const readyAt = clock.now() + parsed.startDelay * parsed.latencyFactor
  const isStarting = (): boolean => clock.now() < readyAt
  const endpoints = listEndpoints(parsed, generation, clock, isStarting)
  const numberConnection = createNumbering()

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const recvMs = clock.now()
    // Not by URL, which throws for targets such as // and *.
    const [pathname = '', query = ''] = (request.url ?? '').split('?', 2)
    const dialect = Object.hasOwn(dialects, pathname) ? dialects[pathname] : undefined
    const endpoint = endpoints.get(pathname)
    const methods = dialect?.methods ?? endpoint?.methods
    const refusal = refuse(request, response, pathname, methods)
    if (endpoint !== undefined && refusal === undefined) {
      void answer(endpoint, request, response, query)
      return
    }
    const arrival: Arrival = {
      ...numberConnection(request.socket),
      path: pathname,
      dialect: dialect?.name ?? null,
      phase: readPhase(request),
      key: readHeader(request, 'x-mock-key'),
      recv_ms: recvMs,
    }
    void generation.serve({ request, response, arrival, dialect, refusal })
  }

  async function answer(
    endpoint: Endpoint,
    request: IncomingMessage,
    response: ServerResponse,
    query: string,
  ): Promise<void> {
    try {
      send(response, endpoint.reply(await readInquiry(request, query)))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      send(response, renderJson(profiles[parsed.profile].renderError(error), error.status))
    }
  }

  /** What stands against a request before its body is looked at. */
  function refuse(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    methods: readonly string[] | undefined,
  ): Refusal | undefined {
    if (parsed.apiKey !== undefined && path.startsWith('/v1/')) {
      if (request.headers.authorization !== `Bearer ${parsed.apiKey}`) {
        return new Refusal(401, 'Unauthorized')
      }
    }
    if (methods === undefined) return new Refusal(404, 'Not Found')
    if (!methods.includes(request.method ?? '')) {
      response.setHeader('allow', methods.join(', '))
      return new Refusal(405, 'Method Not Allowed')
    }
    if (isStarting() && Object.hasOwn(dialects, path)) {
      return new Refusal(503, 'The server is starting', { type: 'ServiceUnavailableError' })
    }
    return undefined
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
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

function send(response: ServerResponse, { status, type, text }: Reply): void {
  const headers = type === undefined ? {} : { 'content-type': type }
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

function readPhase(request: IncomingMessage): Arrival['phase'] {
  const phase = readHeader(request, 'x-slogate-phase')
  return phase === 'warmup' || phase === 'measured' ? phase : null
}

function readHeader(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
