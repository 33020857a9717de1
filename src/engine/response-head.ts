import { createHeaderLines } from './header-lines.ts'
import { mismatch, refuse } from './protocol-error.ts'

/** A status line and its headers. */
export interface ResponseHead {
  /** Three digits, so 0–999. */
  status: number
  headers: Readonly<Record<string, string | string[]>>
  /** Whether version and headers let the connection be kept. */
  keepAlive: boolean
  /** How long a body is, by the headers alone; `closed`: up to the end of the connection. */
  body: { kind: 'sized'; size: number } | { kind: 'chunked' } | { kind: 'closed' }
}

export interface HeadReader {
  /** What was read; only behind a `read` that did not return -1. */
  head(): ResponseHead
  /** A new head begins. */
  begin(): void
  /**
   * Reads from `at` on. Returns the place behind the head, or -1: it has not ended.
   *
   * @throws ProtocolError
   */
  read(bytes: Buffer, at: number, end: number): number
}

const [lf, cr, blank] = [10, 13, 32]

/** The pattern of a status line up to the digits of its status; `d`: any digit. */
const opening = 'HTTP/d.d ddd'
const reasons = ['Invalid major version', 'Expected dot', 'Invalid minor version']
const versions = ['0.9', '1.0', '1.1', '2.0']

export function createHeadReader(): HeadReader {
  const lines = createHeaderLines()
  let inside: 'opening' | 'status-end' | 'reason' | 'line-end' | 'headers' = 'opening'
  /** As much of the status line as `opening` describes. */
  let line = ''
  let head: ResponseHead = { status: 0, headers: {}, keepAlive: false, body: { kind: 'closed' } }

  function checkOpening(byte: number): string | undefined {
    const place = line.length
    const expected = opening[place]
    const fits = expected === 'd' ? byte >= 48 && byte <= 57 : expected?.charCodeAt(0) === byte
    if (!fits) {
      if (place < 5) return 'Expected HTTP/'
      if (place < 8) return reasons[place - 5]
      return place === 8 ? 'Expected space after version' : 'Invalid status code'
    }
    line += String.fromCharCode(byte)
    const isWhole = line.length === 8
    return isWhole && !versions.includes(line.slice(5)) ? 'Invalid HTTP version' : undefined
  }

  return {
    head: () => head,
    begin() {
      inside = 'opening'
      line = ''
    },
    read(bytes, from, end) {
      let at = from
      for (; at < end && inside !== 'headers'; at++) {
        const byte = bytes[at] as number
        if (inside === 'opening') {
          const wrong = checkOpening(byte)
          if (wrong !== undefined) throw refuse(wrong, bytes, at, end)
          if (line.length === opening.length) inside = 'status-end'
        } else if (inside === 'line-end') {
          // A CR passes too, as it does with Node's own parser.
          if (byte !== lf && byte !== cr) throw refuse('Expected LF after CR', bytes, at, end)
          inside = 'headers'
          lines.begin(true)
        } else if (byte === cr) inside = 'line-end'
        else if (byte === lf)
          throw refuse('Missing expected CR after response line', bytes, at, end)
        else if (inside === 'status-end') {
          if (byte !== blank) throw refuse('Invalid response status', bytes, at, end)
          inside = 'reason'
        }
      }
      if (inside !== 'headers') return -1
      const next = lines.read(bytes, at, end)
      if (next !== -1) head = describe(line, lines.values())
      return next
    },
  }
}

function describe(line: string, headers: ResponseHead['headers']): ResponseHead {
  const status = Number(line.slice(9))
  const options = listOf(headers.connection).flatMap((value) =>
    value.split(',').map((option) => option.trim().toLowerCase()),
  )
  const keeps =
    line.slice(5, 8) === '1.1' ? !options.includes('close') : options.includes('keep-alive')
  return { status, headers, keepAlive: keeps, body: frame(status, headers) }
}

/** @throws ProtocolError where the headers contradict each other. */
function frame(status: number, headers: ResponseHead['headers']): ResponseHead['body'] {
  const codings = listOf(headers['transfer-encoding']).filter((value) => value !== '')
  const [length] = listOf(headers['content-length'])
  if (length !== undefined && codings.length > 0) {
    throw mismatch("Content-Length can't be present with Transfer-Encoding")
  }
  if (length !== undefined && !/^\d+[ \t]*$/.test(length)) {
    throw mismatch('Invalid character in Content-Length')
  }
  if (length !== undefined && BigInt(length.trim()) > 0xffff_ffff_ffff_ffffn) {
    throw mismatch('Content-Length overflow')
  }
  if (codings.length > 0) {
    // Of several the last decides, and of its codings the outermost.
    const isChunked = /(?:^|,[ \t]*)chunked *$/i.test(codings.at(-1) ?? '')
    return { kind: isChunked ? 'chunked' : 'closed' }
  }
  return length === undefined ? { kind: 'closed' } : { kind: 'sized', size: Number(length) }
}

function listOf(value: string | string[] | undefined): string[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}
