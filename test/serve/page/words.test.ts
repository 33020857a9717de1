import { expect, test } from 'vitest'

import { chineseCharts } from '../../../src/serve/page/chart-words-zh.ts'
import { formScript } from '../../../src/serve/page/form-script.ts'
import { renderForm } from '../../../src/serve/page/form.ts'
import { pageWords } from '../../../src/serve/page/words.ts'

/** Texts by their path; of a function, what it makes of numbers. */
function listTexts(value: unknown, path: string): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value === 'function') return [[path, String(value(1, 2, 3))]]
  return Object.entries(value as object).flatMap(([key, inner]) =>
    listTexts(inner, `${path}.${key}`),
  )
}

function listHoles(words: object): string[][] {
  return listTexts(words, '').map(([, text]) => (text.match(/\{\w+\}/g) ?? []).sort())
}

test('every text is in both languages, the Chinese in Chinese', () => {
  const { zh, en } = pageWords
  const paths = (words: object): string[] => listTexts(words, '').map(([path]) => path)
  expect(paths(zh)).toEqual(paths(en))
  const english = [...listTexts(zh, ''), ...listTexts(chineseCharts, '')].filter(
    ([path, text]) => text !== '' && path !== '.other' && !/\p{Script=Han}|\d/u.test(text),
  )
  expect(english).toEqual([])
  for (const [path, text] of listTexts(en, '')) {
    if (path !== '.other') expect(text).not.toMatch(/\p{Script=Han}/u)
  }
})

test('what the script fills in is the same in both languages', () => {
  expect(listHoles(pageWords.zh.script)).toEqual(listHoles(pageWords.en.script))
})

test('every element that the script asks for is in the form', () => {
  const form = renderForm({
    locale: 'en',
    datasets: ['openqa'],
    limits: { requests: 100, concurrency: 10 },
  })
  const ids = [...formScript.matchAll(/find\('([\w-]+)'\)/g)].map(([, id]) => `id="${id}"`)
  expect(ids.length).toBeGreaterThan(20)
  expect(ids.filter((id) => !form.includes(id))).toEqual([])
})
