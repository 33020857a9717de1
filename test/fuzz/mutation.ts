import type { Chance } from './chance.ts'

/** Spoils a text in up to `most` places; `words` are what its readers look for. */
export function mutateText(
  text: string,
  chance: Chance,
  words: readonly string[],
  most = 4,
): string {
  let mutated = text
  for (const change of chance.some(1, most, () => chance.pick(textChanges))) {
    mutated = change(mutated, chance, words)
  }
  return mutated
}

type TextChange = (text: string, chance: Chance, words: readonly string[]) => string

const textChanges: readonly TextChange[] = [
  // A word put in.
  (text, chance, words) => splice(text, chance.below(text.length + 1), 0, chance.pick(words)),
  // A word put over something.
  (text, chance, words) =>
    splice(text, chance.below(text.length + 1), chance.below(12), chance.pick(words)),
  // A piece taken out.
  (text, chance) => splice(text, chance.below(text.length + 1), 1 + chance.below(20), ''),
  // A piece said again, up to some thousand times.
  (text, chance) => {
    const from = chance.below(text.length + 1)
    const piece = text.slice(from, from + 1 + chance.below(30))
    return splice(text, from, 0, piece.repeat(chance.happens(0.05) ? 2000 : 1 + chance.below(3)))
  },
  // A character turned into another.
  (text, chance) =>
    splice(text, chance.below(text.length + 1), 1, String.fromCharCode(drawCode(chance))),
  // A line moved.
  (text, chance) => {
    const lines = text.split('\n')
    const [line = ''] = lines.splice(chance.below(lines.length), 1)
    lines.splice(chance.below(lines.length + 1), 0, line)
    return lines.join('\n')
  },
  // The end cut off.
  (text, chance) => text.slice(0, chance.below(text.length + 1)),
]

function drawCode(chance: Chance): number {
  return chance.pick([
    () => chance.below(0x80),
    () => chance.below(0x20),
    () => 0x80 + chance.below(0x80),
    () => chance.below(0x10000),
    () => 0xd800 + chance.below(0x800),
    () => chance.pick([0x2028, 0x2029, 0x85, 0xfeff, 0x202e, 0x200b, 0xfffe]),
  ])()
}

function splice(text: string, from: number, length: number, put: string): string {
  return text.slice(0, from) + put + text.slice(from + length)
}

/** Spoils bytes in up to `most` places. */
export function mutateBytes(
  bytes: Uint8Array,
  chance: Chance,
  words: readonly string[],
  most = 4,
): Buffer {
  let mutated: Buffer = Buffer.from(bytes)
  for (const change of chance.some(1, most, () => chance.pick(byteChanges))) {
    mutated = change(mutated, chance, words)
  }
  return mutated
}

type ByteChange = (bytes: Buffer, chance: Chance, words: readonly string[]) => Buffer

const byteChanges: readonly ByteChange[] = [
  (bytes, chance) => put(bytes, chance.below(bytes.length + 1), 1, Buffer.of(chance.below(256))),
  (bytes, chance) => put(bytes, chance.below(bytes.length + 1), 1 + chance.below(20), empty),
  (bytes, chance, words) =>
    put(bytes, chance.below(bytes.length + 1), chance.below(6), Buffer.from(chance.pick(words))),
  (bytes, chance) => {
    const from = chance.below(bytes.length + 1)
    return put(bytes, from, 0, bytes.subarray(from, from + 1 + chance.below(200)))
  },
  (bytes, chance) => bytes.subarray(0, chance.below(bytes.length + 1)),
]

const empty = Buffer.alloc(0)

function put(bytes: Buffer, from: number, length: number, piece: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(from + length)])
}

/** Puts something else in one or more places of a JSON value; returns a copy. */
export function mutateValue(value: unknown, chance: Chance, most = 3): unknown {
  let mutated: unknown = structuredClone(value)
  for (let left = 1 + chance.below(most); left > 0; left--) mutated = mutateOnce(mutated, chance)
  return mutated
}

function mutateOnce(value: unknown, chance: Chance): unknown {
  if (typeof value !== 'object' || value === null || chance.happens(0.1)) return drawValue(chance)
  if (Array.isArray(value)) {
    const at = chance.below(value.length + 1)
    if (at === value.length) return [...(value as unknown[]), drawValue(chance)]
    if (chance.happens(0.2)) return value.toSpliced(at, 1)
    return value.with(at, mutateOnce(value[at], chance)) as unknown
  }
  const keys = Object.keys(value)
  if (keys.length === 0 || chance.happens(0.05)) {
    return {
      ...value,
      [chance.pick(['', 'x', '__proto__', 'constructor', 'name', 'url'])]: drawValue(chance),
    }
  }
  const key = chance.pick(keys)
  const copy: Record<string, unknown> = { ...value }
  if (chance.happens(0.15)) delete copy[key]
  else copy[key] = mutateOnce(copy[key], chance)
  return copy
}

function drawValue(chance: Chance): unknown {
  return chance.pick<unknown>([
    null,
    true,
    false,
    0,
    -1,
    1,
    0.5,
    1e21,
    -1e300,
    Number.MAX_SAFE_INTEGER,
    '',
    '0',
    'NaN',
    'infinite',
    '{{content}}',
    '${HOME}',
    '\u0000\u2028\ud800',
    'a'.repeat(5000),
    [],
    {},
    [[[[]]]],
    { a: { b: [1, { c: null }] } },
  ])
}
