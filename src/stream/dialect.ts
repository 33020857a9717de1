import type { DialectName } from '../bench-spec/stream-format.ts'

/** How bytes become events. */
export type Framing = 'sse' | 'ndjson' | 'raw'

/** Text at `path` of the payload (`*` walks an array), only in events of these names when given. */
export interface ContentRule {
  events?: readonly string[]
  path: string
  /** Only where the object that holds the text has `key` with this value (`undefined`: lacks it). */
  where?: { key: string; equals: unknown }
}

/** Token counts at these paths, only in events of these names when given; the last count holds. */
export interface UsageRule {
  events?: readonly string[]
  promptTokens?: string
  /** Tokens of the prompt that the count at `promptTokens` leaves out; added to it. */
  promptBesides?: readonly string[]
  /** Those of the prompt that came from a cache; unlike the other counts it may be 0. */
  cachedTokens?: string
  completionTokens?: string
  /** Reasoning that the count at `completionTokens` leaves out; added to it. */
  reasoningTokens?: string
}

/**
 * What ends an answer properly. `field`: that value, or any but null and false when `equals` is
 * absent; `untilEnd`: and the body does not end inside of an event behind it. `eof`: a clean end of
 * the body is enough, unless an event came by which another end is promised.
 */
export type Completion =
  | { kind: 'sentinel'; data: string }
  | { kind: 'event'; names: readonly string[]; promisedBy?: readonly string[] }
  | { kind: 'field'; path: string; equals?: unknown; untilEnd?: true }
  | { kind: 'eof' }

/**
 * Where an answer says why it has ended: with that and a clean end of the body it is whole, also
 * where its last word never comes.
 */
export interface FinishRule {
  /** Path of the choices, each of which has to end; `undefined`: the payload is the only one. */
  choices?: string
  /** Path of the reason within a choice; a text that is not empty. */
  reason: string
}

/** An event that says the answer failed, under HTTP 200. */
export interface ErrorRule {
  /** Names of events that are errors. */
  events?: readonly string[]
  /** Whatever stands here is an error, unless it is null, false, 0 or an empty text. */
  path?: string
  /** Events that report a failure by one of these values at `path`. */
  status?: { events: readonly string[]; path: string; values: readonly unknown[] }
  /** Where the message is, when not in one of the usual places. */
  messagePath?: string
}

/** One of these values at `path` of a payload; any but null when `in` is absent. */
export interface Sign {
  path: string
  in?: readonly unknown[]
}

/** How to read one stream format, as data. */
export interface Dialect {
  name: DialectName
  framing: Framing
  /** Whether it may also come as one JSON array, streamed element by element. */
  arrays?: true
  /** Media types it may arrive as; empty: any. */
  contentTypes: readonly string[]
  /** `json`: an event whose data is not JSON is malformed. */
  payload: 'json' | 'text'
  /** JSON path of the event's name, tried before the SSE `event:` line; `undefined`: the line alone. */
  eventNamePath?: string
  /** Text of the answer. */
  content: readonly ContentRule[]
  /** Text before the answer (thinking). */
  reasoning: readonly ContentRule[]
  /** Fragments of tool calls: tokens, but no text of the answer. */
  toolCalls: readonly ContentRule[]
  /** Which events are tokens: those with any of the three above, or all but keep-alives. */
  tokenEvents: 'content' | 'all'
  /** Any one of these ends the answer. */
  completion: readonly Completion[]
  finish?: FinishRule
  error: ErrorRule
  usage: readonly UsageRule[]
  /** Names of events that are never tokens (keep-alives). */
  ignoredEvents: readonly string[]
  /** Recognise the dialect by its first payload, all together, when the spec names none. */
  signs?: readonly Sign[]
}
