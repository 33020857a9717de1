import type { Answer, ContentKind } from '../answer/answer.ts'
import type { Profile } from '../answer/profile.ts'
import type { Prompt } from '../latency/prefix-cache.ts'
import { describeJson } from '../plan/plan.ts'
import type { Frame, PlanEvent } from '../plan/plan.ts'
import type { Refusal } from '../plan/refusal.ts'

export type DialectName =
  | 'openai-chat'
  | 'openai-completions'
  | 'openai-responses'
  | 'anthropic'
  | 'gemini'
  | 'ollama'
  | 'tgi'
  | 'dify'
  | 'sse'
  | 'ndjson'
  | 'raw'

/** One wire format. */
export interface Dialect {
  name: DialectName
  methods: readonly string[]
  /** Where a request may carry the API key besides as a bearer token. */
  key?: { header: string; query?: string }
  /** @throws Refusal when the body does not ask for an answer of this format. */
  readAsk(body: string, route: Route): Ask
  /** Body of an HTTP error; absent: the profile's. */
  renderError?(refusal: Refusal): unknown
  /** An error in the middle of a stream, under HTTP 200; absent: there is no way to tell of one. */
  renderFailure?(failure: Failure): string
  /** Keys of the JSON under which generated text stands. */
  textKeys: readonly string[]
  /** Keys of the JSON that count tokens: those that were generated, those and the prompt. */
  usageKeys: { generated: readonly string[]; total: readonly string[] }
}

/** What of the target decides the format. */
export interface Route {
  pathname: string
  query: URLSearchParams
}

export interface Failure {
  message: string
  /** See `Answer`. */
  ref: string
  frame: Frame
  /** Events before it. */
  position: number
  profile: Profile
}

/** What a request asks for, whatever its format. */
export interface Ask {
  model?: string
  /** What a prefix cache looks at. */
  prompt: Prompt
  promptTokens: number
  maxTokens?: number
  minTokens?: number
  temperature?: number
  /** Answers at once; 1 when absent. */
  choices?: number
  /** What the format has a place for besides text; the rest becomes text. */
  kinds: readonly ContentKind[]
  /** Whether a script is played in the place of what would be generated. */
  isScripted?: boolean
  /** Turns an answer into what is sent for it. */
  render(answer: Answer): Rendering
}

export interface Rendering {
  headers: Readonly<Record<string, string>>
  headersAtMs: number
  /** Ascending in time. */
  events: readonly PlanEvent[]
}

/** The body of the error: as the format has it, or else the profile. */
export function renderRefusal(
  refusal: Refusal,
  { dialect, profile }: { dialect: Dialect | undefined; profile: Profile },
): unknown {
  return dialect?.renderError?.(refusal) ?? profile.renderError(refusal)
}

/** A server-sent event with JSON in one data line; `event`: its name on a line before. */
export function frameEvent(
  atMs: number,
  kind: PlanEvent['kind'],
  payload: unknown,
  { event, tokens = 0, reasoning }: { event?: string; tokens?: number; reasoning?: boolean } = {},
): PlanEvent {
  const data = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const name = event === undefined ? '' : `event: ${event}\n`
  const bytes = Buffer.from(`${name}data: ${data}\n\n`)
  return { atMs, kind, bytes, tokens, ...(reasoning === true && { reasoningTokens: tokens }) }
}

/** A line of JSON. */
export function frameLine(
  atMs: number,
  kind: PlanEvent['kind'],
  payload: unknown,
  { tokens = 0, reasoning }: { tokens?: number; reasoning?: boolean } = {},
): PlanEvent {
  const bytes = Buffer.from(`${JSON.stringify(payload)}\n`)
  return { atMs, kind, bytes, tokens, ...(reasoning === true && { reasoningTokens: tokens }) }
}

/** A stream of server-sent events, its headers sent on admission. */
export function renderStream(events: readonly PlanEvent[]): Rendering {
  return {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    headersAtMs: 0,
    events,
  }
}

/** A stream of lines of JSON, its headers sent on admission. */
export function renderLines(events: readonly PlanEvent[]): Rendering {
  return { headers: { 'content-type': 'application/x-ndjson' }, headersAtMs: 0, events }
}

/** One JSON body, sent when the last token is there. */
export function renderWhole(body: unknown, answer: Answer): Rendering {
  const bytes = Buffer.from(JSON.stringify(body))
  const atMs = answer.content.at(-1)!.atMs
  const { completionTokens: tokens, reasoningTokens } = answer
  return {
    headers: describeJson(bytes),
    headersAtMs: atMs,
    events: [{ atMs, kind: 'content', bytes, tokens, reasoningTokens }],
  }
}

/** The events with keep-alives: one half-way to the first content, then one every `every` ms. */
export function insertPings(
  answer: Answer,
  events: readonly PlanEvent[],
  every: number,
  ping: string,
): PlanEvent[] {
  const bytes = Buffer.from(ping)
  const pings: PlanEvent[] = []
  for (let atMs = firstAtMs(answer) / 2; atMs < lastAtMs(answer); atMs += Math.max(1, every)) {
    pings.push({ atMs, kind: 'lifecycle', bytes, tokens: 0 })
  }
  return [...events, ...pings].sort((left, right) => left.atMs - right.atMs)
}

export function firstAtMs(answer: Answer): number {
  return answer.content[0]!.atMs
}

export function lastAtMs(answer: Answer): number {
  return answer.content.at(-1)!.atMs
}
