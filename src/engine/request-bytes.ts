import type { PreparedRequest } from '../bench-spec/template.ts'

/** A request that cannot be written as HTTP/1.1. */
class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code = 'ERR_INVALID_REQUEST'
}

/** A request as it goes over the wire. */
export interface RequestBytes {
  bytes: Buffer
  /** Whom it asks for, with the port where it has one. */
  host: string
  /** Whether it tells the server to close the connection behind the answer. */
  closes: boolean
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const invalidValue = /[^\t\x20-\x7e\x80-\xff]/
const withPayload = ['PUT', 'POST', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH']

/**
 * Head and body in one piece. What says how long the body is and what becomes of the connection is
 * written here: such headers of the request may only agree with it.
 *
 * @throws RequestError for a method or header that would be another request on the wire.
 */
export function renderRequest(
  { method, headers, body = '' }: PreparedRequest,
  url: URL,
  keepAlive: boolean,
): RequestBytes {
  if (!token.test(method)) throw new RequestError('invalid request method')
  const length = Buffer.byteLength(body)
  let asked: string | undefined
  let closes = !keepAlive
  let announced: number | undefined
  let lines = ''
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase()
    if (!token.test(name)) throw new RequestError('invalid header key')
    if (invalidValue.test(value)) throw new RequestError(`invalid ${name} header`)
    switch (key) {
      case 'host':
        if (asked !== undefined) throw new RequestError('duplicate host header')
        asked = value
        break
      case 'content-length':
        if (announced !== undefined) throw new RequestError('duplicate content-length header')
        if (!/^\d+$/.test(value)) throw new RequestError('invalid content-length header')
        announced = Number(value)
        break
      case 'connection': {
        const options = value.split(',').map((option) => option.trim())
        if (!options.every((option) => token.test(option))) {
          throw new RequestError('invalid connection header')
        }
        closes ||= options.some((option) => option.toLowerCase() === 'close')
        break
      }
      case 'transfer-encoding':
      case 'keep-alive':
      case 'upgrade':
        throw new RequestError(`invalid ${key} header`)
      case 'expect':
        throw new RequestError('expect header not supported')
      default:
        lines += `${name}: ${value}\r\n`
    }
  }
  if (announced !== undefined && announced !== length && length > 0) {
    throw new RequestError('Request body length does not match content-length header')
  }
  if (length > 0 || withPayload.includes(method)) lines += `content-length: ${length}\r\n`
  const host = asked ?? url.host
  const head =
    `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${host}\r\n` +
    `connection: ${closes ? 'close' : 'keep-alive'}\r\n${lines}\r\n`
  const bytes = Buffer.allocUnsafe(head.length + length)
  bytes.write(head, 'latin1')
  bytes.write(body, head.length)
  return { bytes, host, closes }
}
