import { expect, test } from 'vitest'

import type { BenchSpec, ClosedLoad, Row, Target } from '../../src/bench-spec/spec.ts'
import { checkPlaceholders, prepare, prepareRequest } from '../../src/bench-spec/template.ts'

const base: Target = { url: 'http://127.0.0.1/', method: 'POST', headers: {} }

function body(value: unknown, row: Row = {}): string | undefined {
  return prepareRequest({ ...base, body: value }, row).body
}

function createSpec(rows: readonly Row[] | undefined, load: Partial<ClosedLoad>): BenchSpec {
  const dataset = rows && { source: 'a.csv', path: '/a.csv', columns: ['q'], rows }
  return {
    name: 'a',
    target: { ...base, body: '{{q}}' },
    timeouts: { total: 1, connect: 1 },
    ...(dataset ? { dataset } : {}),
    load: { kind: 'closed', concurrency: 1, warmup: 0, rounds: 1, seed: 1, ...load },
    slos: [],
    gate: { policy: 'pr', confidence: 0.95, failures: 'as-infinite', maxExtraRounds: 0 },
    abort: { certain: false },
    secrets: [],
    warnings: [],
  }
}

test('fills texts at any depth, several in one [S1.24] [S1.25]', () => {
  const value = { a: [{ b: '{{topic}} - {{ content }}' }], n: 1, '{{topic}}': null }
  expect(body(value, { topic: '潮汐', content: 'x' })).toBe(
    '{"a":[{"b":"潮汐 - x"}],"n":1,"{{topic}}":null}',
  )
})

test('cells are put in place once, and stay valid JSON [S1.24]', () => {
  const row = { a: '"{{b}}"\n$&', b: 'never' }
  expect(JSON.parse(body({ x: 'say {{a}}', y: '{{a}}' }, row) ?? '')).toEqual({
    x: 'say "{{b}}"\n$&',
    y: '"{{b}}"\n$&',
  })
})

test('a text that is one placeholder keeps the type of its value', () => {
  const row = { n: 16, o: { think: true }, z: null }
  expect(body({ a: '{{n}}', b: '{{o}}', c: '{{z}}', d: 'n={{n}} o={{o}} z={{z}}' }, row)).toBe(
    '{"a":16,"b":{"think":true},"c":null,"d":"n=16 o={\\"think\\":true} z=null"}',
  )
  expect(body('{{o}}', row)).toBe('{"think":true}')
})

test('a body is any JSON, and sent as it was written [S1.10]', () => {
  const values = [{}, { a: { b: [null, true, 1.5, '值'] } }, [], [1, { a: [] }], 7, false]
  for (const value of values) expect(JSON.parse(body(value) ?? '')).toEqual(value)
})

test('a body of text is sent as it is, no body is none', () => {
  expect(body('plain {{x}}', { x: '"1"' })).toBe('plain "1"')
  const request = prepareRequest(base, {})
  expect(request).not.toHaveProperty('body')
  expect(request.headers).not.toHaveProperty('content-type')
})

test('headers are filled, defaults are added unless they are given [S1.9]', () => {
  const headers = { 'Content-Type': 'text/plain', Accept: '*/*', 'X-Row': '{{n}}' }
  const { headers: sent } = prepareRequest({ ...base, headers, body: {} }, { n: 3 })
  expect(sent).toEqual({
    'Content-Type': 'text/plain',
    Accept: '*/*',
    'X-Row': '3',
    'accept-encoding': 'identity',
  })
  expect(prepareRequest({ ...base, body: {} }, {}).headers).toEqual({
    'content-type': 'application/json',
    accept: 'text/event-stream, application/x-ndjson, application/json;q=0.5, */*;q=0.1',
    'accept-encoding': 'identity',
  })
})

test('cells are encoded in the URL', () => {
  const url = 'http://127.0.0.1/{{a}}?q={{a}}&lone={{b}}'
  expect(prepareRequest({ ...base, url }, { a: '潮/ &', b: '\ud800' }).url).toBe(
    'http://127.0.0.1/%E6%BD%AE%2F%20%26?q=%E6%BD%AE%2F%20%26&lone=%EF%BF%BD',
  )
})

test('there is one request for each row that is used, in the order of the rows [S1.5] [S1.26]', () => {
  const rows = ['a', 'b', 'c'].map((q) => ({ q }))
  const all = prepare(createSpec(rows, { requests: 100 }))
  expect(all.map(({ row, body: sent }) => [row, sent])).toEqual([
    [0, 'a'],
    [1, 'b'],
    [2, 'c'],
  ])
  expect(prepare(createSpec(rows, { requests: 1, warmup: 1 }))).toHaveLength(2)
  expect(prepare(createSpec(rows, { duration: 1000 }))).toHaveLength(3)
})

test('without a dataset there is exactly one request', () => {
  const spec = createSpec(undefined, { requests: 100 })
  const requests = prepare({ ...spec, target: { ...base, body: { stream: true } } })
  expect(requests).toHaveLength(1)
  expect(requests[0]).not.toHaveProperty('row')
})

test('names the nearest column for one that does not exist [T11]', () => {
  const dataset = {
    source: 'a.csv',
    path: '/a.csv',
    columns: ['content'],
    rows: [{ content: 'x' }],
  }
  const target = { ...base, body: '{{contnet}}' }
  const [issue] = checkPlaceholders(target, { dataset, hidden: [] }, () => undefined)
  expect(issue).toEqual({
    path: ['body'],
    message: 'a.csv has no column "contnet". Did you mean "content"?',
  })
})

test('of shuffled rows any may be sent', () => {
  const rows = Array.from({ length: 9 }, (_, q) => ({ q }))
  const inOrder = createSpec(rows, { requests: 2, warmup: 1 })
  expect(prepare(inOrder).map(({ row }) => row)).toEqual([0, 1, 2])
  const shuffled = createSpec(rows, { requests: 2, warmup: 1, shuffle: true })
  expect(prepare(shuffled)).toHaveLength(9)
})
