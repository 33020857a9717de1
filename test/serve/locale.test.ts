import { expect, test } from 'vitest'

import { chooseLocale } from '../../src/serve/locale.ts'

test.for([
  ['', undefined, 'zh'],
  ['', 'de-DE,de;q=0.9', 'zh'],
  ['', 'en-US,en;q=0.9,zh;q=0.8', 'en'],
  ['', 'en;q=0.5, zh-CN', 'zh'],
  ['', 'fr, en;q=0.2, zh;q=0', 'en'],
  ['lang=en', 'zh-CN', 'en'],
  ['lang=zh', 'en', 'zh'],
  ['lang=xx', 'en', 'en'],
] as const)('%j and %j is a page in %s', ([query, accepted, locale]) => {
  expect(chooseLocale(new URLSearchParams(query), accepted)).toBe(locale)
})
