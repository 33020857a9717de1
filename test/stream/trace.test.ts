import { expect, test } from 'vitest'

import { traceStream } from '../../src/stream/trace.ts'
import { eventStream, loadRecordings, plain, readCut } from './recording.ts'

const format = { dialect: 'sse' } as const

function trace(text: string, more: Partial<Parameters<typeof traceStream>[1]> = {}) {
  const options = { format, contentType: 'text/event-stream', ended: 0, ...more }
  return traceStream([{ at: 0, bytes: Buffer.from(text) }], options)
}

for (const { name, bytes, expected } of loadRecordings()) {
  test(`${name}: what is traced has the marks of what is read, and the same roles however it is cut`, () => {
    const { contentType, format: own } = expected
    const read = (size: number) => {
      const cuts = Array.from(
        { length: Math.ceil(bytes.length / size) - 1 },
        (_, i) => (i + 1) * size,
      )
      const bounds = [0, ...cuts, bytes.length]
      const reads = bounds
        .slice(1)
        .map((end, at) => ({ at, bytes: bytes.subarray(bounds[at], end) }))
      const traced = traceStream(reads, { format: own, contentType, ended: reads.length })
      const { marks, fault } = readCut(bytes, cuts, { format: own, contentType })
      expect(plain(traced.marks)).toEqual(marks)
      expect(traced.fault).toEqual(fault)
      const tokens = traced.events.filter(({ roles }) => roles.includes('token'))
      expect(tokens.map(({ at }) => at)).toEqual([...traced.marks.tokenTimes])
      return traced.events.map(({ name: event, data, roles }) => ({ event, data, roles }))
    }
    const whole = read(bytes.length)
    if (expected.tokens === 'reads') return
    for (const size of [1, 7, 64]) expect(read(size)).toEqual(whole)
  })
}

test('every event tells what it was taken for', () => {
  const text = [
    'event: ping\ndata: {}\n\n',
    eventStream(
      { choices: [{ index: 0, delta: { role: 'assistant' } }] },
      { choices: [{ index: 0, delta: { reasoning: 'hm' } }] },
      { choices: [{ index: 0, delta: { content: 'a' } }] },
      { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } },
      '[DONE]',
    ),
  ].join('')
  const { events } = trace(text, { format: { dialect: 'openai-chat' } })
  expect(events.map(({ roles }) => roles.join(' '))).toEqual([
    'keep_alive',
    'lifecycle',
    'token reasoning',
    'token output',
    'usage',
    'end',
  ])
  expect(trace('data: {"error":"busy"}\n\n').events.map(({ roles }) => roles)).toEqual([['error']])
})

test('an event before the first that has a name is no token after all', () => {
  const { events } = trace('data: {"a":1}\n\nevent: x\ndata: {}\n\nevent: end\ndata: {}\n\n')
  expect(events.map(({ roles }) => roles)).toEqual([['lifecycle'], ['token'], ['token']])
})

test('a body that was broken off has no end, one that was behind its last word has', () => {
  const text = eventStream({ event: 'workflow_started' })
  expect(trace(text).fault?.kind).toBe('incomplete_stream')
  expect(trace(text, { ended: undefined }).fault).toBeUndefined()
  expect(trace(text, { ended: undefined }).marks.completed).toBeUndefined()
  const done = `${text}data: [DONE]\n\n`
  expect(trace(done, { ended: undefined }).marks.completed).toBe(0)
})
