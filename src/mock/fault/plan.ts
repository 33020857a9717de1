import type { Plan, PlanEnd, PlanEvent } from '../plan.ts'

/**
 * Position behind `count` content events and what comes with them, but always before the last
 * content event, so that the answer is not complete there.
 */
export function findBreak(events: readonly PlanEvent[], count: number): number {
  const contents = listContents(events)
  const before = Math.min(count, contents.length - 1)
  return before <= 0 ? (contents[0] ?? 0) : contents[before - 1]! + 1
}

/** Position of the content event with this number, from 1, or of the last one. */
export function findContent(events: readonly PlanEvent[], number: number): number {
  const contents = listContents(events)
  return contents[Math.min(number, contents.length) - 1] ?? -1
}

function listContents(events: readonly PlanEvent[]): number[] {
  return events.flatMap(({ kind }, index) => (kind === 'content' ? [index] : []))
}

/** Ends the plan at the time at which the event at `position` was due, in its stead. */
export function cutPlan(plan: Plan, position: number, kind: PlanEnd['kind']): Plan {
  const atMs = plan.events[position]?.atMs ?? plan.end.atMs
  return { ...plan, events: plan.events.slice(0, position), end: { kind, atMs } }
}

/** Sends the events from `position` on, and the end, `ms` later; `Infinity`: never. */
export function delayPlan(plan: Plan, position: number, ms: number): Plan {
  if (ms === Infinity) return cutPlan(plan, position, 'never')
  const events = plan.events.map((event, index) =>
    index < position ? event : { ...event, atMs: event.atMs + ms },
  )
  return { ...plan, events, end: { ...plan.end, atMs: plan.end.atMs + ms } }
}

/** The plan with other events, and a content length that fits; the same plan when they are the same. */
export function replaceEvents(plan: Plan, events: readonly PlanEvent[]): Plan {
  const { events: before } = plan
  if (events.length === before.length && events.every((event, i) => event === before[i])) {
    return plan
  }
  const { 'content-length': length, ...headers } = plan.headers
  if (length === undefined) return { ...plan, events }
  return { ...plan, events, headers: { ...headers, 'content-length': measure(events) } }
}

/** Bytes of all events, as a header has them. */
export function measure(events: readonly PlanEvent[]): string {
  return String(events.reduce((sum, { bytes }) => sum + bytes.length, 0))
}

/** An event that carries nothing of the answer. */
export function createAside(atMs: number, text: string): PlanEvent {
  return { atMs, kind: 'lifecycle', bytes: Buffer.from(text), tokens: 0 }
}

export function isEventStream(plan: Plan): boolean {
  return plan.headers['content-type']?.startsWith('text/event-stream') === true
}
