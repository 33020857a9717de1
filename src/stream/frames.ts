import { findLayout, type Gap, type Layout, type Pattern } from './frame-layout.ts'

/** Larger frames are rare. */
const longest = 65_536

/** How many frames that are written in no known way are looked at. */
const attempts = 4

/** What servers do with the blank behind a colon and with the end of a line. */
const styles = [
  { blank: ' ', lineEnd: '\n' },
  { blank: '', lineEnd: '\n' },
  { blank: ' ', lineEnd: '\r\n' },
  { blank: '', lineEnd: '\r\n' },
] as const

const [quote, backslash, u, zero, nine] = [0x22, 0x5c, 0x75, 0x30, 0x39]
const escapes = new Set(Buffer.from('"\\/bfnrt'))

/** Server-sent events that equal a pattern in all but their text and what nobody reads, told by their bytes. */
export interface Frames {
  /** What they are like, once one was found: others are then likely. */
  found(): Frame | undefined
  /**
   * Offset behind the whole frame, its blank line included, that begins at `from`, where an event
   * begins; -1: there is none, or it has to be read in full.
   */
  skip(bytes: Buffer, from: number): number
  /** Text of the frame that begins at `from`, which was skipped. */
  text(bytes: Buffer, from: number): string
}

/** A layout as bytes: pieces, and what stands between two of them. */
export interface Frame {
  pieces: readonly Piece[]
  gaps: readonly Gap[]
}

/** Bytes that are compared four at a time. */
interface Piece {
  bytes: Uint8Array
  /** Of them as many as make whole words, little-endian. */
  words: Int32Array
}

/**
 * The frames of a layout in each style. Streams share them: what each of them had of its own would be
 * out of the processor's caches whenever the next of its events comes.
 */
const written = new Map<string, readonly Frame[]>()

/** Layouts that are kept; of further ones each stream has frames of its own. */
const mostLayouts = 64

export function createFrames(pattern: Pattern): Frames {
  const frames = shareFrames(pattern)
  let frame: Frame | undefined
  // What stands on several lines is written in more than one way.
  let attemptsLeft = /[\r\n]/.test(pattern.prefix + pattern.suffix) ? 0 : attempts

  /** The way in which this server writes frames is found out by trying. */
  function search(bytes: Buffer, from: number): number {
    if (attemptsLeft-- <= 0) return -1
    for (const each of frames) {
      const next = skipFrame(each, bytes, from, bytes.length)
      if (next === -1) continue
      frame = each
      return next
    }
    return -1
  }

  return {
    found: () => frame,
    skip: (bytes, from) =>
      frame === undefined ? search(bytes, from) : skipFrame(frame, bytes, from, bytes.length),
    text(bytes, from) {
      const [start, end] = frame === undefined ? [from, from] : findText(frame, bytes, from)
      const inside = bytes.toString('utf8', start, end)
      return inside.includes('\\') ? (JSON.parse(`"${inside}"`) as string) : inside
    },
  }
}

/** Offset behind the frame of this kind that begins at `from` and ends before `to`; -1: there is none. */
export function skipFrame(
  { pieces, gaps }: Frame,
  bytes: Buffer,
  from: number,
  to: number,
): number {
  const view = viewOf(bytes)
  let at = skipPiece(view, from, to, pieces[0] as Piece)
  for (let i = 0; at !== -1 && i < gaps.length; i++) {
    const start = at
    at = skipGap(gaps[i] as Gap, bytes, at, to)
    if (at === -1 || (at === start && gaps[i] === 'text')) return -1
    at = skipPiece(view, at, to, pieces[i + 1] as Piece)
  }
  return at - from > longest ? -1 : at
}

/** Where the text of such a frame is. */
function findText({ pieces, gaps }: Frame, bytes: Buffer, from: number): [number, number] {
  let at = from
  for (const [i, gap] of gaps.entries()) {
    const start = at + (pieces[i]?.bytes.length ?? 0)
    at = skipGap(gap, bytes, start, bytes.length)
    if (gap === 'text') return [start, at]
  }
  return [from, from]
}

function skipGap(gap: Gap, bytes: Buffer, from: number, to: number): number {
  return gap === 'digits' ? skipDigits(bytes, from, to) : findStringEnd(bytes, from, to)
}

function shareFrames(pattern: Pattern): readonly Frame[] {
  const layout = findLayout(pattern)
  const key = JSON.stringify(layout)
  const known = written.get(key) ?? styles.map((style) => writeFrame(layout, style))
  if (written.size < mostLayouts) written.set(key, known)
  return known
}

function writeFrame(
  { line, pieces, gaps }: Layout,
  { blank, lineEnd }: (typeof styles)[number],
): Frame {
  const name = line === undefined ? '' : `event:${blank}${line}${lineEnd}`
  const last = pieces.length - 1
  return {
    pieces: pieces.map((piece, i) => {
      const before = i === 0 ? `${name}data:${blank}` : ''
      return toPiece(before + piece + (i === last ? lineEnd + lineEnd : ''))
    }),
    gaps,
  }
}

function toPiece(text: string): Piece {
  const bytes = Buffer.from(text)
  const words = Int32Array.from({ length: Math.floor(bytes.length / 4) }, (_, i) =>
    bytes.readInt32LE(4 * i),
  )
  return { bytes, words }
}

/** Offset behind these bytes; -1: there are others. */
function skipPiece(view: DataView, from: number, to: number, { bytes, words }: Piece): number {
  const { length } = bytes
  if (from + length > to) return -1
  for (let i = 0; i < words.length; i++) {
    if (view.getInt32(from + 4 * i, true) !== words[i]) return -1
  }
  for (let i = 4 * words.length; i < length; i++) {
    if (view.getUint8(from + i) !== bytes[i]) return -1
  }
  return from + length
}

/** The buffer that was looked at last, which is nearly always the one that all sockets read into. */
let viewed: { bytes: Buffer; view: DataView } | undefined

function viewOf(bytes: Buffer): DataView {
  if (viewed?.bytes !== bytes) {
    viewed = { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
  }
  return viewed.view
}

/** Offset behind a whole number, as JSON writes one; -1: there is none. */
function skipDigits(bytes: Buffer, from: number, to: number): number {
  let at = from
  while (at < to && (bytes[at] as number) >= zero && (bytes[at] as number) <= nine) at++
  const isNumber = at === from + 1 || (at > from && bytes[from] !== zero)
  return isNumber ? at : -1
}

/**
 * Offset of the quote that ends the JSON string whose inside begins at `from`; -1: it does not end
 * before `to`, or JSON forbids what is in it.
 */
function findStringEnd(bytes: Buffer, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number
    if (byte === quote) return at
    if (byte < 0x20) return -1
    if (byte !== backslash) continue
    const escape = bytes[++at]
    if (escape === u) {
      if (!/^[0-9a-fA-F]{4}$/.test(bytes.toString('latin1', at + 1, at + 5))) return -1
      at += 4
    } else if (escape === undefined || !escapes.has(escape)) return -1
  }
  return -1
}
