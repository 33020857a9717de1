/** Python's names of encodings that `TextDecoder` knows under another one. */
const aliases: ReadonlyMap<string, string> = new Map([
  ['ascii', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['u8', 'utf-8'],
  ['utf', 'utf-8'],
  ['utf-8-sig', 'utf-8'],
  ['utf-16-le', 'utf-16le'],
  ['utf-16-be', 'utf-16be'],
  ['936', 'gbk'],
  ['cp936', 'gbk'],
  ['ms936', 'gbk'],
  ['euc-cn', 'gbk'],
  ['gb18030-2000', 'gb18030'],
  ['cp950', 'big5'],
  ['ms950', 'big5'],
  ['950', 'big5'],
  ['hkscs', 'big5'],
  ['cp932', 'shift_jis'],
  ['932', 'shift_jis'],
  ['s-jis', 'shift_jis'],
  ['shiftjis', 'shift_jis'],
  ['eucjp', 'euc-jp'],
  ['ujis', 'euc-jp'],
  ['cp949', 'euc-kr'],
  ['949', 'euc-kr'],
  ['ms949', 'euc-kr'],
  ['uhc', 'euc-kr'],
  ['euckr', 'euc-kr'],
  ['latin', 'latin1'],
  ['latin-1', 'latin1'],
  ['iso-8859-1', 'latin1'],
])

/** `TextDecoder`'s name of an encoding, Python's spellings included; `undefined` if there is none. */
export function findEncoding(name: string): string | undefined {
  const dashed = name.trim().toLowerCase().replaceAll('_', '-')
  for (const label of [aliases.get(dashed) ?? dashed, name]) {
    try {
      return new TextDecoder(label).encoding
    } catch {
      continue
    }
  }
  return undefined
}

export type Decoded =
  | { text: string; doubt?: string }
  /** `offset` of the first byte that is part of no character. */
  | { offset: number; byte: number; line: number; candidates: readonly string[] }

/** What files are likely to be in when they are not in what was said. */
const likely = ['gbk', 'big5', 'shift_jis', 'euc-kr']

/** Decodes strictly; a byte order mark is left out. `encoding` as `findEncoding` returns it. */
export function decodeText(bytes: Uint8Array, encoding: string): Decoded {
  const text = tryDecode(bytes, encoding)
  const mark = findByteOrderMark(bytes)
  if (text !== undefined && (mark === undefined || mark === encoding)) {
    const readable = encoding !== 'utf-8' && bytes.some((byte) => byte > 0x7f) && mark === undefined
    const doubtful = readable && tryDecode(bytes, 'utf-8') !== undefined
    return doubtful ? { text, doubt: 'utf-8' } : { text }
  }
  const offset = text === undefined ? findFaultyByte(bytes, encoding) : 0
  const line = bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1
  const candidates = mark === undefined ? listCandidates(bytes) : [mark]
  return { offset, byte: bytes[offset] ?? 0, line, candidates }
}

function tryDecode(bytes: Uint8Array, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function listCandidates(bytes: Uint8Array): string[] {
  // Hardly any text of another encoding happens to be valid UTF-8.
  if (tryDecode(bytes, 'utf-8') !== undefined) return ['utf-8']
  return likely.filter((encoding) => tryDecode(bytes, encoding) !== undefined)
}

function findByteOrderMark([first, second, third]: Uint8Array): string | undefined {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return undefined
}

/** A prefix fails for good once it holds the faulty byte, so the shortest one is found by halving. */
function findFaultyByte(bytes: Uint8Array, encoding: string): number {
  const isSound = (length: number): boolean => {
    try {
      const decoder = new TextDecoder(encoding, { fatal: true })
      decoder.decode(bytes.subarray(0, length), { stream: true })
      return true
    } catch {
      return false
    }
  }
  let sound = 0
  let faulty = bytes.length + 1
  while (faulty - sound > 1) {
    const middle = (sound + faulty) >> 1
    if (isSound(middle)) sound = middle
    else faulty = middle
  }
  // Bytes before it may have begun a character that it did not continue.
  while (sound > 0 && tryDecode(bytes.subarray(0, sound), encoding) === undefined) sound--
  return sound
}
