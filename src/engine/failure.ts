import { errorMessage } from '../stream/message.ts'
import { markupWords } from './markup-words.ts'
import { ProtocolError } from './protocol-error.ts'
import type { Failure, Shortage } from './record.ts'

/** How far a request had come when its connection failed. */
export interface Stage {
  dispatched: boolean
  answered: boolean
  /** The socket had served a request before. */
  reused: boolean
}

/** Names what went wrong below HTTP: sockets, TLS, the protocol itself. Its message is not cleaned. */
export function classifyError(error: Error, { dispatched, answered, reused }: Stage): Failure {
  const code = findCode(error)
  const message = innermost(error).message || code || error.name
  if (isTls(code)) return { kind: 'tls', message }
  if (speaksHttp2(error)) return { kind: 'protocol', message: http2Message }
  if (isForeign(error, code, answered)) return { kind: 'protocol', message: `not HTTP: ${message}` }
  if (isUnsendable(code)) {
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

/** Below it there is no status of HTTP. */
export const lowestStatus = 100

/** A response whose status is lower than any. */
export function describeNoStatus(code: number): Failure {
  const digits = String(code).padStart(3, '0')
  return { kind: 'protocol', message: `not HTTP: there is no status ${digits}` }
}

/**
 * An HTTP status other than 2xx: where it points to or for how long, then the server's own words
 * where its body has some; of a page, those that are read, without its markup. Its
 * message is not cleaned.
 */
export function describeStatus(
  status: number,
  body: string,
  headers: Readonly<Record<string, string | undefined>>,
): Failure {
  const words = errorMessage(body) ?? markupWords(body) ?? body.trim()
  const location = headers.location === undefined ? '' : ` (redirect to ${headers.location})`
  const retry =
    headers['retry-after'] === undefined ? '' : ` (retry after ${headers['retry-after']})`
  const message = `HTTP ${status}${location}${retry}${words === '' ? '' : `: ${words}`}`
  return { kind: 'http_status', message }
}

/** Whether what came is no HTTP/1.1, as our own parser says it or that of undici. */
function isForeign(error: Error, code: string, answered: boolean): boolean {
  if (error instanceof ProtocolError) return true
  // An end within the body that was announced is no other language, only a broken connection.
  if (code === 'HPE_INVALID_EOF_STATE' || error.message.includes('(Invalid EOF state)'))
    return false
  // undici says so of every head that it does not understand behind a length.
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return !answered
  return error.name === 'HTTPParserError' || /^(HPE_|UND_ERR_HEADERS_OVERFLOW)/.test(code)
}

function isUnsendable(code: string): boolean {
  return /^(ERR_INVALID_|UND_ERR_(INVALID_ARG|NOT_SUPPORTED|REQ_CONTENT_LENGTH_MISMATCH)$)/.test(
    code,
  )
}

function isTls(code: string): boolean {
  return /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$)/.test(code)
}

const http2Message =
  'the server speaks HTTP/2 without TLS (h2c), slogate HTTP/1.1: give an address that answers HTTP/1.1'

/** Whether what the parser of HTTP/1 stumbled over begins with a SETTINGS frame, as HTTP/2 does. */
function speaksHttp2(error: Error): boolean {
  const { data } = error as { data?: unknown }
  if (typeof data !== 'string') return false
  // Three bytes of length, type 4, no flags, stream 0.
  return data.startsWith('\0\0') && data.startsWith('\u0004\0\0\0\0\0', 3)
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
