/** What a part of a response is; `content` alone carries tokens, `done` says that the answer is complete. */
export type EventKind = 'lifecycle' | 'content' | 'usage' | 'done' | 'error'

export interface PlanEvent {
  /** ms after admission. */
  atMs: number
  kind: EventKind
  bytes: Buffer
  tokens: number
  /** Those of `tokens` that are reasoning; none when absent. */
  reasoningTokens?: number
  /** The answer is complete with it although it is content. */
  isFinal?: boolean
}

/**
 * How the body of a response is cut into events: server-sent ones, lines of JSON, elements of one
 * JSON array, one body of known length, or not at all.
 */
export type Frame = 'sse' | 'lines' | 'array' | 'whole' | 'none'

export function findFrame({ headers }: Pick<Plan, 'headers'>): Frame {
  const type = headers['content-type'] ?? ''
  if (headers['content-length'] !== undefined) return 'whole'
  if (type.startsWith('text/event-stream')) return 'sse'
  if (type.startsWith('application/x-ndjson')) return 'lines'
  return type.startsWith('application/json') ? 'array' : 'none'
}

/**
 * Everything that will be sent for one request, and when an idle server would send it, in ms after
 * admission. A `Pace` makes of it when it is really sent.
 */
export interface Plan {
  status: number
  headers: Readonly<Record<string, string>>
  /** `Infinity`: they are never sent. */
  headersAtMs: number
  /** Ascending in time. */
  events: readonly PlanEvent[]
  /** `wire`: the events are all that is written to the socket, head and chunk sizes included. */
  framing: 'http' | 'wire'
  /** Head of an interim response, sent just before the headers. */
  interim?: string
  end: PlanEnd
  promptTokens: number
  /** Tokens of the prompt of each choice; none of a response that generates nothing. */
  choicePrompts: readonly number[]
  /** `undefined` for a response that generates nothing. */
  timing: Timing | undefined
  finishReason: 'stop' | 'length' | undefined
  /** Digests of its text, and of what its prompt says that the server has said; absent: there is none. */
  saying?: { text: string; said: readonly string[] }
  /** What the body says went wrong; absent: it says nothing of the kind. */
  error?: string
}

/** What an answer costs a server that has nothing else to do. */
export interface Timing {
  /** Tokens of the prompt that are not cached. */
  prefillTokens: number
  /** Passes before the prompt is looked at, ms. */
  delayMs: number
  /** When each content is due, ms after admission, ascending; at least one. */
  contentsMs: readonly number[]
}

/**
 * `close` and `reset` end the connection and leave the body unended, `hang-up` ends both; `never`: it
 * is left open.
 */
export interface PlanEnd {
  kind: 'clean' | 'hang-up' | 'close' | 'reset' | 'never'
  atMs: number
}

/** What is written at one instant, in one write. */
export interface Step {
  /** As in the plan. */
  atMs: number
  /** Present in the step that sends the headers. */
  head: Pick<Plan, 'status' | 'headers'> | undefined
  events: readonly PlanEvent[]
  bytes: Buffer
  /** Whether the plan ends with it, in the way of `plan.end`. */
  end: boolean
}

/** The instants of a plan in order: what is due together is one step. */
export function listSteps(plan: Plan): Step[] {
  const due = new Map<number, PlanEvent[]>()
  if (plan.headersAtMs !== Infinity) due.set(plan.headersAtMs, [])
  for (const event of plan.events) {
    const together = due.get(event.atMs)
    if (together === undefined) due.set(event.atMs, [event])
    else together.push(event)
  }
  if (!due.has(plan.end.atMs)) due.set(plan.end.atMs, [])
  return [...due].map(([atMs, events]) => ({
    atMs,
    head: atMs === plan.headersAtMs ? plan : undefined,
    events,
    bytes: events.length === 1 ? events[0]!.bytes : Buffer.concat(events.map((e) => e.bytes)),
    end: atMs === plan.end.atMs && plan.end.kind !== 'never',
  }))
}

/** Sends the events from `position` on, and the end, `ms` later; `Infinity`: never. */
export function delayPlan(plan: Plan, position: number, ms: number): Plan {
  if (ms === 0) return plan
  if (ms === Infinity) return cutPlan(plan, position, 'never')
  const events = plan.events.map((event, index) =>
    index < position ? event : { ...event, atMs: event.atMs + ms },
  )
  return { ...plan, events, end: { ...plan.end, atMs: plan.end.atMs + ms } }
}

/** Sends the usage, and what follows it, `ms` later; the same plan when none comes by itself. */
export function delayUsage(plan: Plan, ms: number): Plan {
  const usage = plan.events.findIndex(({ kind }) => kind === 'usage' || kind === 'done')
  return usage === -1 ? plan : delayPlan(plan, usage, ms)
}

/** Ends the plan at the time at which the event at `position` was due, in its stead. */
export function cutPlan(plan: Plan, position: number, kind: PlanEnd['kind']): Plan {
  const atMs = plan.events[position]?.atMs ?? plan.end.atMs
  return { ...plan, events: plan.events.slice(0, position), end: { kind, atMs } }
}

/** A plan that answers an error at once with a JSON body. */
export function planError(status: number, body: unknown, error: string): Plan {
  const bytes = Buffer.from(JSON.stringify(body))
  return { ...planReply(status, describeJson(bytes), bytes), error }
}

/** A plan that answers at once and generates nothing. */
export function planReply(status: number, headers: Plan['headers'], bytes: Buffer): Plan {
  return {
    status,
    headers,
    headersAtMs: 0,
    events: [{ atMs: 0, kind: 'error', bytes, tokens: 0 }],
    framing: 'http',
    end: { kind: 'clean', atMs: 0 },
    promptTokens: 0,
    choicePrompts: [],
    timing: undefined,
    finishReason: undefined,
  }
}

/** Headers of a JSON body of known length. */
export function describeJson(bytes: Buffer): Record<string, string> {
  return { 'content-type': 'application/json', 'content-length': String(bytes.length) }
}
