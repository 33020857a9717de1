import type { Timing } from './latency/timing.ts'

/** What a part of a response is; `content` alone carries tokens, `done` says that the answer is complete. */
export type EventKind = 'lifecycle' | 'content' | 'usage' | 'done' | 'error'

export interface PlanEvent {
  /** ms after admission. */
  atMs: number
  kind: EventKind
  bytes: Buffer
  tokens: number
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
  end: PlanEnd
  promptTokens: number
  /** `undefined` for a response that generates nothing. */
  timing: Timing | undefined
  finishReason: 'stop' | 'length' | undefined
}

/** `close` and `reset` end the connection and leave the body unended; `never`: it is left open. */
export interface PlanEnd {
  kind: 'clean' | 'close' | 'reset' | 'never'
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

/** A plan that answers an error at once with a JSON body. */
export function planError(status: number, body: unknown): Plan {
  const bytes = Buffer.from(JSON.stringify(body))
  return {
    status,
    headers: describeJson(bytes),
    headersAtMs: 0,
    events: [{ atMs: 0, kind: 'error', bytes, tokens: 0 }],
    framing: 'http',
    end: { kind: 'clean', atMs: 0 },
    promptTokens: 0,
    timing: undefined,
    finishReason: undefined,
  }
}

/** Headers of a JSON body of known length. */
export function describeJson(bytes: Buffer): Record<string, string> {
  return { 'content-type': 'application/json', 'content-length': String(bytes.length) }
}
