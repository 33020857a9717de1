import { expect, test } from 'vitest'

import { suggestFormat } from '../../src/stream/suggestion.ts'
import { type Trace, traceStream } from '../../src/stream/trace.ts'
import { loadRecordings, type Recording } from './recording.ts'

const recordings = loadRecordings()

function trace({ bytes, expected }: Recording, size: number): Trace {
  const reads = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => ({
    at: 1,
    bytes: bytes.subarray(index * size, (index + 1) * size),
  }))
  const { format, contentType } = expected
  return traceStream(reads, { format, contentType, ended: 1 })
}

test.each(recordings.filter(({ expected }) => expected.dialect !== 'raw'))(
  '$name: is traced the same however it is cut, with the tokens, output, usage and fault of the run',
  (recording) => {
    const { bytes, expected } = recording
    const whole = trace(recording, bytes.length)
    for (const size of [1, 2, 7, 64]) expect(trace(recording, size)).toEqual(whole)
    const { events, marks, fault } = whole
    expect(events.filter(({ roles }) => roles.includes('token'))).toHaveLength(
      expected.tokens.length,
    )
    expect(fault?.kind).toBe(expected.fault?.kind)
    expect(marks.dialect).toBe(expected.dialect)
    if (expected.output !== undefined) expect(marks.output).toBe(expected.output)
    expect(marks.completionTokens).toBe(expected.completionTokens)
    expect(events.every(({ roles }) => roles.length > 0)).toBe(true)
  },
)

function find(name: string): Recording {
  const found = recordings.find((recording) => recording.name === name)
  if (found === undefined) throw new Error(`no recording ${name}`)
  return found
}

function suggest(name: string): object {
  const { bytes, expected } = find(name)
  const { contentType } = expected
  return suggestFormat(traceStream([{ at: 0, bytes }], { contentType, ended: 0 }))
}

test('of a known server, its dialect is proposed', () => {
  expect(suggest('chat')).toEqual({ dialect: 'openai-chat' })
  expect(suggest('anthropic')).toEqual({ dialect: 'anthropic' })
})

test('of another, the event whose texts make an answer and the one that ends it', () => {
  const body = [
    'event: begun\ndata: {"run": "r-1"}',
    'event: piece\ndata: {"delta": "Two "}',
    'event: piece\ndata: {"delta": "words"}',
    'event: finished\ndata: {"result": {"text": "Two words"}}',
    '',
  ].join('\n\n')
  const reads = [{ at: 0, bytes: Buffer.from(body) }]
  const traced = traceStream(reads, { contentType: 'text/event-stream', ended: 0 })
  expect(suggestFormat(traced)).toEqual({
    dialect: 'sse',
    firstTokenEvent: 'piece',
    completionEvent: 'finished',
    outputPath: 'result.text',
  })
})

test('a body that ends before its answer does is incomplete, one that was broken off has no end', () => {
  const { bytes, expected } = find('chat')
  const { contentType } = expected
  const reads = [{ at: 0, bytes: bytes.subarray(0, Math.floor(bytes.length / 2)) }]
  expect(traceStream(reads, { contentType, ended: 0 }).fault?.kind).toBe('incomplete_stream')
  const broken = traceStream(reads, { contentType })
  expect(broken.fault).toBeUndefined()
  expect(broken.marks.completed).toBeUndefined()
})
