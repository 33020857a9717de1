import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'

import { renderRefusal } from '../dialect/dialect.ts'
import { keepKnown } from '../plan/known.ts'
import { type Plan, planError, type PlanEvent, planReply } from '../plan/plan.ts'
import { Refusal } from '../plan/refusal.ts'
import { replaceEvents } from './edit.ts'
import type { FaultKind } from './fault.ts'

export type ReplyFault =
  | 'http-error'
  | 'redirect'
  | 'html-200'
  | 'wrong-content-type'
  | 'compression'
  | 'clock-skew'

const page = '<!doctype html>\n<title>Sign in</title>\n<p>Sign in to continue.</p>\n'

/** The head of the answer says something else. */
export const replyFaults: Readonly<Record<ReplyFault, FaultKind>> = {
  'http-error': {
    breaks: true,
    prepare(knobs) {
      const status = knobs.count('status', { min: 400, max: 599, fallback: 500 })
      const shape = knobs.choice('body', ['profile', 'text', 'html', 'empty'], 'profile')
      const retryAfter = knobs.text('retry_after')
      const message = knobs.text('message') ?? 'The mock was told to fail'
      return (_, scene) => {
        const error =
          shape === 'profile'
            ? planError(status, renderRefusal(new Refusal(status, message), scene), message)
            : planText(status, { text: message, html: page, empty: '' }[shape], shape)
        const retry = retryAfter !== undefined && { 'retry-after': retryAfter }
        return { ...error, headers: { ...error.headers, ...retry } }
      }
    },
  },
  redirect: {
    breaks: true,
    prepare(knobs) {
      const location = knobs.text('location') ?? '/elsewhere'
      const status = knobs.count('status', { min: 301, max: 308, fallback: 307 })
      return () => {
        const reply = planText(status, '', 'empty')
        return { ...reply, headers: { ...reply.headers, location } }
      }
    },
  },
  'html-200': { breaks: true, prepare: () => () => planText(200, page, 'html') },
  'wrong-content-type': {
    breaks: true,
    prepare(knobs) {
      const type = knobs.text('type') ?? 'application/xml'
      return (plan) => ({ ...plan, headers: { ...plan.headers, 'content-type': type } })
    },
  },
  compression: {
    breaks: true,
    prepare(knobs) {
      const encoding = knobs.choice('encoding', ['gzip', 'deflate', 'br'], 'gzip')
      const header = { 'content-encoding': encoding }
      return (plan) => {
        const packed = replaceEvents(
          plan,
          encoding === 'gzip' ? packEach(plan) : packAll(plan, encoding),
        )
        return { ...packed, headers: { ...packed.headers, ...header } }
      }
    },
  },
  'clock-skew': {
    breaks: false,
    prepare(knobs) {
      const date = knobs.text('date') ?? 'Thu, 01 Jan 1970 00:00:00 GMT'
      return (plan) => ({ ...plan, headers: { ...plan.headers, date } })
    },
  },
}

/** One member per event, so that each can be read as soon as it is there. */
function packEach({ events }: Plan): PlanEvent[] {
  return events.map((event) => ({ ...event, bytes: gzipSync(event.bytes) }))
}

/** Everything at the end, as a compressor that nobody flushes does it. */
function packAll({ events, end }: Plan, encoding: 'deflate' | 'br'): PlanEvent[] {
  const bytes = Buffer.concat(events.map((event) => event.bytes))
  const packed = encoding === 'br' ? brotliCompressSync(bytes) : deflateSync(bytes)
  return events.map((event, index) => ({
    ...event,
    atMs: end.atMs,
    bytes: index === 0 ? packed : Buffer.alloc(0),
  }))
}

function planText(status: number, text: string, shape: 'text' | 'html' | 'empty'): Plan {
  const bytes = Buffer.from(text)
  const type = shape === 'html' ? 'text/html' : 'text/plain'
  const headers = keepKnown<Plan['headers']>({
    'content-type': shape === 'empty' ? undefined : `${type}; charset=utf-8`,
    'content-length': String(bytes.length),
  })
  return { ...planReply(status, headers, bytes), ...(shape === 'text' && { error: text }) }
}
