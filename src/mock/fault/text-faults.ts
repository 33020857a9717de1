import { findFrame, type Plan, type PlanEvent } from '../plan/plan.ts'
import { createAside, findContent, isEventStream, replaceEvents } from './edit.ts'
import type { FaultKind, Transform } from './fault.ts'
import type { Knobs } from './knobs.ts'

export type TextFault =
  | 'no-final-blank-line'
  | 'line-ends'
  | 'bom'
  | 'comments'
  | 'no-space'
  | 'multi-line-data'
  | 'other-fields'
  | 'pings'
  | 'padding'
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
    prepare(knobs) {
      const place = knobs.choice('at', ['start', 'last'], 'start')
      return (plan) => {
        const position = place === 'start' ? 0 : findContent(plan.events, Infinity)
        return replaceEvents(
          plan,
          plan.events.map((event, index) => (index === position ? prefix(event, '\uFEFF') : event)),
        )
      }
    },
  },
  comments: {
    breaks: false,
    prepare: (knobs) => insertEvery(knobs, ': keep-alive\n\n'),
  },
  pings: {
    breaks: false,
    prepare(knobs) {
      const shape = knobs.choice('shape', ['bare', 'json'], 'bare')
      const data = shape === 'bare' ? '' : 'data: {"type":"ping"}\n'
      return insertEvery(knobs, `event: ping\n${data}\n`)
    },
  },
  'no-space': {
    breaks: false,
    prepare: () => (plan) => mapText(plan, (text) => text.replaceAll(/^(data|event): /gm, '$1:')),
  },
  'multi-line-data': {
    breaks: false,
    prepare: () => (plan) =>
      mapText(plan, (text) =>
        // A line end between two values of the JSON; those within texts are escaped.
        text.replace(/^(data: ?)\{("[^]*)$/m, '$1{\n$1$2'),
      ),
  },
  'other-fields': {
    breaks: false,
    prepare: () => (plan) =>
      mapText(plan, (text, index) =>
        text.startsWith(':') ? text : `id: ${index}\nretry: 3000\nx-trace: mock\n${text}`,
      ),
  },
  padding: {
    breaks: false,
    prepare(knobs) {
      const spaces = ' '.repeat(knobs.count('bytes', { min: 1, max: 2 ** 16, fallback: 16 }))
      return (plan) => {
        if (findFrame(plan) === 'none') return plan
        return replaceEvents(
          plan,
          plan.events.map((event) => {
            if (!event.bytes.includes('}')) return event
            const text = event.bytes.toString('utf8')
            return { ...event, bytes: Buffer.from(text.replace(/\}(\s*)$/, `}${spaces}$1`)) }
          }),
        )
      }
    },
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

/** The same text from time to time, from the headers on. */
function insertEvery(knobs: Knobs, text: string): Transform {
  const every = Math.max(1, knobs.duration('every', 10))
  return (plan) => {
    if (!isEventStream(plan)) return plan
    const events = [...plan.events]
    for (let atMs = plan.headersAtMs; atMs < plan.end.atMs; atMs += every) {
      events.push(createAside(atMs, text))
    }
    return replaceEvents(
      plan,
      events.toSorted((left, right) => left.atMs - right.atMs),
    )
  }
}

function prefix(event: PlanEvent, text: string): PlanEvent {
  return { ...event, bytes: Buffer.concat([Buffer.from(text), event.bytes]) }
}

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
