import { expect, test } from 'vitest'

import { createRedactor } from '../../src/bench-spec/redaction.ts'
import type { Recording } from '../../src/engine/record.ts'
import { createRecorders, recordingLimits } from '../../src/engine/recording.ts'

const secrets = [{ value: 'sk-very-secret-0123456789', label: '${KEY}' }]

interface Sent {
  reads: readonly string[]
  headers?: Record<string, unknown>
  requests?: number
}

function record({ reads, headers = { 'content-type': 'text/event-stream' } }: Sent): Recording {
  const recorders = createRecorders({
    requests: 1,
    secrets,
    redactor: createRedactor(secrets),
    stream: undefined,
  })
  const recorder = recorders.start(
    { target: 'candidate', phase: 'measured', index: 0 },
    { url: 'http://h/?k=sk-very-secret-0123456789', method: 'POST', headers: {}, body: '{}' },
  )
  recorder?.dispatch(100)
  recorder?.respond(200, headers)
  for (const [index, text] of reads.entries()) recorder?.read(Buffer.from(text), 101 + index)
  recorder?.end(150)
  const [recording] = recorders.finish()
  if (recording === undefined) throw new Error('nothing was recorded')
  return recording
}

function bodyOf({ reads }: Recording): string {
  return Buffer.concat(reads.map(({ bytes }) => bytes)).toString()
}

test('keeps each read with its instant since dispatch, and the end of the body', () => {
  const recording = record({ reads: ['data: a\n\n', 'data: b\n\n'] })
  expect(recording.reads.map(({ at, bytes }) => [at, Buffer.from(bytes).toString()])).toEqual([
    [1, 'data: a\n\n'],
    [2, 'data: b\n\n'],
  ])
  expect(recording).toMatchObject({ index: 0, status: 200, omitted: 0, ended: 50 })
})

test('only the first measured requests to the candidate are recorded', () => {
  const options = { secrets, redactor: createRedactor(secrets), stream: undefined }
  const recorders = createRecorders({ requests: 2, ...options })
  const request = { url: 'http://h', method: 'GET', headers: {} }
  const starts = [
    { target: 'candidate', phase: 'warmup', index: 0 },
    { target: 'baseline', phase: 'measured', index: 0 },
    { target: 'candidate', phase: 'measured', index: 1 },
    { target: 'candidate', phase: 'measured', index: 2 },
  ].map((ticket) => recorders.start(ticket, request) !== undefined)
  expect(starts).toEqual([false, false, true, false])
})

test('a secret in url and headers is not in it', () => {
  const headers = { 'content-type': 'text/event-stream', 'x-echo': secrets[0]?.value }
  expect(JSON.stringify(record({ reads: ['data: x\n\n'], headers }))).not.toContain('very-secret')
})

test('a secret is not in the body at whatever byte reads part it', () => {
  const body = `data: {"text": "the key is ${secrets[0]?.value}."}\n\n`
  for (let cut = 1; cut < body.length; cut++) {
    const recording = record({ reads: [body.slice(0, cut), body.slice(cut)] })
    expect(bodyOf(recording)).not.toContain('very-secret')
    expect(bodyOf(recording)).toHaveLength(body.length)
  }
})

test('a secret that is repeated token by token is not in the texts of the events together', () => {
  const pieces = ['the key ', 'sk-ve', 'ry-sec', 'ret-01', '23456', '789', ' is it']
  const reads = pieces.map((content) => {
    const payload = { object: 'chat.completion.chunk', choices: [{ delta: { content } }] }
    return `data: ${JSON.stringify(payload)}\n\n`
  })
  const body = bodyOf(record({ reads }))
  const texts = [...body.matchAll(/"content":"([^"]*)"/g)].map(([, text]) => text)
  expect(texts.join('')).toBe(`the key ${'*'.repeat(25)} is it`)
})

test('keeps no more of a body than the limit, and says how much is missing', () => {
  const piece = 'x'.repeat(100_000)
  const recording = record({ reads: [piece, piece, piece, piece] })
  expect(bodyOf(recording)).toHaveLength(recordingLimits.request)
  expect(recording.omitted).toBe(400_000 - recordingLimits.request)
})
