import { cutPlan, type Plan, type PlanEnd } from '../plan/plan.ts'
import { statusWords } from '../plan/status-words.ts'
import { createAside, findBreak, measure } from './edit.ts'
import type { FaultKind, Transform } from './fault.ts'
import type { Knobs } from './knobs.ts'

export type ConnectionFault =
  | 'reset-before-headers'
  | 'close-before-headers'
  | 'reset-mid-stream'
  | 'close-mid-stream'
  | 'close-mid-chunk'
  | 'short-content-length'
  | 'bad-chunk-size'
  | 'bad-status-line'
  | 'duplicate-headers'
  | 'close-delimited'
  | 'interim-response'
  | 'connection-close'
  | 'hang-up'

/** The connection or the framing of HTTP gives way. */
export const connectionFaults: Readonly<Record<ConnectionFault, FaultKind>> = {
  'reset-before-headers': { breaks: true, prepare: () => endUnanswered('reset') },
  'close-before-headers': { breaks: true, prepare: () => endUnanswered('close') },
  'reset-mid-stream': {
    breaks: true,
    prepare: (knobs) => breakOff(knobs, (plan, position) => cutPlan(plan, position, 'reset')),
  },
  'close-mid-stream': {
    breaks: true,
    prepare: (knobs) => breakOff(knobs, (plan, position) => cutPlan(plan, position, 'close')),
  },
  'close-mid-chunk': {
    breaks: true,
    prepare: (knobs) =>
      breakOff(knobs, (plan, position) =>
        writeOnWire(plan, position, (chunk) => chunk.subarray(0, chunk.length / 2)),
      ),
  },
  'bad-chunk-size': {
    breaks: true,
    prepare: (knobs) =>
      breakOff(knobs, (plan, position) =>
        writeOnWire(plan, position, (chunk) => Buffer.concat([Buffer.from('size: '), chunk])),
      ),
  },
  'short-content-length': {
    breaks: true,
    prepare: (knobs) =>
      breakOff(knobs, (plan, position) => ({
        ...cutPlan(plan, position, 'close'),
        headers: { ...plan.headers, 'content-length': measure(plan.events) },
      })),
  },
  'bad-status-line': {
    breaks: true,
    prepare: () => (plan) => sendOnly(plan, 'HTTP/1.1 abc\r\n\r\n'),
  },
  'duplicate-headers': {
    breaks: true,
    prepare: () => (plan) =>
      sendOnly(plan, renderHead(plan, { 'content-length': '1', 'Content-Length': '2' })),
  },
  'close-delimited': {
    breaks: false,
    prepare: () => (plan) => {
      const head = createAside(plan.headersAtMs, renderHead(plan, { connection: 'close' }))
      const { atMs } = plan.end
      return {
        ...plan,
        framing: 'wire',
        events: [head, ...plan.events],
        end: { kind: 'close', atMs },
      }
    },
  },
  'interim-response': {
    breaks: false,
    prepare(knobs) {
      const status = Number(knobs.choice('status', ['100', '102', '103'], '103'))
      const link = status === 103 ? 'link: </style.css>; rel=preload\r\n' : ''
      const interim = `HTTP/1.1 ${status} ${statusWords[status]}\r\n${link}\r\n`
      return (plan) => ({ ...plan, interim })
    },
  },
  'hang-up': {
    breaks: false,
    // As llama.cpp's server does it.
    prepare: () => (plan) => ({
      ...plan,
      headers: { ...plan.headers, 'keep-alive': 'timeout=5' },
      end: { kind: 'hang-up', atMs: plan.end.atMs },
    }),
  },
  'connection-close': {
    breaks: false,
    prepare: () => (plan) => ({ ...plan, headers: { ...plan.headers, connection: 'close' } }),
  },
}

function endUnanswered(kind: PlanEnd['kind']): Transform {
  return (plan) => ({ ...plan, headersAtMs: Infinity, events: [], end: { kind, atMs: 0 } })
}

/** In the place of the whole answer. */
function sendOnly(plan: Plan, text: string): Plan {
  const { headersAtMs: atMs } = plan
  const end: PlanEnd = { kind: 'close', atMs }
  return { ...plan, framing: 'wire', events: [createAside(atMs, text)], end }
}

function breakOff(knobs: Knobs, breakAt: (plan: Plan, position: number) => Plan): Transform {
  const count = knobs.count('after_events', { min: 0, fallback: 1 })
  return (plan) => breakAt(plan, findBreak(plan.events, count))
}

/** Chunked by hand; the chunk at `position` is spoilt, and the connection closed behind it. */
function writeOnWire(plan: Plan, position: number, spoil: (chunk: Buffer) => Buffer): Plan {
  const head = createAside(plan.headersAtMs, renderHead(plan, { 'transfer-encoding': 'chunked' }))
  const chunks = plan.events.slice(0, position + 1).map((event, index) => {
    const bytes = frameChunk(event.bytes)
    if (index < position) return { ...event, bytes }
    return { ...createAside(event.atMs, ''), bytes: spoil(bytes) }
  })
  return {
    ...plan,
    framing: 'wire',
    events: [head, ...chunks],
    end: { kind: 'close', atMs: chunks[position]!.atMs },
  }
}

function renderHead({ status, headers }: Plan, framing: Readonly<Record<string, string>>): string {
  const { 'content-length': _, ...rest } = headers
  const fields = { ...rest, ...framing }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${statusWords[status]}\r\n${lines.join('')}\r\n`
}

function frameChunk(bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ])
}
