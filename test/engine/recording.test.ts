import { expect, test } from 'vitest'

import { createRedactor } from '../../src/bench-spec/redaction.ts'
import type { StreamFormat } from '../../src/bench-spec/stream-format.ts'
import type { Recording } from '../../src/engine/record.ts'
import { createRecorders, recordingLimits } from '../../src/engine/recording.ts'
import { encodings, keys, pieces } from '../bench-spec/_secrets.ts'
import { eventStream } from '../stream/recording.ts'
import { prepared } from './_connection.ts'

const ticket = { target: 'candidate', phase: 'measured', index: 0 }

function record(
  reads: readonly (string | Buffer)[],
  value = '',
  { stream, headers = {} }: { stream?: StreamFormat; headers?: Record<string, unknown> } = {},
): Recording {
  const secrets = value === '' ? [] : [{ value, label: '[KEY]' }]
  const redactor = createRedactor(secrets)
  const recorders = createRecorders({ requests: 1, secrets, redactor })
  const request = {
    ...prepared,
    url: `http://a/?key=${encodeURIComponent(value)}`,
    headers: { k: value },
  }
  const recorder = recorders.start(ticket, request, stream)
  recorder?.dispatch(100)
  recorder?.respond(200, { 'content-type': 'text/event-stream', ...headers })
  reads.forEach((bytes, index) => recorder?.read(Buffer.from(bytes), 110 + index))
  recorder?.end(150)
  return recorders.finish()[0]!
}

function bodyOf({ reads }: Recording): Buffer {
  return Buffer.concat(reads.map(({ bytes }) => bytes))
}

test('keeps the bytes as they came, in ms since dispatch', () => {
  const bytes = Buffer.from('data: 世界\n\n')
  const recording = record([bytes.subarray(0, 7), bytes.subarray(7), Buffer.of(0xff)])
  expect(recording).toMatchObject({ index: 0, status: 200, omitted: 0, ended: 50 })
  expect(recording.reads.map(({ at }) => at)).toEqual([10, 11, 12])
  expect(bodyOf(recording)).toEqual(Buffer.concat([bytes, Buffer.of(0xff)]))
})

test('records the first measured requests to the candidate and no others', () => {
  const recorders = createRecorders({
    requests: 2,
    secrets: [],
    redactor: createRedactor([]),
  })
  const others = [{ index: 2 }, { phase: 'warmup' }, { target: 'baseline' }]
  for (const other of others) {
    expect(recorders.start({ ...ticket, ...other }, prepared)).toBeUndefined()
  }
  recorders.start({ ...ticket, index: 1 }, prepared)
  expect(recorders.finish()).toMatchObject([{ index: 1, reads: [], omitted: 0 }])
})

test('what is beyond the limit of a request is counted', () => {
  const half = Buffer.alloc(recordingLimits.request / 2, 'x')
  const recording = record([half, half, half])
  expect(bodyOf(recording)).toHaveLength(recordingLimits.request)
  expect(recording.omitted).toBe(half.length)
})

test.each([1, 3])('of %i load processes all together keep no more bytes than one would', (of) => {
  const recorders = createRecorders({
    requests: 100,
    secrets: [],
    redactor: createRedactor([]),
    processes: of,
  })
  for (let index = 0; index < 40; index++) {
    const recorder = recorders.start({ ...ticket, index }, prepared)
    recorder?.read(Buffer.alloc(recordingLimits.request, 'x'), 0)
  }
  const all = recorders.finish()
  const kept = all.reduce((sum, each) => sum + bodyOf(each).length, 0)
  const omitted = all.reduce((sum, each) => sum + each.omitted, 0)
  expect(kept).toBeLessThanOrEqual(recordingLimits.all / of)
  expect(kept + omitted).toBe(40 * recordingLimits.request)
})

test.each(Object.entries(keys))(
  'of a key that is %s nothing is kept, wherever it stands and however the body is cut',
  (_, value) => {
    const forbidden = pieces(value)
    for (const encode of Object.values(encodings)) {
      const body = Buffer.from(`data: {"echo": "before ${encode(value)} behind"}\n\n`)
      const middle = body.indexOf('before') + 7 + Math.floor(encode(value).length / 2)
      const recording = record([body.subarray(0, middle), body.subarray(middle)], value, {
        headers: { 'x-echo': encode(value) },
      })
      const told = `${JSON.stringify({ ...recording, reads: [] })} ${bodyOf(recording).toString()}`
      expect(forbidden.filter((piece) => told.includes(piece))).toEqual([])
      expect(bodyOf(recording)).toHaveLength(body.length)
      expect(told).toContain('before ')
      expect(told).toContain(' behind')
    }
  },
)

test.each<[StreamFormat['dialect'], (text: string) => unknown]>([
  ['openai-chat', (text: string) => ({ choices: [{ index: 0, delta: { content: text } }] })],
  ['sse', (text: string) => ({ own: { shape: [text] } })],
  ['sse', (text: string) => text],
])('a key that is said token by token in %s is kept in none of them', (dialect, wrap) => {
  const value = 'sk-proj-0123456789abcdef'
  const tokens = ['say ', 'sk-', 'proj', '-0123', '4567', '89ab', 'cdef', ' now']
  const text = eventStream(...tokens.map((token) => wrap(token)), '[DONE]')
  const body = bodyOf(record([text], value, { stream: { dialect } })).toString()
  for (const token of tokens.slice(1, -1)) expect(body).not.toContain(token)
  expect(body).toContain('say ')
  expect(body).toContain(' now')
  expect(body).toHaveLength(text.length)
})

test('a key that the limit cuts is kept by no half', () => {
  const value = 'sk-proj-0123456789abcdefghij'
  const before = 'x'.repeat(recordingLimits.request - 10)
  const body = bodyOf(record([before + value, 'y'.repeat(100_000)], value)).toString()
  expect(body.slice(-12)).toBe('xx**********')
})
