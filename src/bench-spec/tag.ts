/** What a request must be for an SLO to be about it: `stage=peak`, `topic=bill*`, `turn=2..`. */
export interface Tag {
  name: string
  value: TagValue
}

export type TagValue =
  /** Exactly this, whatever it holds. */
  | { kind: 'text'; text: string }
  /** With `*` for any characters. */
  | { kind: 'glob'; pattern: string }
  /** Numbers, both ends included; `undefined`: open there. */
  | { kind: 'range'; from?: number; to?: number }

/** Whether what a request has is what a tag asks for. */
export function matchesTag(value: TagValue, actual: string): boolean {
  switch (value.kind) {
    case 'text':
      return actual === value.text
    case 'glob':
      return matchesGlob(value.pattern, actual)
    case 'range': {
      const number = actual.trim() === '' ? Number.NaN : Number(actual)
      const { from = -Infinity, to = Infinity } = value
      return number >= from && number <= to
    }
  }
}

function matchesGlob(pattern: string, text: string): boolean {
  const [first = '', ...others] = pattern.split('*')
  const last = others.pop() ?? ''
  if (text.length < first.length + last.length) return false
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const part of others) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}

/** `{stage=peak, topic=bill*}`; empty for none. */
export function formatTags(tags: readonly Tag[] = []): string {
  return joinTags(tags.map(({ name, value }) => ({ name, value: formatTagValue(value) })))
}

/** The same of values that are written already. */
export function joinTags(tags: readonly { name: string; value: string }[]): string {
  const pairs = tags.map(({ name, value }) => `${quote(name)}=${value}`)
  return pairs.length === 0 ? '' : `{${pairs.join(', ')}}`
}

/** As it is written behind the name: `peak`, `bill*`, `2..`. */
export function formatTagValue(value: TagValue): string {
  switch (value.kind) {
    case 'text':
      return /\*|\.\./.test(value.text) ? JSON.stringify(value.text) : quote(value.text)
    case 'glob':
      return quote(value.pattern)
    case 'range':
      return `${value.from ?? ''}..${value.to ?? ''}`
  }
}

/** Whatever would be read as something else, or breaks a line, is written in quotes. */
function quote(text: string): string {
  const isPlain = /^[^\s"{},=\p{Cc}](?:[^"{},=\p{Cc}]*[^\s"{},=\p{Cc}])?$/u.test(text)
  return isPlain ? text : JSON.stringify(text)
}
