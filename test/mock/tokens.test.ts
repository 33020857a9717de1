import { expect, test } from 'vitest'

import {
  countPromptTokens,
  decodeToken,
  encodeToken,
  splitTokens,
} from '../../src/mock/plan/tokens.ts'

const texts = [
  '',
  'a',
  'abcd',
  'abcde',
  'ab中cd',
  '请分类：央行宣布降息25个基点',
  '👩\u200d💻 naïve e\u0301\n\t\u0000',
  '\ud83d alone',
  'x'.repeat(1001),
]

test.each([
  ['', 1],
  ['abcd', 1],
  ['abcde', 2],
  ['央行', 2],
  ['央行 cuts', 4],
  ['🚀', 1],
])('counts the prompt %j as %i tokens', (text, tokens) => {
  expect(countPromptTokens(text)).toBe(tokens)
})

test.each(texts)('cuts %j into as many tokens as usage counts, and back', (text) => {
  const tokens = splitTokens(text)
  expect(tokens).toHaveLength(countPromptTokens(text))
  expect(tokens.join('')).toBe(text)
  const ids = tokens.map(encodeToken)
  expect(ids.every((id) => Number.isSafeInteger(id) && id >= 0)).toBe(true)
  expect(ids.map(decodeToken)).toEqual(tokens)
})

test('begins a token at every wide character and at each 4th ASCII character', () => {
  expect(splitTokens('ab中cde文f')).toEqual(['ab', '中cd', 'e', '文f'])
})

test('gives different tokens different ids', () => {
  const tokens = ['', '\u0000', 'a', 'ab', 'ba', 'a\u0000', 'aa', 'aaa', '中', '中a', '𠮷']
  expect(new Set(tokens.map(encodeToken)).size).toBe(tokens.length)
})

test.each([
  -1,
  1.5,
  NaN,
  0x11_00_00,
  2 ** 53,
  97 + 2 ** 21 * 129,
  97 + 2 ** 21 * (1 + 129 + 129 ** 2 + 129 ** 3),
])('knows that %d is no id', (id) => {
  expect(decodeToken(id)).toBeUndefined()
})
