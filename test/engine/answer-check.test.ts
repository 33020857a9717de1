import { beforeAll, expect, test } from 'vitest'

import type { Expectation } from '../../src/bench-spec/expectation.ts'
import { createRedactor } from '../../src/bench-spec/redaction.ts'
import type { Secret } from '../../src/bench-spec/spec.ts'
import type { StreamFormat } from '../../src/bench-spec/stream-format.ts'
import { createAnswerCheck, loadSchemaCompiler } from '../../src/engine/answer-check.ts'
import { startExchange } from '../../src/engine/exchange.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { chunk, done, fakeConnection, prepared } from './_connection.ts'

const answer = { schema: { source: 'answer.schema.json', schema: { type: 'object' } } }

beforeAll(() => loadSchemaCompiler([undefined, answer]))

interface Answer {
  status?: number
  contentType?: string
  body?: string | readonly Uint8Array[]
  stream?: StreamFormat
  secrets?: readonly Secret[]
  breaks?: boolean
}

const whole: StreamFormat = { dialect: 'json' }
const chat: StreamFormat = { dialect: 'openai-chat' }

/** What becomes of one answer; its body ends at 180. */
function receive(expected: Expectation, given: Answer): RequestRecord | undefined {
  const { status = 200, contentType = 'application/json', body = '{}', stream = whole } = given
  const connection = fakeConnection()
  const records: RequestRecord[] = []
  let at = 100
  startExchange({
    connection,
    request: prepared,
    ticket: { target: 'candidate', phase: 'measured', index: 0, round: 0 },
    slot: 0,
    scheduled: 100,
    timeouts: { total: 10_000, connect: 1000 },
    stream,
    expected: createAnswerCheck(expected),
    redactor: createRedactor(given.secrets ?? []),
    resend: true,
    now: () => at,
    onShortage: () => {},
    onRecord: (record) => records.push(record),
  })
  const { handler } = connection
  handler?.onSend(false)
  handler?.onHeaders(status, { 'content-type': contentType })
  at = 150
  for (const piece of typeof body === 'string' ? [Buffer.from(body)] : body) handler?.onData(piece)
  at = 180
  if (given.breaks === true) handler?.onError(Object.assign(new Error(), { code: 'ECONNRESET' }))
  else handler?.onEnd()
  expect(records).toHaveLength(1)
  return records[0]
}

function unexpected(message: string): object {
  return { outcome: 'failed', failure: { kind: 'unexpected_answer', message } }
}

test('an answer that is as expected completes, at the instant at which it ended', () => {
  const record = receive({ values: [{ path: 'a', equals: 1 }] }, { body: '{"a":1}' })
  expect(record).toMatchObject({
    outcome: 'completed',
    status: 200,
    dialect: 'json',
    marks: { firstByte: 150, lastByte: 150, completed: 180, ended: 180 },
  })
  expect(record?.output).toBeUndefined()
})

test('an answer that is not is a failure that says what was expected and what was there', () => {
  expect(receive({ values: [{ path: 'a', equals: 1 }] }, { body: '{"a":2}' })).toMatchObject(
    unexpected('expected 1 at a, got 2'),
  )
})

test('what is wrong with the answer itself goes before what it says', () => {
  const expected: Expectation = { values: [{ path: 'a', equals: 1 }] }
  for (const [body, kind] of [
    ['{"error":"busy"}', 'in_band_error'],
    ['{"a":', 'incomplete_stream'],
    ['busy', 'malformed_event'],
  ]) {
    expect(receive(expected, { body: body ?? '' })).toMatchObject({ failure: { kind } })
  }
})

test('another status than the expected one is no answer, however good it looks', () => {
  expect(receive({ statuses: [404] }, {})).toMatchObject(unexpected('expected status 404, got 200'))
  expect(receive({ statuses: [200, 201] }, { status: 204 })).toMatchObject(
    unexpected('expected status 200 or 201, got 204'),
  )
  expect(receive({ statuses: [404] }, { status: 500, body: '{"error":"x"}' })).toMatchObject({
    failure: { kind: 'http_status', message: 'HTTP 500: x' },
  })
})

test('an expected status is a success, whatever its body, unless more is expected of that', () => {
  for (const body of ['{"error":{"message":"no such model"}}', '<html>not here</html>', '']) {
    const record = receive({ statuses: [404] }, { status: 404, contentType: 'text/html', body })
    expect(record).toMatchObject({ outcome: 'completed', status: 404, dialect: 'json' })
  }
  const values = [{ path: 'error.code', equals: 'model_not_found' }]
  const missing = { status: 404, body: '{"error":{"code":"model_not_found"}}' }
  expect(receive({ statuses: [404], values }, missing)).toMatchObject({ outcome: 'completed' })
  expect(receive({ statuses: [404], values }, { status: 404, body: '<html>' })).toMatchObject(
    unexpected('expected "model_not_found" at error.code, got nothing: the body is no JSON'),
  )
})

test('a document is compared with a schema', () => {
  expect(receive(answer, { body: '{}' })).toMatchObject({ outcome: 'completed' })
  expect(receive(answer, { body: '[]' })).toMatchObject(
    unexpected('the answer does not fit answer.schema.json: it must be object'),
  )
})

test('a stream is compared by its final text, which is not kept for that', () => {
  const body = [chunk({ content: 'The ' }), chunk({ content: 'Rhine' }), done]
  const given = { body, stream: chat, contentType: 'text/event-stream' }
  const good = receive({ output: { contains: 'e Rh' } }, given)
  expect(good).toMatchObject({ outcome: 'completed' })
  expect(good?.output).toBeUndefined()
  expect(receive({ output: { contains: 'Elbe' } }, given)).toMatchObject(
    unexpected('expected an output that contains "Elbe", got "The Rhine"'),
  )
  const broken = { ...given, breaks: true }
  expect(receive({ output: { contains: 'Elbe' } }, broken)).toMatchObject(
    unexpected('expected an output that contains "Elbe", got "The Rhine"'),
  )
})

test('a stream is compared by the tools that it calls', () => {
  const call = { tool_calls: [{ index: 0, function: { name: 'get_time', arguments: '{}' } }] }
  const given = { body: [chunk(call), done], stream: chat, contentType: 'text/event-stream' }
  expect(receive({ toolCall: 'get_time' }, given)).toMatchObject({ outcome: 'completed' })
  expect(receive({ toolCall: 'get_weather' }, given)).toMatchObject(
    unexpected('expected a call of the tool get_weather, got a call of get_time'),
  )
})

test('a secret in the answer is out of the message before it is cut, and nothing in it does harm', () => {
  const secrets = [{ value: 'sk-0123456789', label: '[key]' }]
  const text = `${'x'.repeat(195)}sk-0123456789\u001b[31m\n::error::x`
  const body = JSON.stringify({ a: text })
  const record = receive({ values: [{ path: 'a', equals: 'b' }] }, { body, secrets })
  const message = record?.outcome === 'failed' ? record.failure.message : ''
  expect(message).toBe(`expected "b" at a, got "${'x'.repeat(195)}[key]…"`)
})
