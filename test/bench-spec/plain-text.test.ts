import { expect, test } from 'vitest'

import {
  cleanLine,
  cleanLines,
  cleanMessage,
  cleanOutput,
  hasControls,
} from '../../src/bench-spec/plain-text.ts'
import { hostile } from '../report/_runs.ts'

test('a text becomes one line without escapes, controls and reordering', () => {
  expect(cleanLine('a\r\nb\tc\u0000\u001b[31md\u001b[0m\u2028e\u202ef\u0085g\u0007')).toBe(
    'a b c d ef g',
  )
})

test.each([
  '::error::x',
  '  ::add-mask::x',
  '\n::stop-commands::x',
  '\u001b[1m::error::x',
  '\u202e::error::x',
])('no line is a workflow command: %j', (text) => {
  expect(cleanLine(text)).toMatch(/^: :[a-z-]+::x$/)
})

test.each([
  '##[error]x',
  'a ##vso[task.complete]',
  '##teamcity[x]',
  '###[group]',
  '#\u202e#[error]',
])('no part of a line is a command of another CI system: %j', (text) => {
  expect(cleanLine(text)).not.toMatch(/##\w*\[/)
})

test('leaves ordinary text alone, and is the same when done twice', () => {
  const text = 'HTTP 503: std::bad_alloc at [::1]:8000, 聊天 😀 #1 ## Title'
  expect(cleanLine(text)).toBe(text)
  expect(cleanLine(cleanLine(hostile))).toBe(cleanLine(hostile))
})

test('half a surrogate pair becomes the replacement character', () => {
  expect(cleanLine('a\ud800b')).toBe('a\ufffdb')
})

test('a message becomes one line', () => {
  expect(cleanMessage('  a\r\n\tb\u2028c  \u0000d\u007F ')).toBe('a b c d')
})

test('escape sequences disappear whole', () => {
  expect(cleanMessage('\u001B[1;31mred\u001B[0m \u009B2Jx')).toBe('red x')
  expect(cleanMessage('\u001B]0;title\u0007a\u001B]8;;http://x\u001B\\link\u001B(B')).toBe('alink')
  expect(cleanMessage('end \u001B')).toBe('end')
})

test('marks that turn the direction of text are removed, joiners of emoji are kept', () => {
  expect(cleanMessage('a\u202Egnp.exe 👩‍👩‍👧')).toBe('agnp.exe 👩‍👩‍👧')
})

test('a message longer than the limit is cut with an ellipsis and never inside of a character', () => {
  expect(cleanMessage('x'.repeat(200), 200)).toBe('x'.repeat(200))
  expect(cleanMessage('x'.repeat(201), 200)).toBe(`${'x'.repeat(199)}…`)
  expect(cleanMessage('ab👋cd', 4)).toBe('ab…')
  expect(cleanMessage('\uD83D')).toBe('\uFFFD')
})

test.each(['a\nb', 'a\u001b[1m', 'a\u0085', 'a\u2028b'])('%j is not plain', (text) => {
  expect(hasControls(text)).toBe(true)
})

test.each(['', '聊天 😀 — 1', 'שלום\u200f!'])('%j is plain', (text) => {
  expect(hasControls(text)).toBe(false)
})

test.each([
  '\u061c',
  '\u200e',
  '\u200f',
  '\u202a',
  '\u202e',
  '\u2066',
  '\u2069',
  '\ufeff',
  '\uffff',
])('a line and a message lose the same invisible characters: %j', (character) => {
  expect(cleanLine(`a${character}b`)).toBe('ab')
  expect(cleanMessage(`a${character}b`)).toBe('ab')
})

test('of several lines each is cleaned, and their indentation stays', () => {
  expect(cleanLines('a\r\n  ::error::b\n\t##[c]\u001b[31m\u202e d\n')).toBe(
    'a\n  : :error::b\n\t# #[c] d\n',
  )
})

test('what is printed keeps its colours and its rewritten line, and nothing else that is acted upon', () => {
  const own = '\r\u001b[2K\u001b[1;31mFAIL\u001b[0m  std::x [::1]\n\tnext\n'
  expect(cleanOutput(own)).toBe(own)
  expect(cleanOutput('::error::a\n ##[b]\u001b]0;title\u0007 \u001b[2J\u009b2J\u202e\ufeff')).toBe(
    ': :error::a\n # #[b]]0;title [2J2J',
  )
  expect(cleanOutput('section_start:1:a\r\u001b[0K\u001b')).toBe('section_start:1:a\r[0K')
})
