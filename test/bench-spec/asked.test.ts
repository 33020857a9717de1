import { expect, test } from 'vitest'

import { findModel, findOutputLimit } from '../../src/bench-spec/asked.ts'

test('reads the model of a body, also of one that is a text', () => {
  expect(findModel({ model: 'example-7b' })).toBe('example-7b')
  expect(findModel({ model: '{{model}}' })).toBe('{{model}}')
  expect(findModel('{"model":"example-7b"}')).toBe('example-7b')
  for (const body of [undefined, null, 'hello', {}, { model: 7 }, ['model']]) {
    expect(findModel(body)).toBeUndefined()
  }
})

test.each([
  [{ max_tokens: 64 }, { key: 'max_tokens', tokens: 64 }],
  [{ max_completion_tokens: 64 }, { key: 'max_completion_tokens', tokens: 64 }],
  [{ max_output_tokens: 64 }, { key: 'max_output_tokens', tokens: 64 }],
  [{ options: { num_predict: 64 } }, { key: 'num_predict', tokens: 64 }],
  [{ generationConfig: { maxOutputTokens: 64 } }, { key: 'maxOutputTokens', tokens: 64 }],
  [{ parameters: { max_new_tokens: 64 } }, { key: 'max_new_tokens', tokens: 64 }],
  ['{"max_tokens":64}', { key: 'max_tokens', tokens: 64 }],
  [{ max_tokens: '{{length}}' }, { key: 'max_tokens', tokens: '{{length}}' }],
])('finds what bounds an answer in %j', (body, limit) => {
  expect(findOutputLimit(body)).toEqual(limit)
})

test('what does not bound an answer is no limit', () => {
  for (const body of [
    undefined,
    { options: { num_predict: -1 } },
    { max_tokens: 'many' },
    { tools: [{ max_tokens: 64 }] },
    { stream: true },
  ]) {
    expect(findOutputLimit(body)).toBeUndefined()
  }
})
