import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'

import { cleanLine } from '../bench-spec/plain-text.ts'
import { type Admission, admit, allowOrigin } from './admission.ts'
import { createArchive } from './archive.ts'
import type { AllowedTargets } from './endpoint.ts'
import type { Limits } from './parameters.ts'
import { Refusal, toErrorDocument } from './refusal.ts'
import { replyJson, send } from './reply.ts'
import { answerRoute } from './routes.ts'
import { createRuns } from './runs.ts'
import type { Service } from './service.ts'
import { createShelf } from './shelf.ts'

export interface ServeOptions extends Admission {
  /** Address to listen at, and its port; with 0 any free one. */
  host: string
  port: number
  limits: Limits
  targets: AllowedTargets
  /** Absolute; `undefined`: only what is bundled. */
  datasets: string | undefined
  /** Absolute: where each run has its folder. */
  out: string
  /** Runs that are kept. */
  keep: number
  /** Folder whose calibration counts. */
  root: string
  /** Is told a line for each run, and for each fault of the server. */
  log(line: string): void
}

/** A server of benchmarks in this process, which it keeps alive. */
export interface RunningServer {
  /** Without a path: `http://127.0.0.1:PORT`. */
  url: string
  /** Cancels what is running, waits for its files, and cuts every connection. */
  close(): Promise<void>
}

/** Of every answer. What a page may do beyond it, its own answer says. */
const commonHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

/** ms for the head of a request, and for all of it. */
const timeouts = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 5_000 }

/**
 * Starts a server of benchmarks.
 * @throws Error (the promise is rejected) of the system when it cannot listen.
 */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { host, port, limits, targets, root, keep, out, datasets } = options
  const log = (line: string): void => options.log(cleanLine(line))
  const archive = createArchive(out, keep)
  const runs = createRuns({ archive, root, log })
  const service: Service = { runs, archive, shelf: createShelf(datasets), limits, targets }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => {})
    const headers = { ...commonHeaders, ...allowOrigin(request.headers) }
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    try {
      admit(request, options)
      const reply = await answerRoute(service, { request, response })
      if (reply !== undefined) send(response, reply)
    } catch (error) {
      if (response.destroyed) return
      const refusal = error instanceof Refusal ? error : blame(error)
      send(response, replyJson(toErrorDocument(refusal), refusal.status, refusal.headers))
    }
  }

  /** Who asks is not told what went on in here. */
  function blame(error: unknown): Refusal {
    log(`a request broke off: ${error instanceof Error ? error.message : String(error)}`)
    return new Refusal(500, 'The server failed; its log on stderr says why.')
  }

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    void handle(request, response)
  }
  // Without a Host it is refused in words of ours.
  const server = createServer({ ...timeouts, requireHostHeader: false }, answer)
  // Of itself node refuses what else is expected, without a word.
  server.on('checkExpectation', answer)
  server.on('clientError', refuseBytes)
  await listen(server, host, port)
  const address = server.address() as AddressInfo
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    async close() {
      const { promise, resolve } = Promise.withResolvers<void>()
      server.close(() => resolve())
      for (let run = runs.current(); run !== undefined; run = runs.current()) {
        run.cancel('the server was stopped')
        await run.ended
      }
      // Whoever waits for the run is answered first.
      setImmediate(() => server.closeAllConnections())
      await promise
    },
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Answers what is no request of HTTP. */
function refuseBytes({ code }: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const refusal =
    code === 'HPE_HEADER_OVERFLOW'
      ? new Refusal(431, 'The headers are too large.')
      : code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? new Refusal(408, 'The request did not come in time.')
        : new Refusal(400, 'This is no request of HTTP.')
  const body = `${JSON.stringify(toErrorDocument(refusal))}\n`
  const head = [
    `HTTP/1.1 ${refusal.status} ${reasons[refusal.status] ?? ''}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    'x-content-type-options: nosniff',
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
}
