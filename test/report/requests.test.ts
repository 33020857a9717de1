import { expect, test } from 'vitest'

import { parseRequest, renderRequest } from '../../src/report/requests.ts'
import { completed, failed, t0 } from './_records.ts'
import { hostile } from './_runs.ts'

const record = completed(3, { ttft: 234.56789, end: 300, tokens: 2, dispatched: 10 })

test('one line of JSON, marks and token times in ms since the first instant of the run', () => {
  const line = renderRequest(record, t0)
  expect(line).not.toContain('\n')
  expect(JSON.parse(line)).toEqual({
    index: 3,
    phase: 'measured',
    round: 0,
    slot: 0,
    row: null,
    outcome: 'completed',
    failure: null,
    status: 200,
    dialect: null,
    reused: false,
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
    reads: 2,
    bytes: 1024,
    prompt_tokens: null,
    completion_tokens: null,
    output: null,
  })
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
  expect(line).toMatch(/^\{"index"/)
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
    completionTokens: 7,
    output: '最终结果',
  }
  expect(JSON.parse(renderRequest(full, t0))).toMatchObject({
    row: 2,
    dialect: 'dify',
    prompt_tokens: 5,
    completion_tokens: 7,
    output: '最终结果',
  })
})

test('a line is read back as the record that it was rendered from', () => {
  const marks = { scheduled: 1, called: 2, dispatched: 3, headers: 4.5, firstByte: 5, ended: 13 }
  const records = [
    record,
    {
      ...record,
      marks,
      row: 2,
      dialect: 'dify',
      promptTokens: 5,
      completionTokens: 7,
      output: hostile,
    },
    failed(0, 'busy'),
    { ...record, outcome: 'cancelled' as const, phase: 'warmup' as const, reused: true },
  ]
  for (const each of records) {
    const back = parseRequest(renderRequest(each, 0))
    const { marks: marksBack, tokenTimes: timesBack, ...rest } = back
    const { marks: marksGiven, tokenTimes: timesGiven, ...given } = each
    expect(rest).toEqual(given)
    expect(marksBack).toEqual(
      Object.fromEntries(Object.entries(marksGiven).map(([name, at]) => [name, toDigits(at)])),
    )
    expect([...timesBack]).toEqual(Array.from(timesGiven, toDigits))
    expect(renderRequest(back, 0)).toBe(renderRequest(each, 0))
  }
})

function toDigits(ms: number): number {
  return Number(ms.toFixed(4))
}

test.each(['', '{', '{}', '{"marks_ms":{},"token_times_ms":[],"outcome":"failed","failure":null}'])(
  'a line that is no request is an error: %s',
  (line) => {
    expect(() => parseRequest(line)).toThrow()
  },
)
