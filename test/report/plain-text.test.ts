import { expect, test } from 'vitest'

import {
  cleanLine,
  escapeMarkdown,
  markdownCode,
  markdownUrl,
} from '../../src/report/plain-text.ts'
import { hostile } from './_runs.ts'

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

test('Markdown and HTML are escaped', () => {
  expect(escapeMarkdown('a|b <c> & `d` *e* _f_ [g] \\ ~h~ $i$')).toBe(
    'a&#124;b &lt;c&gt; &amp; \\`d\\` \\*e\\* \\_f\\_ \\[g\\] \\\\ \\~h\\~ \\$i\\$',
  )
})

test('mentions, references and links are parted where GitHub would find them in rendered text', () => {
  expect(escapeMarkdown('@everyone #12 https://evil.example www.evil.example')).toBe(
    '@\u200beveryone #\u200b12 https:\u200b//evil.example www\u200b.evil.example',
  )
})

test('code and URLs cannot be left', () => {
  expect(markdownCode('a</code>|`b`')).toBe('<code>a&lt;/code&gt;&#124;\\`b\\`</code>')
  expect(markdownUrl('http://a/`b`|<i>')).toBe('`http://a/%60b%60%7C%3Ci%3E`')
})
