import { expect, test } from 'vitest'

import type { Part, Path } from '../../src/bench-spec/issue.ts'
import { parseSource } from '../../src/bench-spec/source.ts'

const yaml = `base: &base
  concurrency: 4
slo:
  - "ttft p95 <= 800ms"
load:
  <<: *base
  name: x
empty:
`

function mark(text: string, path: Path, part: Part, format: 'yaml' | 'json' = 'yaml'): string {
  const position = parseSource(text, format).locate(path, part)
  if (position === undefined) return 'nowhere'
  const { line, column, offset, length } = position
  return `${line}:${column} ${text.slice(offset, offset + length)}`
}

test('locates keys, values and pieces of values', () => {
  expect(mark(yaml, ['load', 'name'], 'key')).toBe('7:3 name')
  expect(mark(yaml, ['load', 'name'], 'value')).toBe('7:9 x')
  expect(mark(yaml, ['slo', 0], 'value')).toBe('4:5 "ttft p95 <= 800ms"')
  const part = { text: 'ttft p95 <= 800ms', start: 12, length: 5 }
  expect(mark(yaml, ['slo', 0], part)).toBe('4:18 800ms')
})

test('locates what was merged where it was written', () => {
  expect(mark(yaml, ['load', 'concurrency'], 'value')).toBe('2:16 4')
})

test('locates what is missing at the nearest key above it, what is empty at its key', () => {
  expect(mark(yaml, ['load', 'file'], 'value')).toBe('5:1 load')
  expect(mark(yaml, ['empty'], 'value')).toBe('8:1 empty')
  expect(mark('', ['url'], 'value')).toBe('1:1 ')
})

test('comments of JSON move nothing', () => {
  const json = '{ /* one\ntwo */ "url": "http://a/*b*/", // three\n\t"n": "\\"//" }'
  expect(parseSource(json, 'json').value).toEqual({ url: 'http://a/*b*/', n: '"//' })
  expect(mark(json, ['n'], 'key', 'json')).toBe('3:2 "n"')
})

test('reads escapes of JSON as JSON does', () => {
  const value = { a: '\u2028 \ud83d\ude00 \\/ \u0007', b: [1e3, -0.5, true, null] }
  expect(parseSource(JSON.stringify(value, undefined, '\t'), 'json').value).toEqual(value)
  expect(parseSource('{"a": "\\ud83d\\ude00\\/"}', 'json').value).toEqual({ a: '😀/' })
})

test.each([
  ['a: 1\nb: 2\na: 3\n', 'the key a stands here twice', 3],
  ['a: !secret b\n', 'Unresolved tag: !secret', 1],
  ['a: [*x]\n', 'there is no anchor &x above', 1],
  ['a: 1\n---\nb: 2\n', 'a spec is one document', 2],
  ['a: 1\nbody: {{content}}\n', 'must be quoted: "{{column}}"', 2],
])('%j is no document', (text, message, line) => {
  const { issues, value } = parseSource(text, 'yaml')
  expect(value).toBeUndefined()
  expect(issues[0]?.message).toContain(message)
  expect(issues[0]?.position?.line).toBe(line)
})

test('an anchor within itself is an issue, one that is used twice is not', () => {
  expect(parseSource('a: &x [*x]\n', 'yaml').issues[0]?.message).toContain('within itself')
  expect(parseSource('a: &x [1]\nb: [*x, *x]\n', 'yaml').value).toEqual({ a: [1], b: [[1], [1]] })
})

test('a merge of what is no map is an issue', () => {
  expect(parseSource('a:\n  <<: 3\n', 'yaml').issues).toHaveLength(1)
})

test.each([
  ['a:\n  <<: 3\n', 'the key << takes an object', 2],
  ['a: &a [1]\nb:\n  <<: *a\n', 'the key << takes an object', 3],
  ['a:\n  b: &a\n    <<: *a\n', 'within itself', 3],
  [
    `a0: &a0 {a: 1}\n${chain((name, to) => `${name}: &${name} {<<: ${to}}`)}`,
    'into each other',
    102,
  ],
  [
    `a0: &a0 {a: 1}\n${chain((name, to) => `${name}: &${name} {<<: [${to}, ${to}]}`)}`,
    'more than 100000 values',
    16,
  ],
  [`a: 1\nb: ${'['.repeat(777)}${']'.repeat(777)}\n`, 'within 100 others', 2],
  [`a: 1\nb: ${'['.repeat(50_000)}`, 'within 100 others', 2],
  [`${'- '.repeat(50_000)}a`, 'within 100 others', 1],
  [`a: 1\n${'{a: '.repeat(50_000)}`, 'within 100 others', 2],
  [`a: 1\nb: ${'a: '.repeat(50_000)}`, 'within 100 others', 2],
])('a document is refused in one place (%#)', (text, message, line) => {
  const { issues, value } = parseSource(text, 'yaml')
  expect(value).toBeUndefined()
  expect(issues).toHaveLength(1)
  expect(issues[0]?.message).toContain(message)
  expect(issues[0]?.position?.line).toBe(line)
})

function chain(link: (name: string, to: string) => string): string {
  return Array.from({ length: 500 }, (_, index) => link(`a${index + 1}`, `*a${index}`)).join('\n')
}

test('many aliases of one anchor are harmless', () => {
  const list = Array.from({ length: 5_000 }, () => '*m').join(', ')
  const { value, issues } = parseSource(`x: &m { role: user }\nb: [${list}]\n`, 'yaml')
  expect(issues).toEqual([])
  expect((value as { b: unknown[] }).b).toHaveLength(5_000)
})

test.each([
  ['/* '.repeat(400_000), 'a comment is never closed', 0],
  [`{"a": 1} ${'/*'.repeat(1_000_001)}`, 'a comment is never closed', 2_000_007],
  ['"\\'.repeat(400_000), '', undefined],
  ['[1, "', '', undefined],
])('JSON that never closes what it opens is read in one pass (%#)', (text, message, offset) => {
  const { issues } = parseSource(text, 'json')
  expect(issues.length).toBeGreaterThan(0)
  expect(issues[0]?.message).toContain(message)
  if (offset !== undefined) expect(issues[0]?.position?.offset).toBe(offset)
})
