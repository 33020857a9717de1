import { ProtocolError, refuse } from './protocol-error.ts'

/** Bytes of all names and values of one head; so many and it is refused, as Node does. */
const sizeLimit = 16_384

/** The header lines of a response, or those behind its last chunk, wherever the reads cut them. */
export interface HeaderLines {
  /** By name in lower case, of Latin-1; a name that came several times has a list. */
  values(): Readonly<Record<string, string | string[]>>
  /** Begins a new list of lines. `first`: straight behind a status line. */
  begin(first: boolean): void
  /**
   * Reads from `at` on. Returns the place behind the blank line that ends them, or -1: it has not come.
   *
   * @throws ProtocolError for a byte that has no place there, and for lines that are too long.
   */
  read(bytes: Buffer, at: number, end: number): number
}

const [tab, lf, cr, blank, colon] = [9, 10, 13, 32, 58]

/** Bytes that a name may have. */
const isToken = new Uint8Array(256)
for (const char of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
  isToken[char.charCodeAt(0)] = 1
}

/** Bytes that a value may have. */
const isText = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === tab || (byte >= blank && byte !== 127) ? 1 : 0,
)

/** Bytes that the value of `content-length` may have. */
const isLength = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === tab || byte === blank || (byte >= 48 && byte <= 57) ? 1 : 0,
)

/** `gap`: between the colon and the value; `fold`: where a line of blanks would go on with the one before. */
type Inside =
  | 'first'
  | 'start'
  | 'name'
  | 'gap'
  | 'gap-end'
  | 'value'
  | 'value-end'
  | 'fold'
  | 'end'

/** Folded lines, line ends without CR and blanks in front of the colon are refused, as by Node's own parser. */
export function createHeaderLines(): HeaderLines {
  let values: Record<string, string | string[]> = {}
  let inside: Inside = 'start'
  let name = ''
  /** Bytes that the value of that name may have. */
  let allowed = isText
  /** What earlier reads have brought of the name or the value that is being read. */
  let begun = ''
  let size = 0

  function grow(text: string): string {
    const whole = begun + text
    begun = ''
    size += whole.length
    checkSize(0)
    return whole
  }

  function checkSize(more: number): void {
    if (size + more >= sizeLimit) throw new ProtocolError('Headers Overflow Error')
  }

  function keep(value: string): void {
    const before = values[name]
    if (before === undefined) values[name] = value
    else if (Array.isArray(before)) before.push(value)
    else values[name] = [before, value]
  }

  return {
    values: () => values,
    begin(first) {
      values = Object.create(null) as typeof values
      inside = first ? 'first' : 'start'
      begun = ''
      size = 0
    },
    read(bytes, from, end) {
      let at = from
      /** Where the name or the value begins, of what this read has brought. */
      let start = from
      for (; at < end; at++) {
        const byte = bytes[at] as number
        switch (inside) {
          case 'name':
            if (isToken[byte] === 1) continue
            if (byte !== colon) throw refuse('Invalid header token', bytes, at, end)
            name = grow(bytes.toString('latin1', start, at)).toLowerCase()
            allowed = name === 'content-length' ? isLength : isText
            if (allowed === isLength && values[name] !== undefined) {
              throw refuse('Content-Length already present', bytes, at, end)
            }
            inside = 'gap'
            continue
          case 'value':
            if (allowed[byte] === 1) continue
            if (byte === lf) {
              throw refuse('Missing expected CR after header value', bytes, at, end)
            }
            if (byte !== cr) throw refuse('Invalid header value char', bytes, at, end)
            keep(grow(bytes.toString('latin1', start, at)))
            inside = 'value-end'
            continue
          case 'gap':
            if (byte === blank || byte === tab) continue
            if (byte === cr) {
              inside = 'gap-end'
              continue
            }
            if (allowed[byte] !== 1) throw refuse('Invalid header value char', bytes, at, end)
            start = at
            inside = 'value'
            continue
          case 'gap-end':
          case 'value-end':
            if (byte !== lf) throw refuse('Expected LF after header value', bytes, at, end)
            if (inside === 'gap-end') {
              if (allowed === isLength) throw refuse('Empty Content-Length', bytes, at, end)
              keep('')
            }
            inside = 'fold'
            continue
          case 'first':
          case 'fold':
            if (byte === blank || (byte === tab && inside === 'fold')) {
              throw refuse('Unexpected whitespace in front of a header', bytes, at, end)
            }
            break
          case 'end':
            if (byte !== lf) throw refuse('Expected LF after headers', bytes, at, end)
            return at + 1
          case 'start':
        }
        if (byte === cr) inside = 'end'
        else if (isToken[byte] === 1) {
          start = at
          inside = 'name'
        } else throw refuse('Invalid header token', bytes, at, end)
      }
      if (inside === 'name' || inside === 'value') {
        begun += bytes.toString('latin1', start, end)
        checkSize(begun.length)
      }
      return -1
    },
  }
}
