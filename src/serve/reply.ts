import type { IncomingMessage, ServerResponse } from 'node:http'

/** An answer that is whole. */
export interface Reply {
  status: number
  type: string
  body: string | Buffer
  headers?: Readonly<Record<string, string>>
}

export function replyJson(
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const body = `${JSON.stringify(value)}\n`
  return { status, type: 'application/json; charset=utf-8', body, headers }
}

/** Nothing is sent where something was already, or nobody is there any more. */
export function send(response: ServerResponse, { status, type, body, headers = {} }: Reply): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(body)
}

/** Whether the client asks for server-sent events. */
export function wantsEvents({ headers }: IncomingMessage): boolean {
  return /\btext\/event-stream\b/i.test(headers.accept ?? '')
}

/** Server-sent events to one client. */
export interface EventStream {
  /** Left out, where `droppable`, as long as the client has not read what came before. */
  send(event: string, data: unknown, droppable?: 'droppable'): void
  end(): void
}

export function openEvents(response: ServerResponse): EventStream {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  return {
    send(event, data, droppable) {
      if (droppable !== undefined && response.writableNeedDrain) return
      response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    },
    end() {
      response.end()
    },
  }
}
