import { expect, test } from 'vitest'

import { findAt, parsePath, textAt } from '../../src/stream/path.ts'

const payload = JSON.parse(
  '{"choices":[{"delta":{"content":null}},{"delta":{"content":"b","kind":"x"}},{"delta":{"content":"c"}}],"n":{"0":"key"}}',
)

test('findAt follows keys and array indexes [S3.6]', () => {
  expect(findAt(payload, parsePath('choices.1.delta.content'))).toBe('b')
  expect(findAt(payload, parsePath('n.0'))).toBe('key')
})

test('findAt takes the first value behind a star that is not null', () => {
  expect(findAt(payload, parsePath('choices.*.delta.content'))).toBe('b')
})

test.each(['choices.7.delta', 'choices.0.delta.content.x', 'n.*', 'choices.*.nothing', 'x'])(
  'findAt finds nothing at %s',
  (path) => {
    expect(findAt(payload, parsePath(path))).toBeUndefined()
  },
)

test('textAt joins the strings behind a star', () => {
  expect(textAt(payload, parsePath('choices.*.delta.content'))).toBe('bc')
})

test('textAt looks at what stands beside the text', () => {
  const path = parsePath('choices.*.delta.content')
  expect(textAt(payload, path, { key: 'kind', equals: 'x' })).toBe('b')
  expect(textAt(payload, path, { key: 'kind', equals: undefined })).toBe('c')
})

test.each([null, 'text', 7, []])('neither fails on %j', (value) => {
  expect(findAt(value, ['a', 'b'])).toBeUndefined()
  expect(textAt(value, ['a', '*', 'b'])).toBe('')
})
