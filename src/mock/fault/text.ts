import type { Plan, PlanEvent } from '../plan.ts'
import type { FaultKind } from './fault.ts'
import { createAside, isEventStream, replaceEvents } from './plan.ts'

export type TextFault =
  | 'no-final-blank-line'
  | 'line-ends'
  | 'bom'
  | 'comments'
  | 'no-space'
  | 'bytes-after-done'

/** The same events, written in another way. */
export const textFaults: Readonly<Record<TextFault, FaultKind>> = {
  'no-final-blank-line': {
    breaks: true,
    prepare: () => (plan) => {
      const last = plan.events.length - 1
      return mapText(plan, (text, index) => (index === last ? text.replace(/\n\n$/, '\n') : text))
    },
  },
  'line-ends': {
    breaks: false,
    prepare(knobs) {
      const ends = lineEnds[knobs.choice('ends', ['crlf', 'cr', 'mixed'], 'crlf')]
      // All lines of an event alike: a CR before an LF would be one end of a line instead of two.
      return (plan) =>
        mapText(plan, (text, index) => text.replaceAll('\n', ends[index % ends.length]!))
    },
  },
  bom: {
    breaks: false,
    prepare: () => (plan) => {
      const [first, ...rest] = plan.events as readonly [PlanEvent, ...PlanEvent[]]
      const bytes = Buffer.concat([Buffer.from('\uFEFF'), first.bytes])
      return replaceEvents(plan, [{ ...first, bytes }, ...rest])
    },
  },
  comments: {
    breaks: false,
    prepare(knobs) {
      const every = Math.max(1, knobs.duration('every', 10))
      return (plan) => {
        if (!isEventStream(plan)) return plan
        const events = [...plan.events]
        for (let atMs = plan.headersAtMs; atMs < plan.end.atMs; atMs += every) {
          events.push(createAside(atMs, ': keep-alive\n\n'))
        }
        return replaceEvents(
          plan,
          events.toSorted((left, right) => left.atMs - right.atMs),
        )
      }
    },
  },
  'no-space': {
    breaks: false,
    prepare: () => (plan) => mapText(plan, (text) => text.replaceAll(/^(data|event): /gm, '$1:')),
  },
  'bytes-after-done': {
    breaks: false,
    prepare: () => (plan) => {
      if (!isEventStream(plan)) return plan
      const extra = createAside(plan.end.atMs, 'data: {"after":"the end"}\n\n')
      return replaceEvents(plan, [...plan.events, extra])
    },
  },
}

const lineEnds = { crlf: ['\r\n'], cr: ['\r'], mixed: ['\n', '\r\n', '\r'] } as const

/** Rewrites each event of an event stream. */
function mapText(plan: Plan, rewrite: (text: string, index: number) => string): Plan {
  if (!isEventStream(plan)) return plan
  const events = plan.events.map((event, index) => {
    const text = event.bytes.toString('utf8')
    const rewritten = rewrite(text, index)
    return rewritten === text ? event : { ...event, bytes: Buffer.from(rewritten) }
  })
  return replaceEvents(plan, events)
}
