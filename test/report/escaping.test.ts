import { expect, test } from 'vitest'

import { escapeMarkdown, markdownCode, markdownUrl, renderJson } from '../../src/report/escaping.ts'
import { hostile } from './_runs.ts'

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

test('JSON reads back as the same and holds no command', () => {
  const value = { '::a ##[b]': [':::: ### \\::', hostile, '\u009b31m\u202e\u2028\ufeff'], n: 1 }
  const text = renderJson(value)
  expect(JSON.parse(text)).toEqual(value)
  expect(text).not.toMatch(/::|##|[\u007f-\u009f\u2028\u202e\ufeff]/)
  expect(renderJson({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}')
})
