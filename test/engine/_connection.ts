import type { PreparedRequest } from '../../src/bench-spec/template.ts'
import type { Connection, ResponseHandler } from '../../src/engine/connection.ts'

/** A connection whose other end is the test. */
export interface FakeConnection extends Connection {
  sent: PreparedRequest[]
  handler: ResponseHandler | undefined
  cancelled: Error | undefined
  closed: boolean
}

export function fakeConnection(
  onSend?: (request: PreparedRequest, handler: ResponseHandler) => void,
): FakeConnection {
  const connection: FakeConnection = {
    sent: [],
    handler: undefined,
    cancelled: undefined,
    closed: false,
    send(request, handler) {
      connection.sent.push(request)
      connection.handler = handler
      onSend?.(request, handler)
    },
    cancel(reason) {
      connection.cancelled = reason
      connection.handler?.onError(reason)
    },
    async close() {
      connection.closed = true
    },
  }
  return connection
}

export const prepared: PreparedRequest = {
  row: 0,
  url: 'http://127.0.0.1:1/v1/chat/completions',
  method: 'POST',
  headers: {},
  body: '{}',
}

const encoder = new TextEncoder()

/** One SSE event of a chat stream. */
export function chunk(delta: object, more: object = {}): Uint8Array {
  const payload = { object: 'chat.completion.chunk', choices: [{ index: 0, delta }], ...more }
  return encoder.encode(`data: ${JSON.stringify(payload)}\n\n`)
}

export const done: Uint8Array = encoder.encode('data: [DONE]\n\n')
