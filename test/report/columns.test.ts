import { expect, test } from 'vitest'

import { padEnd, padStart, truncate, wrap } from '../../src/report/columns.ts'

test('pads by columns, not by characters [T27]', () => {
  expect(padEnd('成功:', 13)).toBe('成功:        ')
  expect(padStart('成功', 6)).toBe('  成功')
  expect(padEnd('too long', 3)).toBe('too long')
})

test('cuts between characters and says so', () => {
  expect(truncate('abcdef', 6)).toBe('abcdef')
  expect(truncate('abcdef', 5)).toBe('abcd…')
  expect(truncate('聊天接口', 6)).toBe('聊天…')
  expect(truncate('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…')
  expect(truncate('abc', 0)).toBe('')
})

test('wraps at spaces, and inside of words that are wider than a line', () => {
  expect(wrap('one two  three', 7)).toEqual(['one two', 'three'])
  expect(wrap('x 聊天接口压测', 5)).toEqual(['x', '聊天', '接口', '压测'])
  expect(wrap('', 5)).toEqual([])
})

test('a character that is wider than a line stays whole', () => {
  expect(wrap('😀😀', 1)).toEqual(['😀', '😀'])
})
