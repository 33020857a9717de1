import { delayPlan, delayUsage, findFrame, type PlanEvent } from '../plan/plan.ts'
import { createAside, findBreak } from './edit.ts'
import type { FaultKind, Transform } from './fault.ts'

export type TimingFault =
  | 'hang-before-headers'
  | 'slow-headers'
  | 'slow-first-byte'
  | 'stall'
  | 'coalesce'
  | 'split'
  | 'bandwidth'
  | 'late-close'
  | 'late-usage'

/** ms between two writes below which they may reach the client as one. */
const smallestGap = 3

/** Everything is sent as it should be, but not when. */
export const timingFaults: Readonly<Record<TimingFault, FaultKind>> = {
  'hang-before-headers': {
    breaks: true,
    prepare: () => (plan) => ({
      ...plan,
      headersAtMs: Infinity,
      events: [],
      end: { kind: 'never', atMs: 0 },
    }),
  },
  'slow-headers': {
    breaks: false,
    prepare(knobs) {
      const ms = knobs.duration('ms', 100)
      return (plan) => ({ ...delayPlan(plan, 0, ms), headersAtMs: plan.headersAtMs + ms })
    },
  },
  'slow-first-byte': {
    breaks: false,
    prepare(knobs) {
      const ms = knobs.duration('ms', 100)
      return (plan) => delayPlan(plan, 0, ms)
    },
  },
  stall: {
    breaks: false,
    prepare(knobs) {
      const count = knobs.count('after_events', { min: 0, fallback: 1 })
      const ms = knobs.duration('ms', Infinity)
      return (plan) => delayPlan(plan, findBreak(plan.events, count), ms)
    },
  },
  coalesce: {
    breaks: false,
    prepare(knobs) {
      const size = knobs.count('events', { min: 1, fallback: Infinity })
      return (plan) => {
        const { events } = plan
        const last = events.length - 1
        const waited = events.map((event, index) => {
          const group = size === Infinity ? last : index - (index % size) + size - 1
          return { ...event, atMs: events[Math.min(group, last)]!.atMs }
        })
        return { ...plan, events: waited }
      }
    },
  },
  split: {
    breaks: false,
    prepare(knobs) {
      const size = knobs.count('bytes', { min: 1, fallback: 16 })
      return splitEvents(size, smallestGap)
    },
  },
  bandwidth: {
    breaks: false,
    prepare(knobs) {
      const perSecond = knobs.count('bytes_per_second', { min: 1, fallback: 16_384 })
      const size = Math.max(1, Math.floor((perSecond * smallestGap) / 1000))
      return splitEvents(size, (1000 * size) / perSecond)
    },
  },
  'late-close': {
    breaks: false,
    prepare(knobs) {
      const ms = knobs.duration('ms', 100)
      return (plan) => delayPlan(plan, plan.events.length, ms)
    },
  },
  'late-usage': {
    breaks: false,
    prepare(knobs) {
      const ms = knobs.duration('ms', 100)
      return (plan) => delayUsage(plan, ms)
    },
  },
}

/** Each piece waits for the one before it, so that a stream of long events takes longer than planned. */
function splitEvents(size: number, gapMs: number): Transform {
  return (plan) => {
    let free = plan.headersAtMs
    const events = plan.events.flatMap((event) => {
      const pieces: PlanEvent[] = []
      for (let from = 0; from < event.bytes.length; from += size) {
        free = Math.max(event.atMs, free + gapMs)
        pieces.push({
          ...createAside(free, ''),
          bytes: event.bytes.subarray(from, from + size),
        })
      }
      // Framed content is there with its last byte, plain text with its first.
      const carrier = findFrame(plan) === 'none' ? 0 : pieces.length - 1
      const { atMs, bytes } = pieces[carrier]!
      pieces[carrier] = { ...event, atMs, bytes }
      return pieces
    })
    return { ...plan, events, end: { ...plan.end, atMs: Math.max(plan.end.atMs, free) } }
  }
}
