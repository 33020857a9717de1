import type { Prompt } from '../latency/prefix-cache.ts'
import { describeJson } from '../plan.ts'
import type { PlanEvent } from '../plan.ts'

export type DialectName = 'openai-chat' | 'openai-completions' | 'dify' | 'raw'

/** One wire format. */
export interface Dialect {
  name: DialectName
  methods: readonly string[]
  /** @throws Refusal when the body does not ask for an answer of this format. */
  readAsk(body: string): Ask
}

/** What a request asks for, whatever its format. */
export interface Ask {
  model?: string
  prompt: Prompt
  promptTokens: number
  maxTokens?: number
  minTokens?: number
  temperature?: number
  /** Turns an answer into what is sent for it. */
  render(answer: Answer): Rendering
}

/** What is generated for a request, before it takes the shape of a format. */
export interface Answer {
  /** The part of ids that tells requests apart. */
  ref: string
  /** Unix time in s. */
  created: number
  model: string
  /** At least one, ascending in time. */
  content: readonly Content[]
  finishReason: 'stop' | 'length'
  promptTokens: number
  /** Those that needed no prefill. */
  cachedTokens: number
  completionTokens: number
  roleChunk: 'first_token' | 'accept'
  usage: 'asked' | 'always' | 'never'
}

/** What one event carries of the answer. */
export interface Content {
  text: string
  tokens: number
  /** ms after admission. */
  atMs: number
}

export interface Rendering {
  headers: Readonly<Record<string, string>>
  headersAtMs: number
  /** Ascending in time. */
  events: readonly PlanEvent[]
}

export function firstAtMs(answer: Answer): number {
  return answer.content[0]!.atMs
}

export function lastAtMs(answer: Answer): number {
  return answer.content.at(-1)!.atMs
}

export function joinContent(answer: Answer): string {
  return answer.content.map(({ text }) => text).join('')
}

/** An event of a server-sent event stream with JSON in one data line. */
export function frameEvent(
  atMs: number,
  kind: PlanEvent['kind'],
  payload: unknown,
  tokens = 0,
): PlanEvent {
  const data = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return { atMs, kind, bytes: Buffer.from(`data: ${data}\n\n`), tokens }
}

/** A stream of server-sent events, its headers sent on admission. */
export function renderStream(events: readonly PlanEvent[]): Rendering {
  return {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
    headersAtMs: 0,
    events,
  }
}

/** One JSON body, sent when the last token is there. */
export function renderWhole(body: unknown, answer: Answer): Rendering {
  const bytes = Buffer.from(JSON.stringify(body))
  const atMs = lastAtMs(answer)
  return {
    headers: describeJson(bytes),
    headersAtMs: atMs,
    events: [{ atMs, kind: 'content', bytes, tokens: answer.completionTokens }],
  }
}

/** Usage of a whole answer. vLLM tells cached tokens there, and only when there are any. */
export function renderTotal({ promptTokens, cachedTokens, completionTokens }: Answer): object {
  const usage = renderUsage(promptTokens, completionTokens)
  return cachedTokens === 0
    ? usage
    : { ...usage, prompt_tokens_details: { cached_tokens: cachedTokens } }
}

/** Usage as OpenAI and vLLM write it, in vLLM's order. */
export function renderUsage(
  promptTokens: number,
  completionTokens: number,
): { prompt_tokens: number; total_tokens: number; completion_tokens: number } {
  return {
    prompt_tokens: promptTokens,
    total_tokens: promptTokens + completionTokens,
    completion_tokens: completionTokens,
  }
}
