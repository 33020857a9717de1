import { expect, test } from 'vitest'

import { pickPieces } from '../../src/mock/answer/vocabulary.ts'
import { createRandom } from '../../src/mock/plan/random.ts'

const kinds = ['plain', 'tricky'] as const
const prompts = ['请分类这条新闻', 'Tell me a story.'] as const

function pick(kind: 'plain' | 'tricky', count: number, drawn = 0, prompt: string = prompts[1]) {
  return pickPieces(kind, count, { prompt, random: () => drawn })
}

test.each(kinds)('%s text has more than ASCII, in whole code points [S4.23]', (kind) => {
  for (const prompt of prompts) {
    const pieces = pick(kind, 500, 0, prompt)
    for (const piece of pieces) {
      expect(piece).not.toBe('')
      expect(piece.isWellFormed()).toBe(true)
    }
    const text = pieces.join('')
    for (const sign of ['财经', '🚀', '👩\u200d💻', '\n\n', '"', '\\']) expect(text).toContain(sign)
  }
})

/** What Python's `splitlines` cuts at, and with it the line readers of httpx. */
const lineEnds = /[^\P{Cc}\t\n]|[\u2028\u2029]/u

test('only tricky text has what breaks careless readers', () => {
  const [plain, tricky] = kinds.map((kind) => pick(kind, 500).join(''))
  expect(plain).not.toMatch(lineEnds)
  expect(plain).not.toMatch(/data: |\[DONE\]/)
  for (const sign of ['\u2028', '\u2029', '\u0085', 'data: [DONE]']) expect(tricky).toContain(sign)
})

test('starts somewhere else for another random number and goes on in order', () => {
  const all = pick('plain', 120)
  const later = pick('plain', 5, 0.5)
  expect(later).not.toEqual(all.slice(0, 5))
  expect(all.join('|')).toContain(later.join('|'))
})

test('plain text begins as sentences do, in the language of the prompt', () => {
  for (let index = 0; index < 50; index++) {
    const begin = (prompt: string | number[]) =>
      pickPieces('plain', 30, {
        prompt,
        random: createRandom(1, 'content', String(index)),
      }).join('')
    expect(begin(prompts[0])).toMatch(/^这条新闻属于【财经】类别[，：]\p{Script=Han}/u)
    for (const prompt of [prompts[1], '', [1, 2]]) expect(begin(prompt)).toMatch(/^[A-Z][a-z]+ /)
  }
})
