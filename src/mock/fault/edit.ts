import { findFrame, type Plan, type PlanEvent } from '../plan/plan.ts'

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

/** The plan with other events, and a content length that fits; the same plan when they are the same. */
export function replaceEvents(plan: Plan, events: readonly PlanEvent[]): Plan {
  const { events: before } = plan
  if (events.length === before.length && events.every((event, i) => event === before[i])) {
    return plan
  }
  if (findFrame(plan) === 'array') return { ...plan, events: separate(events) }
  const { 'content-length': length, ...headers } = plan.headers
  if (length === undefined) return { ...plan, events }
  return { ...plan, events, headers: { ...headers, 'content-length': measure(events) } }
}

/** Elements of an array: a bracket before the first, commas before the others. */
function separate(events: readonly PlanEvent[]): PlanEvent[] {
  return events.map((event, index) => {
    const text = event.bytes.toString('utf8')
    const separated = text.replace(/^(?:\[|\n,\n)/, index === 0 ? '[' : '\n,\n')
    return separated === text ? event : { ...event, bytes: Buffer.from(separated) }
  })
}

/** Bytes of all events, as a header has them. */
export function measure(events: readonly PlanEvent[]): string {
  return String(events.reduce((sum, { bytes }) => sum + bytes.length, 0))
}

/** An event that carries nothing of the answer. */
export function createAside(atMs: number, text: string): PlanEvent {
  return { atMs, kind: 'lifecycle', bytes: Buffer.from(text), tokens: 0 }
}

/** Whether it comes in events: anything but one body of known length. */
export function isStream(plan: Plan): boolean {
  return findFrame(plan) !== 'whole'
}

export function isEventStream(plan: Plan): boolean {
  return findFrame(plan) === 'sse'
}
