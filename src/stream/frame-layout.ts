/**
 * Keys of a payload that no dialect reads in an event of text: what stands there differs from stream to
 * stream, or from event to event.
 */
export const unreadKeys: readonly string[] = [
  'id',
  'created',
  'request_id',
  'response_id',
  'responseId',
  'item_id',
  'sequence_number',
  'obfuscation',
]

/** An event as one stream writes it. */
export interface Pattern {
  /** The SSE `event:` field. */
  line: string | undefined
  /** Of its data: what is before its text, and what is behind. */
  prefix: string
  suffix: string
}

/** What stands between two pieces: the text of the event, the inside of another JSON string, or a number. */
export type Gap = 'text' | 'string' | 'digits'

/** An event as it is written, in pieces around what differs. */
export interface Layout {
  /** The SSE `event:` field. */
  line: string | undefined
  /** Of its data; one more than there are gaps. */
  pieces: readonly string[]
  gaps: readonly Gap[]
}

/** A string in its quotes, a bracket, or whatever else is a value. */
const jsonTokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]|[^\s"{}[\],:]+/g

/** All streams of a server have the same one, although each has an id of its own. */
export function findLayout({ line, prefix, suffix }: Pattern): Layout {
  const data = prefix + suffix
  const gaps = [
    ...findUnread(data),
    { from: prefix.length, to: prefix.length, gap: 'text' as const },
  ].toSorted((a, b) => a.from - b.from)
  const ends = [...gaps.map(({ from }) => from), data.length]
  return {
    line,
    pieces: ends.map((end, i) => data.slice(gaps[i - 1]?.to ?? 0, end)),
    gaps: gaps.map(({ gap }) => gap),
  }
}

/** Places of values that nobody reads; of an object's own, not of those within it. */
function findUnread(json: string): { from: number; to: number; gap: Gap }[] {
  const found: { from: number; to: number; gap: Gap }[] = []
  if (!json.startsWith('{')) return found
  let depth = 0
  let key: string | undefined
  for (const { 0: token, index } of json.matchAll(jsonTokens)) {
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') {
      depth--
      key = undefined
    } else if (depth !== 1) continue
    else if (key === undefined) key = token.slice(1, -1)
    else {
      const gap = unreadKeys.includes(key) ? gapOf(token) : undefined
      const quote = gap === 'string' ? 1 : 0
      const [from, to] = [index + quote, index + token.length - quote]
      if (gap !== undefined) found.push({ from, to, gap })
      key = undefined
    }
  }
  return found
}

/** `undefined`: such a value is no gap. */
function gapOf(token: string): Gap | undefined {
  if (token.startsWith('"')) return 'string'
  return /^(?:0|[1-9]\d*)$/.test(token) ? 'digits' : undefined
}
