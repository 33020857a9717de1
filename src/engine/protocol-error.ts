/** What a server sent is no HTTP/1.1. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  /** What came from the first wrong byte on, of the read it was in, as Latin-1. */
  readonly data: string

  constructor(message: string, data = '') {
    super(message)
    this.data = data
  }
}

/** What `reason` says of the response, in the words that Node's own parser has for it. */
export function mismatch(reason: string, data = ''): ProtocolError {
  return new ProtocolError(`Response does not match the HTTP/1.1 protocol (${reason})`, data)
}

/** The byte at `at` has no place there. */
export function refuse(reason: string, bytes: Buffer, at: number, end: number): ProtocolError {
  return mismatch(reason, bytes.toString('latin1', at, end))
}
