import { expect, test } from 'vitest'

import { createPrefixCache } from '../../src/mock/latency/prefix-cache.ts'

/** Token ids `from` … `to` − 1. */
const ids = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)

test('finds whole blocks of what an earlier prompt began with', () => {
  const cache = createPrefixCache({ blockTokens: 4, blocks: 100 })
  expect(cache.visit(ids(0, 10))).toBe(0)
  expect(cache.visit([...ids(0, 10), 99])).toBe(8)
  expect(cache.visit([...ids(0, 7), 99, 98])).toBe(4)
  expect(cache.visit([7, ...ids(1, 10)])).toBe(0)
})

test('does not find a block behind another beginning', () => {
  const cache = createPrefixCache({ blockTokens: 2, blocks: 100 })
  cache.visit([1, 2, 3, 4, 5])
  cache.visit([9, 9, 7, 7, 5])
  expect(cache.visit([9, 9, 3, 4, 5])).toBe(2)
})

test('leaves the last token of a prompt to be computed', () => {
  const cache = createPrefixCache({ blockTokens: 4, blocks: 100 })
  cache.visit(ids(0, 9))
  expect([8, 9].map((length) => cache.visit(ids(0, length)))).toEqual([4, 8])
})

test('cuts a text into the tokens that are counted', () => {
  const cache = createPrefixCache({ blockTokens: 2, blocks: 100 })
  expect(cache.visit('央行宣布降息')).toBe(0)
  expect(cache.visit('央行宣布加息')).toBe(4)
  // Four ASCII characters are one token.
  cache.visit('abcdefghijkl')
  expect(cache.visit('abcdefghxxxx')).toBe(2)
})

test('forgets what was asked for longest, ends before beginnings', () => {
  const cache = createPrefixCache({ blockTokens: 1, blocks: 5 })
  cache.visit(ids(0, 4))
  cache.visit(ids(10, 13))
  // 3 + 2 blocks are full. Asking for the first makes the second the oldest.
  expect(cache.visit(ids(0, 4))).toBe(3)
  expect(cache.visit(ids(20, 22))).toBe(0)
  expect(cache.visit(ids(10, 13))).toBe(1)
})

test('is empty once it is cleared', () => {
  const cache = createPrefixCache({ blockTokens: 1, blocks: 5 })
  cache.visit(ids(0, 4))
  cache.clear()
  expect(cache.visit(ids(0, 4))).toBe(0)
})
