import type { Plan, PlanEvent } from '../plan.ts'
import type { FaultKind, Scene } from './fault.ts'
import { emptyText, reviseJson, rewriteJson } from './json.ts'
import { createAside, findBreak, findContent, isEventStream, replaceEvents } from './plan.ts'

export type ContentFault =
  | 'no-done'
  | 'truncated-event'
  | 'malformed-json'
  | 'in-band-error'
  | 'duplicate-event'
  | 'empty-content'
  | 'zero-tokens'
  | 'wrong-usage'
  | 'huge-event'

/** The transport is sound, what it carries is not. */
export const contentFaults: Readonly<Record<ContentFault, FaultKind>> = {
  'no-done': {
    breaks: true,
    prepare: () => (plan) => {
      const last = findContent(plan.events, Infinity)
      const kept = plan.events.filter(({ kind }, index) => index <= last || kind === 'usage')
      return replaceEvents(plan, kept)
    },
  },
  'truncated-event': {
    breaks: true,
    prepare: () => (plan) => {
      const last = findContent(plan.events, Infinity)
      const { atMs, bytes } = plan.events[last]!
      const half = { ...createAside(atMs, ''), bytes: bytes.subarray(0, bytes.length / 2) }
      return replaceEvents(plan, [...plan.events.slice(0, last), half])
    },
  },
  'malformed-json': {
    breaks: true,
    prepare(knobs) {
      const number = knobs.count('event', { min: 1, fallback: 1 })
      return (plan, scene) =>
        change(plan, findContent(plan.events, number), (event) => {
          const broken = rewriteJson(event, scene, (json) => json.slice(0, json.length / 2))
          return broken === event ? event : { ...broken, kind: 'error', tokens: 0 }
        })
    },
  },
  'in-band-error': {
    breaks: true,
    prepare(knobs) {
      const count = knobs.count('after_events', { min: 0, fallback: 1 })
      const goesOn = knobs.flag('done')
      return (plan, scene) => {
        if (!isEventStream(plan)) return plan
        const position = findBreak(plan.events, count)
        const atMs = plan.events[position]!.atMs
        const error: PlanEvent = { ...createAside(atMs, renderError(scene)), kind: 'error' }
        const done = goesOn ? plan.events.filter(({ kind }) => kind === 'done') : []
        const events = [...plan.events.slice(0, position), error, ...done]
        return { ...plan, events, end: goesOn ? plan.end : { kind: 'clean', atMs } }
      }
    },
  },
  'duplicate-event': {
    breaks: false,
    prepare(knobs) {
      const number = knobs.count('event', { min: 1, fallback: 1 })
      return (plan) => {
        const events = [...plan.events]
        const position = findContent(events, number)
        events.splice(position, 0, events[position]!)
        return plan.headers['content-length'] === undefined ? replaceEvents(plan, events) : plan
      }
    },
  },
  'empty-content': {
    breaks: false,
    prepare: () => (plan, scene) => {
      const first = findContent(plan.events, 1)
      const event = plan.events[first]!
      const empty = emptyText(event, scene)
      if (empty === event || !isEventStream(plan)) return plan
      const atMs = (plan.headersAtMs + event.atMs) / 2
      const events = [...plan.events, { ...createAside(atMs, ''), bytes: empty.bytes }]
      return replaceEvents(plan, sortByTime(events))
    },
  },
  'zero-tokens': {
    breaks: true,
    prepare: () => (plan, scene) => {
      const last = findContent(plan.events, Infinity)
      const events = plan.events.flatMap((event, index): PlanEvent[] => {
        if (event.kind === 'content' && index !== last) return []
        const empty = reviseJson(emptyText(event, scene), scene, (key, value) => {
          if (key === 'completion_tokens') return 0
          return key === 'total_tokens' ? plan.promptTokens : value
        })
        if (index !== last) return [empty]
        return empty === event ? [] : [{ ...empty, kind: 'lifecycle', tokens: 0 }]
      })
      return replaceEvents(plan, events)
    },
  },
  'wrong-usage': {
    breaks: false,
    prepare(knobs) {
      const surplus = knobs.count('surplus', { min: 1, fallback: 1 })
      return (plan, scene) => {
        const events = plan.events.map((event) =>
          reviseJson(event, scene, (key, value) =>
            usageKeys.includes(key) && typeof value === 'number' ? value + surplus : value,
          ),
        )
        return replaceEvents(plan, events)
      }
    },
  },
  'huge-event': {
    breaks: false,
    prepare(knobs) {
      const size = knobs.count('bytes', { min: 1, max: 2 ** 26, fallback: 2 ** 20 })
      return (plan, { dialect }) =>
        change(plan, findContent(plan.events, 1), (event) => {
          const text = event.bytes.toString('utf8')
          const body = dialect === 'raw' ? text : text.trimEnd()
          const spaces = Math.max(0, size - event.bytes.length)
          if (spaces === 0) return event
          // Spaces behind the payload, which neither JSON nor its readers mind.
          const padded = `${body}${' '.repeat(spaces)}${text.slice(body.length)}`
          return { ...event, bytes: Buffer.from(padded) }
        })
    },
  },
}

const usageKeys: readonly string[] = ['completion_tokens', 'total_tokens']

function change(plan: Plan, position: number, alter: (event: PlanEvent) => PlanEvent): Plan {
  return replaceEvents(
    plan,
    plan.events.map((event, index) => (index === position ? alter(event) : event)),
  )
}

/** As the servers of the dialect report an error under HTTP 200. */
function renderError({ dialect, ref }: Scene): string {
  const message = 'The mock was told to fail'
  const payload =
    dialect === 'dify'
      ? {
          event: 'error',
          task_id: `task-${ref}`,
          message_id: `message-${ref}`,
          status: 500,
          code: 'internal_server_error',
          message,
        }
      : { error: { message, type: 'InternalServerError', param: null, code: 500 } }
  return `data: ${JSON.stringify(payload)}\n\n`
}

function sortByTime(events: readonly PlanEvent[]): PlanEvent[] {
  return events.toSorted((left, right) => left.atMs - right.atMs)
}
