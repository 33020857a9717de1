import { refuse } from './protocol-error.ts'

/** The line in front of a chunk: its size in hexadecimal, and extensions, which mean nothing here. */
export interface ChunkLine {
  /**
   * Bytes of the chunk; only behind a `read` that did not return -1. No accessor: V8 looks one up anew
   * on each connection.
   */
  size(): number
  /** A new line begins. */
  begin(): void
  /** Whether nothing of it has come. */
  isNew(): boolean
  /**
   * Reads from `at` on. Returns the place behind the line, or -1: it has not ended.
   *
   * @throws ProtocolError for a byte that has no place there, and for a size of more than 64 bits.
   */
  read(bytes: Buffer, at: number, end: number): number
}

const [tab, lf, cr, blank, quote, semicolon, equals, backslash] = [9, 10, 13, 32, 34, 59, 61, 92]

/** The value of a hexadecimal digit, 16 of any other byte. */
export const hexDigits: Uint8Array = new Uint8Array(256).fill(16)
for (let value = 0; value < 16; value++) {
  const digit = value.toString(16)
  hexDigits[digit.charCodeAt(0)] = value
  hexDigits[digit.toUpperCase().charCodeAt(0)] = value
}

/** Bytes of the name and the bare value of an extension. */
const isToken = new Uint8Array(256)
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  isToken[char.charCodeAt(0)] = 1
}

/** `extension`: behind a semicolon; `escape`: behind a backslash within quotes; `closed`: behind them. */
type Inside =
  | 'begin'
  | 'size'
  | 'extension'
  | 'name'
  | 'value'
  | 'quoted'
  | 'escape'
  | 'closed'
  | 'end'

/** Line ends without CR and blanks are refused, as by Node's own parser. */
export function createChunkLine(): ChunkLine {
  let inside: Inside = 'begin'
  let size = 0
  /** Digits of the size without zeros in front. */
  let count = 0

  /** What the byte leads to; `undefined`: it has no place there. */
  function next(byte: number): Inside | undefined {
    switch (inside) {
      case 'begin':
        return undefined
      case 'size':
      case 'closed':
        break
      case 'extension':
      case 'name':
        if (byte === cr && inside === 'extension') return undefined
        if (isToken[byte] === 1) return 'name'
        if (byte === equals) return 'value'
        break
      case 'value':
        if (byte === quote) return 'quoted'
        if (isToken[byte] === 1) return 'value'
        break
      case 'quoted':
        if (byte === quote) return 'closed'
        if (byte === backslash) return 'escape'
        return isText(byte) ? 'quoted' : undefined
      case 'escape':
        return isText(byte) ? 'quoted' : undefined
      case 'end':
        return undefined
    }
    if (byte === cr) return 'end'
    return byte === semicolon ? 'extension' : undefined
  }

  return {
    size: () => size,
    begin() {
      inside = 'begin'
      size = 0
      count = 0
    },
    isNew: () => inside === 'begin',
    read(bytes, from, end) {
      for (let at = from; at < end; at++) {
        const byte = bytes[at] as number
        const digit = hexDigits[byte] as number
        if (digit < 16 && (inside === 'size' || inside === 'begin')) {
          if (digit > 0 || count > 0) count++
          if (count > 16) throw refuse('Chunk size overflow', bytes, at, end)
          inside = 'size'
          size = size * 16 + digit
          continue
        }
        if (inside === 'end') {
          if (byte === lf) return at + 1
          throw refuse('Expected LF after chunk size', bytes, at, end)
        }
        const then = next(byte)
        if (then === undefined) throw refuse(reasons[inside], bytes, at, end)
        inside = then
      }
      return -1
    },
  }
}

function isText(byte: number): boolean {
  return byte === tab || (byte >= blank && byte !== 127)
}

const reasons: Record<Exclude<Inside, 'end'>, string> = {
  begin: 'Invalid character in chunk size',
  size: 'Invalid character in chunk size',
  extension: 'Invalid character in chunk extensions',
  name: 'Invalid character in chunk extensions name',
  value: 'Invalid character in chunk extensions value',
  quoted: 'Invalid character in chunk extensions quoted value',
  escape: 'Invalid quoted-pair in chunk extensions quoted value',
  closed: 'Invalid character in chunk extensions quote value',
}
