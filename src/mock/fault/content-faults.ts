import { renderRefusal } from '../dialect/dialect.ts'
import { findFrame, type Plan, type PlanEvent } from '../plan/plan.ts'
import { Refusal } from '../plan/refusal.ts'
import { createAside, findBreak, findContent, isStream, replaceEvents } from './edit.ts'
import { emptyText, reviseJson, rewriteJson } from './event-json.ts'
import type { FaultKind, Scene } from './fault.ts'

export type ContentFault =
  | 'no-done'
  | 'truncated-event'
  | 'malformed-json'
  | 'in-band-error'
  | 'duplicate-event'
  | 'reordered-events'
  | 'missing-role'
  | 'empty-content'
  | 'zero-tokens'
  | 'wrong-usage'
  | 'huge-event'
  | 'never-ending'

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
      return (plan, { dialect }) =>
        change(plan, findContent(plan.events, number), (event) => {
          const broken = rewriteJson(event, dialect, (json) => json.slice(0, json.length / 2))
          return broken === event ? event : { ...broken, kind: 'error', tokens: 0 }
        })
    },
  },
  'in-band-error': {
    breaks: true,
    prepare(knobs) {
      const count = knobs.count('after_events', { min: 0, fallback: 1 })
      const goesOn = knobs.flag('done')
      const message = knobs.text('message') ?? 'The mock was told to fail'
      return (plan, { dialect, profile, ref }) => {
        if (!isStream(plan)) return failWhole(plan, { dialect, profile, ref }, message)
        if (dialect.renderFailure === undefined) return plan
        const position = findBreak(plan.events, count)
        const { atMs } = plan.events[position]!
        const frame = findFrame(plan)
        const text = dialect.renderFailure({ message, ref, frame, position, profile })
        const error: PlanEvent = { ...createAside(atMs, text), kind: 'error' }
        const done = goesOn ? plan.events.filter(({ kind }) => kind === 'done') : []
        const events = [...plan.events.slice(0, position), error, ...done]
        return { ...plan, events, end: goesOn ? plan.end : { kind: 'clean', atMs }, error: message }
      }
    },
  },
  'duplicate-event': {
    breaks: false,
    prepare(knobs) {
      const number = knobs.count('event', { min: 1, fallback: 1 })
      return (plan) => {
        if (findFrame(plan) === 'whole') return plan
        const position = findContent(plan.events, number)
        const again = plan.events[position]!
        return replaceEvents(plan, plan.events.toSpliced(position + 1, 0, again))
      }
    },
  },
  'reordered-events': {
    breaks: false,
    prepare(knobs) {
      const number = knobs.count('event', { min: 1, fallback: 1 })
      return (plan) => {
        if (!isFramed(plan)) return plan
        const before = findContent(plan.events, number)
        const after = findContent(plan.events, number + 1)
        const events = [...plan.events]
        const [first, second] = [events[before]!, events[after]!]
        if (first.bytes.equals(second.bytes)) return plan
        events[before] = { ...second, atMs: first.atMs }
        events[after] = { ...first, atMs: second.atMs }
        return replaceEvents(plan, events)
      }
    },
  },
  'missing-role': {
    breaks: false,
    prepare:
      () =>
      (plan, { dialect }) => {
        if (dialect.name !== 'openai-chat') return plan
        return replaceEvents(
          plan,
          plan.events.filter(({ bytes }) => !bytes.includes('"delta":{"role":"assistant"')),
        )
      },
  },
  'empty-content': {
    breaks: false,
    prepare:
      () =>
      (plan, { dialect }) => {
        const first = findContent(plan.events, 1)
        const event = plan.events[first]!
        const empty = emptyText(event, dialect)
        if (empty === event || !isFramed(plan)) return plan
        // Directly before it when something opens the contents just there, half-way to it otherwise.
        const isOpened = plan.events[first - 1]?.atMs === event.atMs
        const atMs = isOpened ? event.atMs : (plan.headersAtMs + event.atMs) / 2
        const position = isOpened ? first : plan.events.findIndex((other) => other.atMs > atMs)
        const aside = { ...createAside(atMs, ''), bytes: empty.bytes }
        return replaceEvents(plan, plan.events.toSpliced(position, 0, aside))
      },
  },
  'zero-tokens': {
    breaks: true,
    prepare:
      () =>
      (plan, { dialect }) => {
        const last = findContent(plan.events, Infinity)
        const { generated, total } = dialect.usageKeys
        const events = plan.events.flatMap((event, index): PlanEvent[] => {
          if (event.kind === 'content' && index !== last) return []
          const empty = reviseJson(emptyText(event, dialect), dialect, (key, value) => {
            if (generated.includes(key)) return 0
            return total.includes(key) ? plan.promptTokens : value
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
      const mistake = knobs.choice('as', ['surplus', 'absent', 'negative', 'text'], 'surplus')
      return (plan, { dialect }) => {
        const { generated, total } = dialect.usageKeys
        const events = plan.events.map((event) =>
          reviseJson(event, dialect, (key, value) => {
            const isCount = generated[0] === key || total.includes(key)
            if (!isCount || typeof value !== 'number') return value
            const wrong = {
              surplus: value + surplus,
              absent: undefined,
              negative: -1,
              text: `${value}`,
            }
            return wrong[mistake]
          }),
        )
        return replaceEvents(plan, events)
      }
    },
  },
  'huge-event': {
    breaks: false,
    prepare(knobs) {
      const size = knobs.count('bytes', { min: 1, max: 2 ** 26, fallback: 2 ** 20 })
      return (plan) =>
        change(plan, findContent(plan.events, 1), (event) => {
          const text = event.bytes.toString('utf8')
          const body = findFrame(plan) === 'none' ? text : text.trimEnd()
          const spaces = Math.max(0, size - event.bytes.length)
          if (spaces === 0) return event
          // Spaces behind the payload, which neither JSON nor its readers mind.
          const padded = `${body}${' '.repeat(spaces)}${text.slice(body.length)}`
          return { ...event, bytes: Buffer.from(padded) }
        })
    },
  },
  'never-ending': {
    breaks: true,
    prepare(knobs) {
      const every = Math.max(1, knobs.duration('every', 10))
      const most = knobs.count('events', { min: 1, max: 100_000, fallback: 10_000 })
      return (plan) => {
        if (findFrame(plan) === 'whole') return plan
        const last = findContent(plan.events, Infinity)
        const event = { ...plan.events[last]!, isFinal: false }
        const more = Array.from({ length: most }, (_, index) => ({
          ...event,
          atMs: event.atMs + (index + 1) * every,
        }))
        const end = { kind: 'never', atMs: more.at(-1)!.atMs } as const
        return { ...replaceEvents(plan, [...plan.events.slice(0, last + 1), ...more]), end }
      }
    },
  },
}

/** Whether its events can be told apart. */
function isFramed(plan: Plan): boolean {
  return !['whole', 'none'].includes(findFrame(plan))
}

function change(plan: Plan, position: number, alter: (event: PlanEvent) => PlanEvent): Plan {
  return replaceEvents(
    plan,
    plan.events.map((event, index) => (index === position ? alter(event) : event)),
  )
}

/** An answer in one body that says under its status of success that it failed. */
function failWhole(plan: Plan, scene: Scene, message: string): Plan {
  const bytes = Buffer.from(JSON.stringify(renderRefusal(new Refusal(500, message), scene)))
  const events = plan.events.map((event, index): PlanEvent => {
    const { atMs } = event
    return { ...createAside(atMs, ''), kind: 'error', ...(index === 0 && { bytes }) }
  })
  return { ...replaceEvents(plan, events), error: message }
}
