import type { Span } from './rewriting.ts'
import { createSearch, type Finding } from './secret-search.ts'
import type { Secret } from './spec.ts'

/** Takes secrets out of texts; a label stands in the place of each. */
export interface Redactor {
  redact(text: string): string
  /**
   * The first `limit` UTF-16 units of a text, redacted. A secret that goes on behind them is
   * replaced as well, if `reach` more units of the text are there to see.
   */
  redactStart(text: string, limit: number): string
  /** Where secrets are, in order, without overlaps. */
  find(text: string): readonly Span[]
  /** UTF-16 units in which the longest secret can be seen, however it is escaped; 0: there is none. */
  readonly reach: number
}

/** UTF-16 units that one of a secret may take: `\u0061` in a query is `%5Cu0061`, in hexadecimal 12. */
const widest = 12

/** Finds secrets in every form that `createSearch` knows. */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  if (secrets.length === 0) return noRedactor
  const search = createSearch(secrets)
  const reach = widest * secrets.reduce((most, { value }) => Math.max(most, value.length), 0)
  return {
    reach,
    find: search,
    redact: (text) => replace(text, search(text)),
    redactStart(text, limit) {
      const seen = text.slice(0, limit + reach)
      const findings = search(seen).filter(({ start }) => start < limit)
      return replace(seen.slice(0, Math.max(limit, findings.at(-1)?.end ?? 0)), findings)
    },
  }
}

const noRedactor: Redactor = {
  reach: 0,
  find: () => [],
  redact: (text) => text,
  redactStart: (text, limit) => text.slice(0, limit),
}

/**
 * Makes a function that overwrites secrets in the bytes of a text with stars, so that every other byte
 * keeps its place. It changes what it is given.
 */
export function createByteMask(secrets: readonly Secret[]): (bytes: Buffer) => void {
  // A unit for each byte: what is beyond ASCII is looked for in that form as well.
  const asBytes = secrets.map(({ value, label }) => {
    return { value: Buffer.from(value).toString('latin1'), label }
  })
  const search = createSearch([...secrets, ...asBytes])
  return (bytes) => {
    for (const { start, end } of search(bytes.toString('latin1'))) {
      for (let at = start; at < end; at++) {
        if (bytes[at] !== lineFeed && bytes[at] !== carriageReturn) bytes[at] = star
      }
    }
  }
}

const [lineFeed, carriageReturn, star] = [0x0a, 0x0d, 0x2a]

/** Replaces secrets by stars, so that every other character keeps its place. */
export function maskSecrets(text: string, secrets: readonly Secret[]): string {
  const stars = createSearch(secrets)(text).map(({ start, end }) => ({
    start,
    end,
    label: text.slice(start, end).replace(/[^\r\n]/g, '*'),
  }))
  return replace(text, stars)
}

function replace(text: string, findings: readonly Finding[]): string {
  let replaced = ''
  let from = 0
  for (const { start, end, label } of findings) {
    replaced += text.slice(from, start) + label
    from = end
  }
  return replaced + text.slice(from)
}

/** Redacts every text within plain objects and arrays; returns a copy. */
export function redactDeep<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === 'string') return redact(value) as T
  if (Array.isArray(value)) return value.map((item: unknown) => redactDeep(item, redact)) as T
  if (typeof value !== 'object' || value === null) return value
  if (Object.getPrototypeOf(value) !== Object.prototype) return value
  const entries = Object.entries(value).map(([key, item]) => [key, redactDeep(item, redact)])
  return Object.fromEntries(entries) as T
}
