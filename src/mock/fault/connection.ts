import { STATUS_CODES } from 'node:http'

import type { Plan, PlanEnd } from '../plan.ts'
import type { FaultKind, Transform } from './fault.ts'
import type { Knobs } from './knobs.ts'
import { createAside, cutPlan, findBreak, measure } from './plan.ts'

export type ConnectionFault =
  | 'reset-before-headers'
  | 'close-before-headers'
  | 'reset-mid-stream'
  | 'close-mid-stream'
  | 'close-mid-chunk'
  | 'short-content-length'
  | 'bad-chunk-size'
  | 'connection-close'

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
  'connection-close': {
    breaks: false,
    prepare: () => (plan) => ({ ...plan, headers: { ...plan.headers, connection: 'close' } }),
  },
}

function endUnanswered(kind: PlanEnd['kind']): Transform {
  return (plan) => ({ ...plan, headersAtMs: Infinity, events: [], end: { kind, atMs: 0 } })
}

function breakOff(knobs: Knobs, breakAt: (plan: Plan, position: number) => Plan): Transform {
  const count = knobs.count('after_events', { min: 0, fallback: 1 })
  return (plan) => breakAt(plan, findBreak(plan.events, count))
}

/** Chunked by hand; the chunk at `position` is spoilt, and the connection closed behind it. */
function writeOnWire(plan: Plan, position: number, spoil: (chunk: Buffer) => Buffer): Plan {
  const head = createAside(plan.headersAtMs, renderHead(plan))
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

function renderHead({ status, headers }: Plan): string {
  const { 'content-length': _, ...rest } = headers
  const fields = { ...rest, 'transfer-encoding': 'chunked' }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n`
}

function frameChunk(bytes: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`${bytes.length.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n'),
  ])
}
