import { expect, test } from 'vitest'

import { checkSpec } from '../../src/bench-spec/loading.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'
import { addTrace, traceIdOf } from '../../src/bench-spec/tracing.ts'

const run = '5f3a9c1be2d04477'
const first = { target: 'candidate', phase: 'measured', index: 0 } as const
const headers: Record<string, string> = { accept: 'x' }
const request = { url: 'http://127.0.0.1:1/', method: 'POST', headers, body: '{}' }

function read(document: object): BenchSpec {
  const url = 'http://127.0.0.1:1/v1/chat/completions'
  return checkSpec({ url, slo: ['ttft p95 <= 1s'], ...document }, { env: {}, baseDir: '.' })
}

test('a traceparent is one of W3C Trace Context, level 1, and the same whenever it is made', () => {
  const { headers } = addTrace(request, first, { run, sampled: true })
  expect(headers).toEqual({
    accept: 'x',
    traceparent: expect.stringMatching(/^00-5f3a9c1be2d04477[0-9a-f]{16}-[0-9a-f]{16}-01$/),
  })
  expect(headers['traceparent']).toContain(traceIdOf({ run }, first))
  expect(addTrace(request, first, { run, sampled: true }).headers).toEqual(headers)
  expect(addTrace(request, first, { run, sampled: false }).headers['traceparent']).toMatch(/-00$/)
  expect(request.headers).toEqual({ accept: 'x' })
})

test('a header of the choice of the user has the trace id, with a traceparent or without', () => {
  const id = traceIdOf({ run }, first)
  expect(addTrace(request, first, { run, requestIdHeader: 'X-Request-Id' }).headers).toEqual({
    accept: 'x',
    'X-Request-Id': id,
  })
  const both = addTrace(request, first, { run, sampled: true, requestIdHeader: 'x-id' }).headers
  expect(both['x-id']).toBe(id)
  expect(both['traceparent']).toContain(id)
  expect(addTrace(request, first, undefined)).toBe(request)
})

test('no two requests of a run have the same ids, of either target and phase, and no two runs', () => {
  const ids = new Set<string>()
  const spans = new Set<string>()
  const size = 20_000
  for (const target of ['candidate', 'baseline'] as const) {
    for (const phase of ['warmup', 'measured'] as const) {
      for (let index = 0; index < size; index++) {
        const ticket = { target, phase, index }
        const { headers } = addTrace(request, ticket, { run, sampled: true })
        const [, id = '', span = ''] = headers['traceparent']?.split('-') ?? []
        ids.add(id)
        spans.add(span)
      }
    }
  }
  expect(ids.size).toBe(4 * size)
  expect(spans.size).toBe(4 * size)
  expect([...ids].some((id) => spans.has(id.slice(16)))).toBe(false)
  expect(traceIdOf({ run: '0000000000000001' }, first)).not.toContain(
    traceIdOf({ run }, first).slice(16),
  )
})

test('samplers that go by the last half of an id keep the share that they are asked to', () => {
  const kept = Array.from({ length: 10_000 }, (_, index) =>
    traceIdOf({ run }, { ...first, index }),
  ).filter((id) => Number.parseInt(id.slice(16, 24), 16) < 0.1 * 2 ** 32)
  expect(kept.length).toBeGreaterThan(850)
  expect(kept.length).toBeLessThan(1150)
})

test('no id is all zeros', () => {
  for (const none of ['0000000000000001', '0000000100000000', 'ffffffffffffffff']) {
    const { headers } = addTrace(request, first, { run: none, sampled: true })
    const [, id, span] = headers['traceparent']?.split('-') ?? []
    expect(id).not.toMatch(/^0+$/)
    expect(span).not.toMatch(/^0+$/)
  }
})

test('a spec says what is sent', () => {
  expect(read({})).not.toHaveProperty('tracing')
  expect(read({ trace_context: false })).not.toHaveProperty('tracing')
  expect(read({ trace_context: true }).tracing).toEqual({ sampled: true })
  expect(read({ trace_context: {} }).tracing).toEqual({ sampled: true })
  expect(read({ trace_context: { sampled: false } }).tracing).toEqual({ sampled: false })
  expect(read({ request_id_header: 'X-Request-Id' }).tracing).toEqual({
    requestIdHeader: 'X-Request-Id',
  })
})

test.each([
  [
    { trace_context: true, headers: { TraceParent: '00-1' } },
    'headers.TraceParent: is what trace_context sends. Remove one of them.',
  ],
  [
    { request_id_header: 'x-request-id', headers: { 'X-Request-ID': 'mine' } },
    'headers.X-Request-ID: is what request_id_header sends. Remove one of them.',
  ],
  [
    {
      trace_context: true,
      baseline: { url: 'http://127.0.0.1:2/', headers: { traceparent: 'x' } },
    },
    'baseline.headers.traceparent: is what trace_context sends.',
  ],
  [{ request_id_header: 'content-length' }, 'request_id_header: is set by the client.'],
  [{ request_id_header: 'Host' }, 'request_id_header: is set by the client.'],
  [{ request_id_header: 'my id' }, 'request_id_header: is no name of a header.'],
  [
    { request_id_header: 'traceparent', trace_context: true },
    'request_id_header: is what trace_context sends already.',
  ],
])('a header that would be sent twice, or cannot be, is one error: %j', (document, message) => {
  expect(() => read(document)).toThrow(message)
})

test('a header of the spec itself is sent where nothing of ours is asked for', () => {
  expect(read({ headers: { traceparent: '00-1' } }).target.headers).toEqual({ traceparent: '00-1' })
})
