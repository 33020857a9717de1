import { cleanMessage } from '../bench-spec/plain-text.ts'
import { errorMessage } from '../stream/message.ts'
import type { Failure, Shortage } from './record.ts'

/** How far a request had come when its connection failed. */
export interface Stage {
  dispatched: boolean
  answered: boolean
  /** The socket had served a request before. */
  reused: boolean
}

/** Names what went wrong below HTTP: sockets, TLS, the protocol itself. */
export function classifyError(error: Error, { dispatched, answered, reused }: Stage): Failure {
  const code = findCode(error)
  const message = cleanMessage(innermost(error).message || code || error.name)
  if (isTls(code)) return { kind: 'tls', message }
  // An end within the body that was announced is no other language, only a broken connection.
  const cut = code === 'HPE_INVALID_EOF_STATE'
  if (!cut && (error.name === 'HTTPParserError' || /^(HPE_|UND_ERR_HEADERS_OVERFLOW)/.test(code))) {
    return { kind: 'protocol', message: `not HTTP: ${message}` }
  }
  if (code === 'UND_ERR_INVALID_ARG' || code.startsWith('ERR_INVALID_')) {
    return { kind: 'protocol', message: `request cannot be sent: ${message}` }
  }
  if (!dispatched) return { kind: 'connect', message }
  // A server that closes idle sockets may do so while the next request is on its way.
  const where = reused && !answered ? ' (kept alive by an earlier request)' : ''
  return { kind: 'reset', message: `connection broken: ${message}${where}` }
}

/** Whether the other side has ended the connection, in order or by a reset. */
export function isClosed(error: Error): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(findCode(error))
}

/** What this machine, not the target, lacks for sending a request; `undefined`: nothing. */
export function findShortage(error: Error): Shortage | undefined {
  const code = findCode(error)
  return code === 'EMFILE' || code === 'ENFILE' ? code : undefined
}

/** An HTTP status other than 2xx, with the server's own words where its body has some. */
export function describeStatus(
  status: number,
  body: string,
  headers: Readonly<Record<string, string | undefined>>,
): Failure {
  const words = errorMessage(body) ?? cleanMessage(body)
  const location = headers.location === undefined ? '' : ` (redirect to ${headers.location})`
  const retry =
    headers['retry-after'] === undefined ? '' : ` (retry after ${headers['retry-after']})`
  const message = `HTTP ${status}${words === '' ? '' : `: ${words}`}${location}${retry}`
  return { kind: 'http_status', message: cleanMessage(message) }
}

function isTls(code: string): boolean {
  return /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/.test(code)
}

/** Node wraps connection attempts to several addresses into an AggregateError without a message. */
function innermost(error: Error): Error {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) {
    return innermost(error.errors[0])
  }
  return error
}

function findCode(error: Error): string {
  const { code } = innermost(error) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}
