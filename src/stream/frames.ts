import type { Template } from './shortcut.ts'

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

const [quote, backslash, u] = [0x22, 0x5c, 0x75]
const escapes = new Set(Buffer.from('"\\/bfnrt'))

/** Server-sent events that equal a template in all but their text, told by their bytes. */
export interface Frames {
  /** Whether one was found: others are then likely. */
  found(): boolean
  /**
   * Offset behind the whole frame, its blank line included, that begins at `from`, where an event
   * begins; -1: there is none, or it has to be read in full.
   */
  skip(bytes: Buffer, from: number): number
  /** Text of the frame that was skipped last. */
  text(bytes: Buffer): string
}

/** A frame around its text. */
interface Frame {
  before: Buffer
  behind: Buffer
}

export function createFrames(template: Template): Frames {
  let frame: Frame | undefined
  // What stands on several lines is written in more than one way.
  let attemptsLeft = /[\r\n]/.test(template.prefix + template.suffix) ? 0 : attempts
  let textStart = 0
  let textEnd = 0

  function fit(bytes: Buffer, from: number, { before, behind }: Frame): number {
    const start = from + before.length
    if (start + behind.length >= bytes.length) return -1
    if (before.compare(bytes, from, start) !== 0) return -1
    const end = findStringEnd(bytes, start)
    const next = end + behind.length
    if (end <= start || next > bytes.length || next - from > longest) return -1
    if (behind.compare(bytes, end, next) !== 0) return -1
    textStart = start
    textEnd = end
    return next
  }

  /** The way in which this server writes frames is found out by trying. */
  function search(bytes: Buffer, from: number): number {
    if (attemptsLeft-- <= 0) return -1
    for (const style of styles) {
      const written = writeFrame(template, style)
      const next = fit(bytes, from, written)
      if (next === -1) continue
      frame = written
      return next
    }
    return -1
  }

  return {
    found: () => frame !== undefined,
    skip: (bytes, from) => (frame === undefined ? search(bytes, from) : fit(bytes, from, frame)),
    text(bytes) {
      const inside = bytes.toString('utf8', textStart, textEnd)
      return inside.includes('\\') ? (JSON.parse(`"${inside}"`) as string) : inside
    },
  }
}

function writeFrame(
  { line, prefix, suffix }: Template,
  { blank, lineEnd }: (typeof styles)[number],
): Frame {
  const name = line === undefined ? '' : `event:${blank}${line}${lineEnd}`
  return {
    before: Buffer.from(`${name}data:${blank}${prefix}`),
    behind: Buffer.from(`${suffix}${lineEnd}${lineEnd}`),
  }
}

/**
 * Offset of the quote that ends the JSON string whose inside begins at `from`; -1: it does not end
 * here, or JSON forbids what is in it.
 */
function findStringEnd(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
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
