import { type Answer, findFirstMs, findLastMs } from '../answer/answer.ts'
import type { Rendering } from '../answer/ask.ts'
import { describeJson, type PlanEvent } from '../plan/plan.ts'

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
  const atMs = findLastMs(answer)
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
  for (let atMs = findFirstMs(answer) / 2; atMs < findLastMs(answer); atMs += Math.max(1, every)) {
    pings.push({ atMs, kind: 'lifecycle', bytes, tokens: 0 })
  }
  return [...events, ...pings].sort((left, right) => left.atMs - right.atMs)
}
