import { expect, test } from 'vitest'

import { findExcess } from '../../src/bench-spec/extent.ts'
import { checkSpec } from '../../src/bench-spec/loading.ts'

function nest(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

test('a document is read 100 levels deep', () => {
  expect(findExcess({ a: nest(99) })).toBeUndefined()
  const excess = findExcess({ a: nest(100_000) })
  expect(excess?.path).toEqual(['a', ...Array.from({ length: 99 }, () => 0)])
  expect(excess?.message).toContain('within 100 others')
})

test('a document has at most 100000 values, repeated ones counted each time', () => {
  expect(findExcess(Array.from({ length: 99_999 }, () => 1))).toBeUndefined()
  expect(findExcess(Array.from({ length: 100_000 }, () => 1))?.path).toEqual([99_999])
  let bomb: unknown = 1
  for (let level = 0; level < 50; level++) bomb = [bomb, bomb, bomb]
  expect(findExcess({ bomb })?.message).toContain('more than 100000 values')
})

test('a document within itself is told from one that repeats a part', () => {
  const part = { a: [1] }
  expect(findExcess({ b: part, c: [part, part] })).toBeUndefined()
  const endless: Record<string, unknown> = { a: 1 }
  endless['b'] = { c: endless }
  expect(findExcess(endless)).toMatchObject({
    path: ['b', 'c'],
    message: 'stands within itself, which never ends. Remove it.',
  })
})

test('a spec that is given as an object is read no further than one in a file', () => {
  const body = { messages: nest(20_000) }
  const document = { url: 'http://127.0.0.1:9/v1', body }
  expect(() => checkSpec(document, { env: {}, baseDir: '.' })).toThrow(
    /^body\.messages(\[0\])+: is a list or an object within 100 others/,
  )
})
