import { expect, test } from 'vitest'

import { pickPieces } from '../../src/mock/answer/vocabulary.ts'

test('has content that breaks careless readers, in whole code points [S4.23]', () => {
  const pieces = pickPieces(500, () => 0)
  for (const piece of pieces) {
    expect(piece).not.toBe('')
    expect(piece.isWellFormed()).toBe(true)
  }
  const text = pieces.join('')
  for (const sign of ['财经', '🚀', '👩\u200d💻', '\n\n', '"', '\\', '\u2028', 'data: [DONE]']) {
    expect(text).toContain(sign)
  }
})

test('starts somewhere else for another random number and goes on in order', () => {
  const all = pickPieces(120, () => 0)
  const later = pickPieces(5, () => 0.5)
  expect(later).not.toEqual(all.slice(0, 5))
  expect(all.join('|')).toContain(later.join('|'))
})
