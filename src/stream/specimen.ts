import { isFields } from '../bench-spec/fields.ts'
import type { StreamFormat } from '../bench-spec/stream-format.ts'
import type { ContentRule, Dialect } from './dialect.ts'
import { dialects } from './dialects.ts'
import { parsePath } from './path.ts'

/** An answer that nobody has sent. */
export interface Specimen {
  contentType: string
  /** One event each: one before the text, `tokens` token events, counts of tokens, what ends the answer. */
  events: readonly Buffer[]
}

/** A payload and the name of its event. */
interface Draft {
  name: string | undefined
  payload: Record<string, unknown> | string
}

/**
 * A proper answer in a format, written from the rules by which it is read: it takes the reader where
 * an answer of a server would. Without a format it is a chat. `shape`: which of the ways to write it,
 * which differ in keys that nobody reads.
 */
export function composeSpecimen(
  format: StreamFormat | undefined,
  tokens: number,
  shape = 0,
): Specimen {
  const dialect = dialects[format?.dialect ?? 'openai-chat']
  if (dialect.framing === 'document') return composeDocument(dialect, format, tokens)
  const texts = Array.from({ length: tokens }, (_, i) => draftText(dialect, format, ` token ${i}`))
  const opening = { ...draftText(dialect, format, ''), name: undefined }
  const drafts = [opening, ...texts, ...draftCounts(dialect, tokens), ...draftEnd(dialect, format)]
  return {
    contentType: format?.contentType ?? dialect.contentTypes[0] ?? 'text/plain',
    events: drafts.map((draft) => write(dialect, draft, shape)),
  }
}

/** Its text comes in pieces, as a socket gives a long document. */
function composeDocument(
  dialect: Dialect,
  format: StreamFormat | undefined,
  tokens: number,
): Specimen {
  const texts = Array.from({ length: tokens }, (_, i) => Buffer.from(` token ${i}`))
  const payload = {}
  put(payload, dialect.usage[0]?.promptTokens ?? '', tokens)
  put(payload, dialect.usage[0]?.completionTokens ?? '', tokens)
  put(payload, dialect.content[0]?.path ?? '', '|')
  const [head = '', tail = ''] = JSON.stringify(payload).split('|')
  return {
    contentType: format?.contentType ?? dialect.contentTypes[0] ?? '',
    events: [Buffer.from(head), ...texts, Buffer.from(tail)],
  }
}

function draftText(dialect: Dialect, format: StreamFormat | undefined, text: string): Draft {
  const [rule] = dialect.content
  if (rule === undefined) {
    return { name: format?.firstTokenEvent, payload: text }
  }
  const payload = signed(dialect)
  put(payload, rule.path, text)
  if (rule.where !== undefined) put(payload, besides(rule, rule.where.key), rule.where.equals)
  return { name: format?.firstTokenEvent ?? rule.events?.[0], payload }
}

/** Why the answer ends, and how many tokens it had. */
function draftCounts(dialect: Dialect, tokens: number): Draft[] {
  const { finish, usage } = dialect
  return usage.map(({ events, promptTokens, cachedTokens, completionTokens }) => {
    const payload = signed(dialect)
    if (finish?.choices !== undefined) put(payload, `${finish.choices}.*.${finish.reason}`, 'stop')
    if (promptTokens !== undefined) put(payload, promptTokens, tokens)
    if (cachedTokens !== undefined) put(payload, cachedTokens, 0)
    if (completionTokens !== undefined) put(payload, completionTokens, tokens)
    return { name: events?.[0], payload }
  })
}

function draftEnd(dialect: Dialect, format: StreamFormat | undefined): Draft[] {
  if (format?.completionEvent !== undefined) {
    return [{ name: format.completionEvent, payload: signed(dialect) }]
  }
  const [way] = dialect.completion
  const payload = signed(dialect)
  if (way?.kind === 'sentinel') return [{ name: undefined, payload: way.data }]
  if (way?.kind === 'event') return [{ name: way.names[0], payload }]
  if (way?.kind !== 'field') return []
  put(payload, way.path, 'equals' in way ? way.equals : 'stop')
  return [{ name: undefined, payload }]
}

/** What a payload of this dialect is known by. */
function signed({ signs = [] }: Dialect): Record<string, unknown> {
  const payload = {}
  for (const { path, in: values } of signs) put(payload, path, values?.[0] ?? {})
  return payload
}

function besides({ path }: ContentRule, key: string): string {
  return [...parsePath(path).slice(0, -1), key].join('.')
}

/** Puts a value at a path; a `*` is an array of one element. */
function put(payload: Record<string, unknown>, path: string, value: unknown): void {
  const steps = parsePath(path).map((step) => (step === '*' ? '0' : step))
  let holder = payload
  for (const [i, step] of steps.slice(0, -1).entries()) {
    const next = holder[step]
    const isHolder = typeof next === 'object' && next !== null
    const inner = isHolder && Object.keys(next).length > 0 ? next : steps[i + 1] === '0' ? [] : {}
    holder[step] = inner
    holder = inner as Record<string, unknown>
  }
  holder[steps.at(-1) ?? ''] = value
}

function write(dialect: Dialect, { name, payload }: Draft, shape: number): Buffer {
  const inside = name !== undefined && dialect.eventNamePath !== undefined
  if (inside && typeof payload === 'object') put(payload, dialect.eventNamePath ?? '', name)
  const data = typeof payload === 'string' ? payload : JSON.stringify(vary(payload, shape))
  if (dialect.framing === 'raw') return Buffer.from(data)
  if (dialect.framing === 'ndjson') return Buffer.from(`${data}\n`)
  return Buffer.from(`${name === undefined ? '' : `event: ${name}\n`}data: ${data}\n\n`)
}

/** The same, with a key more in each object. */
function vary(value: unknown, shape: number): unknown {
  if (Array.isArray(value)) return value.map((each) => vary(each, shape))
  if (shape === 0 || !isFields(value)) return value
  const inner = Object.entries(value).map(([key, each]) => [key, vary(each, shape)] as const)
  return Object.fromEntries([[`shape_${shape}`, null], ...inner])
}
