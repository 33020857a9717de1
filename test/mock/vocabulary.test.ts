import { expect, test } from 'vitest'

import { pickPieces } from '../../src/mock/answer/vocabulary.ts'

const kinds = ['plain', 'tricky'] as const

test.each(kinds)('%s text has more than ASCII, in whole code points [S4.23]', (kind) => {
  const pieces = pickPieces(kind, 500, () => 0)
  for (const piece of pieces) {
    expect(piece).not.toBe('')
    expect(piece.isWellFormed()).toBe(true)
  }
  const text = pieces.join('')
  for (const sign of ['财经', '🚀', '👩\u200d💻', '\n\n', '"', '\\']) expect(text).toContain(sign)
})

/** What Python's `splitlines` cuts at, and with it the line readers of httpx. */
const lineEnds = /[^\P{Cc}\t\n]|[\u2028\u2029]/u

test('only tricky text has what breaks careless readers', () => {
  const [plain, tricky] = kinds.map((kind) => pickPieces(kind, 500, () => 0).join(''))
  expect(plain).not.toMatch(lineEnds)
  expect(plain).not.toMatch(/data: |\[DONE\]/)
  for (const sign of ['\u2028', '\u2029', '\u0085', 'data: [DONE]']) expect(tricky).toContain(sign)
})

test('starts somewhere else for another random number and goes on in order', () => {
  const all = pickPieces('plain', 120, () => 0)
  const later = pickPieces('plain', 5, () => 0.5)
  expect(later).not.toEqual(all.slice(0, 5))
  expect(all.join('|')).toContain(later.join('|'))
})
