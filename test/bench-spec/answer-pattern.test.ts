import { expect, test } from 'vitest'

import { explainPattern } from '../../src/bench-spec/answer-pattern.ts'

test.each([
  '^(yes|no)$',
  '^chatcmpl-[a-z0-9]+$',
  '^\\s*\\{[\\s\\S]*\\}\\s*$',
  '^\\d{4}-\\d{2}-\\d{2}$',
  '(?:ab){3}',
  '(a+)?b',
  '\\((a)\\)+',
  '[(+*)]+',
  '(?<year>\\d{4})',
  '(?=.*x)y',
  '财经|体育',
  '',
])('%s is used', (source) => {
  expect(explainPattern(source)).toBeUndefined()
})

test.each(['(a+)+b', '(a|a)*b', '(?:\\w+\\s?)*$', '((a{1,9})b){2,}', '(a?){1,50}', '((a+)b)+'])(
  '%s may take forever',
  (source) => {
    expect(explainPattern(source)).toContain('repeats what itself repeats')
  },
)

test.each([
  ['(a)\\1', 'refers back'],
  ['(?<x>a)\\k<x>', 'refers back'],
  ['.*a.*b.*c.*d', 'without an end in 4 places'],
  ['x'.repeat(201), 'at most 200 characters, got 201'],
  ['[a', 'is no regular expression: Unterminated character class'],
  ['a**', 'is no regular expression: Nothing to repeat'],
])('%s is refused: %s', (source, message) => {
  expect(explainPattern(source)).toContain(message)
})
