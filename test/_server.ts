import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'

export interface TestServer {
  url: string
  requests(): number
  /** Of the requests that were read to their end. */
  bodies(): readonly string[]
  close(): Promise<void>
}

/** A server of the test's own on a free port of the loopback address. */
export async function serve(listener: RequestListener): Promise<TestServer> {
  let requests = 0
  const bodies: string[] = []
  const server: Server = createServer((request, response) => {
    requests++
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString('utf8'))
      listener(request, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    bodies: () => bodies,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Address of a port on which nobody listens. */
export async function refusingUrl(): Promise<string> {
  const server = createSocketServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}

export function chatEvent(content: string): string {
  const payload = { object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] }
  return `data: ${JSON.stringify(payload)}\n\n`
}

/** Targets that answer wrongly, each in its own way. */
export const wrongAnswers: Record<string, RequestListener> = {
  'http_status 503': (_request, response) => {
    response.writeHead(503, { 'content-type': 'application/json' })
    response.end('{"error":"服务繁忙，请稍后重试","queue_size":10,"max_queue_size":10}')
  },
  not_streamed: (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end('{"choices":[{"message":{"role":"assistant","content":"whole"}}]}')
  },
  incomplete_stream: (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chatEvent('a'))
    response.end(chatEvent('b'))
  },
  wrong_content_type: (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end('<html><body>please log in</body></html>')
  },
  reset: (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(chatEvent('a'), () => request.socket.resetAndDestroy())
  },
  in_band_error: (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(
      `${chatEvent('a')}data: {"error":{"message":"CUDA out of memory"}}\n\ndata: [DONE]\n\n`,
    )
  },
  no_token: (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${chatEvent('')}data: [DONE]\n\n`)
  },
}
