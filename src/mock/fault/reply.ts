import { gzipSync } from 'node:zlib'

import { planError } from '../plan.ts'
import type { Plan } from '../plan.ts'
import { Refusal } from '../refusal.ts'
import type { FaultKind } from './fault.ts'
import { replaceEvents } from './plan.ts'

export type ReplyFault = 'http-error' | 'redirect' | 'html-200' | 'wrong-content-type' | 'gzip'

const page = '<!doctype html>\n<title>Sign in</title>\n<p>Sign in to continue.</p>\n'

/** The head of the answer says something else. */
export const replyFaults: Readonly<Record<ReplyFault, FaultKind>> = {
  'http-error': {
    breaks: true,
    prepare(knobs) {
      const status = knobs.count('status', { min: 400, max: 599, fallback: 500 })
      const shape = knobs.choice('body', ['profile', 'text', 'html', 'empty'], 'profile')
      const retryAfter = knobs.text('retry_after')
      const message = 'The mock was told to fail'
      return (_, { renderError }) => {
        const error =
          shape === 'profile'
            ? planError(status, renderError(new Refusal(status, message)))
            : planText(status, { text: message, html: page, empty: '' }[shape], shape)
        const headers =
          retryAfter === undefined ? error.headers : { ...error.headers, 'retry-after': retryAfter }
        return { ...error, headers }
      }
    },
  },
  redirect: {
    breaks: true,
    prepare(knobs) {
      const location = knobs.text('location') ?? '/elsewhere'
      return () => {
        const reply = planText(307, '', 'empty')
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
  gzip: {
    breaks: true,
    prepare: () => (plan) => {
      // One member per event, so that each can be read as soon as it is there.
      const events = plan.events.map((event) => ({ ...event, bytes: gzipSync(event.bytes) }))
      const packed = replaceEvents(plan, events)
      return { ...packed, headers: { ...packed.headers, 'content-encoding': 'gzip' } }
    },
  },
}

function planText(status: number, text: string, shape: 'text' | 'html' | 'empty'): Plan {
  const bytes = Buffer.from(text)
  const type = shape === 'html' ? 'text/html' : 'text/plain'
  return {
    ...planError(status, null),
    headers: {
      ...(shape === 'empty' ? {} : { 'content-type': `${type}; charset=utf-8` }),
      'content-length': String(bytes.length),
    },
    events: [{ atMs: 0, kind: 'error', bytes, tokens: 0 }],
  }
}
