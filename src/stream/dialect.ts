import type { DialectName } from '../spec/stream-format.ts'

/** How bytes become events. */
export type Framing = 'sse' | 'ndjson' | 'raw'

/** Content at `path` of the payload (`*` walks an array), only in events of these names when given. */
export interface ContentRule {
  events?: readonly string[]
  path: string
}

/** What ends an answer properly. `eof`: a clean end of the body is enough. */
export type Completion =
  | { kind: 'sentinel'; data: string }
  | { kind: 'event'; names: readonly string[] }
  | { kind: 'field'; path: string; equals: unknown }
  | { kind: 'eof' }

/** How to read one stream format, as data. */
export interface Dialect {
  name: DialectName
  framing: Framing
  /** Media types it may arrive as; empty: any. */
  contentTypes: readonly string[]
  /** JSON path of the event's name, tried before the SSE `event:` line; `undefined`: the line alone. */
  eventNamePath?: string
  /** Token events: content that is the answer. `any`: every event that is not a keep-alive. */
  content: readonly ContentRule[] | 'any'
  /** Token events: content before the answer (thinking). */
  reasoning: readonly ContentRule[]
  completion: Completion
  /** An event that says the answer failed, under HTTP 200. */
  error: { events?: readonly string[]; path?: string }
  usage?: { promptTokens: string; completionTokens: string }
  /** Names of events that are never tokens (keep-alives). */
  ignoredEvents: readonly string[]
  /** Recognises the dialect by its first payload when the spec names none. */
  sniff?: { path: string; in?: readonly unknown[] }
}
