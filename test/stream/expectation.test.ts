import { expect, test } from 'vitest'

import type { Expectation } from '../../src/bench-spec/expectation.ts'
import { compileAnswerSchema } from '../../src/bench-spec/schema-check.ts'
import { compileExpectation } from '../../src/stream/expectation.ts'
import { createReader } from '../../src/stream/read.ts'

/** What is unexpected in a whole document. */
function explain(expected: Expectation, document: unknown): string | undefined {
  const check = compileExpectation(expected, compileAnswerSchema)
  const reader = createReader({ dialect: 'json' }, undefined, {
    keepOutput: check.needsOutput,
    keepToolNames: check.needsToolNames,
  })
  reader.feed(Buffer.from(JSON.stringify(document)), 1)
  expect(reader.end(2)).toBeUndefined()
  return check.explain(reader, (text) => text.slice(0, 40))
}

const embeddings = {
  data: [
    { embedding: [0.1, 0.2], index: 0 },
    { embedding: [0.3], index: 1 },
  ],
  model: 'bge-m3',
  usage: null,
}

test.each<[NonNullable<Expectation['values']>[number], string | undefined]>([
  [{ path: 'data.0.embedding', length: 2 }, undefined],
  [
    { path: 'data.1.embedding', length: 2 },
    'expected a length of 2 at data.1.embedding, got a list of length 1',
  ],
  [
    { path: 'data.*.embedding', length: 2 },
    'expected a length of 2 at data.*.embedding, got a list of length 1',
  ],
  [{ path: 'data.*.index', matches: '^[01]$' }, undefined],
  [{ path: 'model', equals: 'bge-m3', matches: '^bge', length: 6 }, undefined],
  [{ path: 'model', equals: 'e5' }, 'expected "e5" at model, got "bge-m3"'],
  [{ path: 'model', matches: '^e' }, 'expected what matches ^e at model, got "bge-m3"'],
  [{ path: 'model', length: 3 }, 'expected a length of 3 at model, got "bge-m3" of length 6'],
  [{ path: 'usage', equals: null }, undefined],
  [{ path: 'usage' }, undefined],
  [{ path: 'usage', length: 1 }, 'expected a length of 1 at usage, got null'],
  [{ path: 'data.0', equals: { index: 0, embedding: [0.1, 0.2] } }, undefined],
  [{ path: 'data.0', equals: 1 }, 'expected 1 at data.0, got an object'],
  [{ path: 'data.2' }, 'expected something at data.2, got nothing: data holds 0, 1'],
  [
    { path: 'date.0.x' },
    'expected something at date.0.x, got nothing: the document holds data, model, usage',
  ],
  [
    { path: 'data.*.vector' },
    'expected something at data.*.vector, got nothing: data.* holds embedding, index',
  ],
  [
    { path: 'rows.*.vector' },
    'expected something at rows.*.vector, got nothing: the document holds data, model, usage',
  ],
  [
    { path: 'model.length' },
    'expected something at model.length, got nothing: the document holds data, model, usage',
  ],
  [
    { path: 'constructor' },
    'expected something at constructor, got nothing: the document holds data, model, usage',
  ],
])('%j of embeddings: %s', (value, message) => {
  expect(explain({ values: [value] }, embeddings)).toBe(message)
})

const chat = (content: string) => ({ choices: [{ message: { content } }] })

test.each<[Expectation['output'], string, string | undefined]>([
  [{ contains: 'Rhine' }, 'The Rhine.', undefined],
  [{ matches: '^The' }, 'The Rhine.', undefined],
  [
    { matches: '^Rhine$' },
    'The Rhine.',
    'expected an output that matches ^Rhine$, got "The Rhine."',
  ],
  [{ json: true }, '{"a":1}', undefined],
  [{ json: true }, '```json\n{}\n```', 'expected an output that is JSON, got "```json\\n{}\\n```"'],
  [{ contains: 'x' }, '', 'expected an output that contains "x", got no output'],
  [
    { schema: { source: 's.json', schema: { type: 'array', items: { type: 'number' } } } },
    '[1]',
    undefined,
  ],
  [
    { schema: { source: 's.json', schema: { type: 'array', items: { type: 'number' } } } },
    '[1,"x"]',
    'the output does not fit s.json: /1 must be number',
  ],
  [
    { schema: { source: 's.json', schema: true } },
    'no',
    'expected an output that is JSON, got "no"',
  ],
])('output %j of %j: %s', (output, text, message) => {
  expect(explain({ output: output ?? {} }, chat(text))).toBe(message)
})

test('of a long text a pattern sees the beginning', () => {
  const text = `${'x'.repeat(20_000)}end`
  expect(explain({ output: { matches: 'end$' } }, chat(text))).toContain('matches end$')
  expect(explain({ output: { contains: 'end' } }, chat(text))).toBeUndefined()
})

test('the first thing that is wrong is told', () => {
  const expected: Expectation = {
    values: [{ path: 'choices' }, { path: 'id' }],
    schema: { source: 's.json', schema: false },
    output: { contains: 'x' },
    toolCall: 'f',
  }
  expect(explain(expected, chat('y'))).toMatch(/^expected something at id/)
  expect(explain({ ...expected, values: [] }, chat('y'))).toMatch(/^the answer does not fit s.json/)
  expect(explain({ output: { contains: 'x' }, toolCall: 'f' }, chat('y'))).toMatch(/output that/)
  expect(explain({ toolCall: 'f' }, chat('y'))).toBe('expected a call of the tool f, got no call')
})

test('an answer that is nested without an end is a failure, and no error of ours', () => {
  const list = { $defs: { list: { items: { $ref: '#/$defs/list' } } }, $ref: '#/$defs/list' }
  const check = compileExpectation(
    { schema: { source: 's.json', schema: list } },
    compileAnswerSchema,
  )
  const reader = createReader({ dialect: 'json' }, undefined)
  reader.feed(Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)), 1)
  expect(reader.end(2)).toBeUndefined()
  expect(check.explain(reader, (text) => text)).toBe(
    'the answer is nested too deeply to be compared',
  )
})
