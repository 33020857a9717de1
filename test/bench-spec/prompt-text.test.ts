import { expect, test } from 'vitest'

import { writeWords } from '../../src/bench-spec/prompt-text.ts'

test('a text has as many words as asked, all of them in lower-case letters', () => {
  expect(writeWords(1, 0)).toBe('')
  expect(writeWords(1, 3).split(' ')).toHaveLength(3)
  const text = writeWords(7, 5000)
  expect(text).toMatch(/^[a-z]{1,10}( [a-z]{1,10}){4999}$/)
})

test('the same state writes the same text, and another state another one', () => {
  expect(writeWords(42, 100)).toBe(writeWords(42, 100))
  expect(writeWords(42, 8)).not.toBe(writeWords(43, 8))
  const texts = Array.from({ length: 2000 }, (_, state) => writeWords(state, 8))
  expect(new Set(texts).size).toBe(2000)
})

test('the shorter of two texts of a state begins the longer one', () => {
  expect(writeWords(3, 50).startsWith(`${writeWords(3, 20)} `)).toBe(true)
})

test('words are drawn evenly from a list without repeats of many hundreds', () => {
  const counts = new Map<string, number>()
  for (const word of writeWords(5, 100_000).split(' ')) {
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  expect(counts.size).toBeGreaterThan(800)
  const expected = 100_000 / counts.size
  const statistic = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
  // Chi-squared: mean of the degrees of freedom, variance of twice that.
  const freedom = counts.size - 1
  expect(Math.abs(statistic - freedom)).toBeLessThan(4 * Math.sqrt(2 * freedom))
})
