import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, expect, test } from 'vitest'

import { SpecError } from '../../src/bench-spec/issue.ts'
import { checkSpec } from '../../src/bench-spec/loading.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'

const folder = mkdtempSync(join(tmpdir(), 'slogate-expect-'))
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return name
}

function check(expected: unknown, more: object = {}): BenchSpec {
  const document = { url: 'http://127.0.0.1', stream_format: 'json', ...more, expect: expected }
  return checkSpec(document, { env: {}, baseDir: folder })
}

function explain(expected: unknown, more: object = {}): string {
  try {
    check(expected, more)
  } catch (error) {
    if (error instanceof SpecError) return error.message
    throw error
  }
  return 'no error'
}

test('what is expected is read with its files', () => {
  const file = write(
    'answer.json',
    '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}',
  )
  const spec = check({
    status: 200,
    values: [{ path: 'a', equals: null, length: 2 }],
    schema: file,
    output: { json: true },
    tool_call: 'f',
  })
  expect(spec.expect).toEqual({
    statuses: [200],
    values: [{ path: 'a', equals: null, length: 2 }],
    schema: { source: file, schema: expect.objectContaining({ type: 'object' }) },
    output: { json: true },
    toolCall: 'f',
  })
})

test.each<[unknown, string]>([
  [{}, 'expect: expects nothing. Write for example output: { contains: Rhine }.'],
  [{ 'x-note': 1 }, 'expect: expects nothing.'],
  [{ output: {} }, 'expect.output: expects nothing. Write for example contains: Rhine.'],
  [{ status: [] }, 'expect.status: names no status. Write one.'],
  [{ status: 99 }, 'expect.status: must be a whole number of at least 100'],
  [
    { json: [] },
    'expect.json: unknown key. Known here: status, values, schema, output, tool_call.',
  ],
  [{ values: [{ equals: 1 }] }, 'expect.values[0]: the key "path" is required.'],
  [{ values: [{ path: 'a..b' }] }, 'expect.values[0].path: has a step without a name, got "a..b".'],
  [{ values: [{ path: 'a', equals: '{{x}}' }] }, 'expect.values[0].equals: takes no {{column}}'],
  [{ output: { contains: '{{x}}' } }, 'expect.output.contains: takes no {{column}}'],
  [{ output: { json: false } }, 'expect.output.json: must be true, got false.'],
  [
    { output: { matches: '(' } },
    'expect.output.matches: is no regular expression: Unterminated group.',
  ],
  [{ values: [{ path: 'a', matches: '(a+)+' }] }, 'expect.values[0].matches: may take forever'],
  [
    { schema: 'missing.json' },
    'expect.schema: there is no file missing.json. It is looked for relative to the spec.',
  ],
  [{ schema: '.' }, 'expect.schema: cannot be read (EISDIR).'],
])('%j is refused: %s', (expected, message) => {
  expect(explain(expected)).toContain(message)
})

test.each([
  ['{"type":"obj"}', 'is no JSON schema: schema is invalid'],
  ['{"$ref":"other.json"}', "is no JSON schema: can't resolve reference other.json"],
  ['{"$schema":"http://example.com/own"}', 'is no JSON schema: no schema with key or ref'],
  ['[]', 'is no JSON schema: it must be an object.'],
  ['{', 'is not JSON: '],
])('a file that holds %s is refused: %s', (content, message) => {
  const file = write('bad.json', content)
  expect(explain({ schema: file })).toContain(`expect.schema: bad.json ${message}`)
  expect(explain({ output: { schema: file } })).toContain(
    `expect.output.schema: bad.json ${message}`,
  )
})

test('a file that is too large is refused', () => {
  const file = write('large.json', ' '.repeat(2 ** 20 + 1))
  expect(explain({ schema: file })).toContain('at most 1048576 bytes, got 1048577')
})

test('what only a whole document has is refused of a stream, and what only a stream may be of 404', () => {
  const stream = { stream_format: 'openai-chat' }
  for (const more of [stream, { stream_format: undefined }]) {
    expect(explain({ values: [{ path: 'a' }] }, more)).toContain(
      'expect.values: looks at a whole document, and the answer is a stream.',
    )
    expect(explain({ status: [200, 404] }, more)).toContain(
      'expect.status: an answer with status 404 is no stream. Write stream_format: json',
    )
    expect(explain({ status: 201, output: { json: true }, tool_call: 'f' }, more)).toBe('no error')
  }
  expect(explain({ status: [200, 404] })).toBe('no error')
  expect(explain({ tool_call: 'f' }, { stream_format: 'raw' })).toContain(
    'expect.tool_call: is not known of stream_format raw',
  )
})

test('a stream format that is wrong is the only thing that is', () => {
  expect(explain({ values: [{ path: 'a' }] }, { stream_format: 'jsno' }).split('\n')).toHaveLength(
    1,
  )
})

test('an SLO on tokens is refused where no answer has any', () => {
  const slo = ['ttft p95 <= 1s']
  expect(explain({ status: 404 }, { slo })).toContain('ttft is about the tokens of a stream')
})
