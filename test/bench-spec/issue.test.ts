import { expect, test } from 'vitest'

import { SpecError, renderIssues, renderPath } from '../../src/bench-spec/issue.ts'
import type { Position } from '../../src/bench-spec/slo.ts'

function at(line: number, offset: number): Position {
  return { line, column: 1, offset, length: 1 }
}

test('issues stand in the order of the file, those without a place first', () => {
  const error = new SpecError(
    [
      { path: ['b', 0, 'c'], position: at(2, 3), message: 'second.' },
      { path: ['a'], position: at(1, 0), message: 'first.' },
      { path: ['--url'], message: 'nowhere.' },
    ],
    'x.yaml',
  )
  expect(error.message).toBe(
    'x.yaml: --url: nowhere.\nx.yaml:1:1: a: first.\nx.yaml:2:1: b[0].c: second.',
  )
})

test('carets stand below what is meant, also after tabs and wide letters', () => {
  const text = '\t你好: 世界\r\n'
  const position = { line: 1, column: 6, offset: 5, length: 2 }
  const error = new SpecError([{ path: [], position, message: 'wide.' }], 'x.yaml', text)
  expect(renderIssues(error)).toBe('x.yaml:1:6: wide.\n  1 | \t你好: 世界\n    | \t      ^^^^')
})

test('of very many issues the first are shown, and how many there are', () => {
  const issues = Array.from({ length: 5000 }, (_, index) => ({
    path: [`k${index}`],
    position: { line: index + 1, column: 1, offset: index, length: 1 },
    message: 'unknown key.',
  }))
  const lines = new SpecError(issues.toReversed(), 'a.yaml').message.split('\n')
  expect(lines).toHaveLength(51)
  expect(lines[0]).toBe('a.yaml:1:1: k0: unknown key.')
  expect(lines[50]).toBe('a.yaml: and 4950 more. Mend these first.')
})

test('a very long message keeps its beginning and its advice', () => {
  const message = `must be more, got ${'9'.repeat(40_000)}. For example 300.`
  const shown = new SpecError([{ path: ['timeout'], message }]).message
  expect(shown).toMatch(/^timeout: must be more, got 9+…9+\. For example 300\.$/)
  expect(shown.length).toBeLessThan(1100)
})

test('a key with a line end in it stands on one line, as JSON', () => {
  expect(renderPath(['stream_format', 'a\n\nb', 0, 'c'])).toBe('stream_format."a\\n\\nb"[0].c')
})
