import { closeSync, openSync, readSync } from 'node:fs'
import { constants, crc32, inflateRawSync } from 'node:zlib'

/** Bytes that are read at once; more only for a member that is longer. */
const readAtOnce = 1 << 20

/**
 * The lines of a file of gzip members, one member after the other, so that a large one takes no more
 * room than its longest member. Of a file that ends too early, as after a kill, those that are whole.
 * @throws what `refuse` makes, when it is not gzip.
 * @throws Error of the system when it cannot be read.
 */
export function* readGzipLines(path: string, refuse: () => Error): Generator<string> {
  const descriptor = openSync(path, 'r')
  let rest: Uint8Array = new Uint8Array(0)
  try {
    for (const { bytes, isCut } of readMembers(descriptor, refuse)) {
      const text = Buffer.concat([rest, bytes])
      let from = 0
      for (let end = text.indexOf(lineEnd); end !== -1; end = text.indexOf(lineEnd, from)) {
        yield text.toString('utf8', from, end)
        from = end + 1
      }
      rest = isCut ? new Uint8Array(0) : text.subarray(from)
    }
    if (rest.length > 0) yield Buffer.from(rest).toString()
  } finally {
    closeSync(descriptor)
  }
}

const lineEnd = 0x0a

/** What a member holds, or what is there of one. */
interface Member {
  bytes: Buffer
  isCut: boolean
}

function* readMembers(descriptor: number, refuse: () => Error): Generator<Member> {
  let window = Buffer.alloc(0)
  let wanted = readAtOnce
  let isEnd = false
  for (;;) {
    let found = openMember(window, refuse)
    while (found === undefined && !isEnd) {
      const more = read(descriptor, wanted)
      isEnd = more.length < wanted
      window = Buffer.concat([window, more])
      found = openMember(window, refuse)
      wanted *= 2
    }
    wanted = readAtOnce
    if (found === undefined) {
      // The end of the file, or of what was written of it.
      if (window.length > 0) yield { bytes: salvage(window, refuse), isCut: true }
      return
    }
    window = window.subarray(found.length)
    yield { bytes: found.bytes, isCut: false }
  }
}

function read(descriptor: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let filled = 0
  for (;;) {
    const count = readSync(descriptor, bytes, filled, length - filled, null)
    filled += count
    if (count === 0 || filled === length) return bytes.subarray(0, filled)
  }
}

/** Content and length of the first member; `undefined`: its end is not there. */
function openMember(
  bytes: Buffer,
  refuse: () => Error,
): { bytes: Buffer; length: number } | undefined {
  const start = skipHeader(bytes, refuse)
  if (start === undefined) return undefined
  const inflated = inflate(bytes.subarray(start), refuse)
  if (inflated === undefined) return undefined
  const end = start + inflated.read
  if (bytes.length < end + trailer) return undefined
  if (bytes.readUInt32LE(end) !== crc32(inflated.bytes)) throw refuse()
  return { bytes: inflated.bytes, length: end + trailer }
}

/** Bytes of the checksum and the size behind a member. */
const trailer = 8

function inflate(bytes: Buffer, refuse: () => Error): { bytes: Buffer; read: number } | undefined {
  try {
    const { buffer, engine } = inflateRawSync(bytes, { info: true }) as unknown as {
      buffer: Buffer
      engine: { bytesWritten: number }
    }
    return { bytes: buffer, read: engine.bytesWritten }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR') return undefined
    throw refuse()
  }
}

/** What can be read of a member whose end is missing. */
function salvage(bytes: Buffer, refuse: () => Error): Buffer {
  const start = skipHeader(bytes, refuse)
  if (start === undefined) return Buffer.alloc(0)
  try {
    return inflateRawSync(bytes.subarray(start), { finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    throw refuse()
  }
}

/** What a member begins with: the magic number, and the one method of compression there is. */
const magic = [0x1f, 0x8b, 0x08]

/** Length of a header without what may follow it. */
const shortest = 10

/** Bits of its fourth byte, for what may. */
const flags = { checksum: 2, extra: 4, name: 8, comment: 16 }

/** Length of the header (RFC 1952); `undefined`: its end is not there. */
function skipHeader(bytes: Buffer, refuse: () => Error): number | undefined {
  if (!magic.every((byte, place) => (bytes[place] ?? byte) === byte)) throw refuse()
  const has = (flag: number): boolean => ((bytes[3] ?? 0) & flag) !== 0
  if (bytes.length < shortest) return undefined
  let at = shortest
  if (has(flags.extra)) at += bytes.length < at + 2 ? Infinity : 2 + bytes.readUInt16LE(at)
  for (const text of [flags.name, flags.comment]) {
    if (has(text)) at = bytes.indexOf(0, at) + 1 || Infinity
  }
  if (has(flags.checksum)) at += 2
  return at <= bytes.length ? at : undefined
}
