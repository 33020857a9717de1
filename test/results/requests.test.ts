import { expect, test } from 'vitest'

import { traceIdOf } from '../../src/bench-spec/tracing.ts'
import { namesOf, parseRequests, renderRequest } from '../../src/results/requests.ts'
import type { Results } from '../../src/results/results.ts'
import * as usual from '../metrics/records.ts'
import { completed, failed, t0 } from '../report/_records.ts'
import { hostile } from '../report/_runs.ts'

const record = completed(3, { ttft: 234.56789, end: 300, tokens: 2, dispatched: 10 })

test('one line of JSON, marks and token times in ms since the first instant of the run', () => {
  const line = renderRequest(record, t0)
  expect(line).not.toContain('\n')
  expect(JSON.parse(line)).toEqual({
    target: 'candidate',
    number: 4,
    phase: 'measured',
    round: 0,
    stage: null,
    session: null,
    turn: null,
    step: null,
    slot: 0,
    kind: null,
    row: null,
    trace_id: null,
    outcome: 'completed',
    failure: null,
    status: 200,
    dialect: null,
    held_back: false,
    reused: false,
    leaves: false,
    replaced: null,
    marks_ms: {
      scheduled: 10,
      called: 10,
      dispatched: 10,
      headers: null,
      first_byte: null,
      first_event: null,
      first_content: null,
      first_token: 244.5679,
      first_output: null,
      last_token: 310,
      completed: null,
      last_byte: null,
      ended: 310,
    },
    token_times_ms: [244.5679, 310],
    events: 4,
    event_names: null,
    reads: 2,
    bytes: 1024,
    prompt_tokens: null,
    cached_tokens: null,
    completion_tokens: null,
    output: null,
    missing_output: null,
  })
})

test('the kind of a request is written by its name, and read back by its place among the kinds', () => {
  const written = [1, 0, 1].map((kind) =>
    renderRequest({ ...record, kind }, t0, { kinds: ['chat', 'embed'] }),
  )
  expect(written.map((text) => JSON.parse(text).kind)).toEqual(['embed', 'chat', 'embed'])
  const read = (kinds?: readonly string[]): (number | undefined)[] =>
    parseRequests(written, 'f', kinds).map(({ kind }) => kind)
  expect(read(['chat', 'embed'])).toEqual([1, 0, 1])
  expect(read()).toEqual([0, 1, 0])
})

test('every mark has its own place', () => {
  const marks = {
    scheduled: 1,
    called: 2,
    dispatched: 3,
    headers: 4,
    firstByte: 5,
    firstEvent: 6,
    firstContent: 7,
    firstToken: 8,
    firstOutput: 9,
    lastToken: 10,
    completed: 11,
    lastByte: 12,
    ended: 13,
  }
  const { marks_ms: shown } = JSON.parse(renderRequest({ ...record, marks }, 0)) as {
    marks_ms: Record<string, number>
  }
  expect(Object.values(shown)).toEqual(Object.values(marks))
})

test('a failure keeps its kind and words, on one line whatever the target wrote', () => {
  const line = renderRequest(failed(0, hostile), t0)
  expect(line).not.toMatch(/\p{Cc}/u)
  expect(line).toMatch(/^\{"target"/)
  expect(JSON.parse(line)).toMatchObject({
    outcome: 'failed',
    failure: { kind: 'http_status', message: hostile },
  })
})

test('counts and the answer are kept where there are some', () => {
  const full = {
    ...record,
    row: 2,
    dialect: 'dify',
    promptTokens: 5,
    cachedTokens: 0,
    completionTokens: 7,
    output: '最终结果',
    eventNames: [{ name: 'message', count: 4 }],
    missingOutput: { at: 'data', keys: ['a'] },
  }
  expect(JSON.parse(renderRequest(full, t0))).toMatchObject({
    row: 2,
    dialect: 'dify',
    prompt_tokens: 5,
    cached_tokens: 0,
    completion_tokens: 7,
    output: '最终结果',
    event_names: [{ name: 'message', count: 4 }],
    missing_output: { at: 'data', keys: ['a'] },
  })
})

test('what was written is read back: the same record, and the same line again', () => {
  const written = [
    record,
    failed(0, 'HTTP 503: busy'),
    { ...record, outcome: 'cancelled' as const, phase: 'warmup' as const, round: -1 },
    {
      ...record,
      row: 0,
      dialect: 'dify',
      promptTokens: 0,
      completionTokens: 7,
      output: hostile.toWellFormed(),
      eventNames: [{ name: hostile.toWellFormed(), count: 1 }],
      missingOutput: { at: '', keys: [hostile.toWellFormed()] },
      marks: { ...record.marks, headers: t0 + 11, firstByte: t0 + 12, lastByte: t0 + 310.5 },
    },
  ]
  const text = written.map((each) => `${renderRequest(each, t0)}\n`).join('')
  const back = parseRequests(text.split('\n'), 'requests.ndjson.gz')
  expect(back.map((each) => `${renderRequest(each, 0)}\n`).join('')).toBe(text)
  expect(back.at(3)).toEqual({
    ...written[3],
    marks: {
      scheduled: 10,
      called: 10,
      dispatched: 10,
      headers: 11,
      firstByte: 12,
      firstToken: 244.5679,
      lastToken: 310,
      lastByte: 310.5,
      ended: 310,
    },
    tokenTimes: Float64Array.of(244.5679, 310),
  })
  expect(back.map(({ outcome }) => outcome)).toEqual([
    'completed',
    'failed',
    'cancelled',
    'completed',
  ])
})

const line = renderRequest(record, t0)

test.each([
  [`${line}\n${line.slice(0, 40)}`, 'f:2:1: is not JSON. Was the file cut short?'],
  [line.replace('"measured"', '"other"'), 'f:1:1: phase: must be one of warmup, measured'],
  [line.replace('"ended":310', '"ended":"x"'), 'f:1:1: marks_ms.ended: must be a number, got "x".'],
  [line.replace('"completed"', '"failed"'), 'f:1:1: failure: is nothing, but a failed request'],
  [line.replace('"events":4', '"events":null'), 'f:1:1: events: must be a whole number'],
  ['[]', 'f:1:1: must be an object'],
])('a line that was not written by us is refused: %j', (text, message) => {
  expect(() => parseRequests(text.split('\n'), 'f')).toThrow(message)
})

test('a line has the trace id of its request where the run has some, and who left, and is read again', () => {
  const record = usual.left({ index: 4, after: 150 })
  const run = '5f3a9c1be2d04477'
  const line = renderRequest(record, 0, { tracing: { run } })
  expect(JSON.parse(line)).toMatchObject({
    number: 5,
    outcome: 'left',
    leaves: true,
    trace_id: traceIdOf({ run }, record),
  })
  expect(parseRequests([line], 'requests.ndjson').at(0)).toMatchObject({
    outcome: 'left',
    leaves: true,
  })
  const early = usual.completed({ leaves: true })
  expect(parseRequests([renderRequest(early, 0)], 'requests.ndjson').at(0)).toMatchObject({
    outcome: 'completed',
    leaves: true,
  })
})

test('requests that are written once more have the names that the results of their run tell', () => {
  const mix = [{ name: 'chat' }, { name: 'embed' }] as Results['mix']
  const run = '5f3a9c1be2d04477'
  const tracing = { run_id: run } as Results['tracing']
  expect(namesOf({ mix, tracing })).toEqual({ kinds: ['chat', 'embed'], tracing: { run } })
  expect(namesOf({ mix: [], tracing: null })).toEqual({ kinds: [] })
})
