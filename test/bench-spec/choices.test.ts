import { expect, test } from 'vitest'

import { findChoices, readChoices } from '../../src/bench-spec/choices.ts'

test.each([
  [{ messages: [] }, 1, 1],
  [{ n: 2 }, 2, 2],
  [{ prompt: 'hi', n: 3 }, 3, 3],
  [{ prompt: ['a', 'b'], n: 3 }, 3, 6],
  [{ prompt: ['a', 'b'] }, 1, 2],
  [{ prompt: [[1, 2], [3]] }, 1, 2],
  // Ids of tokens are one prompt.
  [{ prompt: [17, 4, 9] }, 1, 1],
  [{ prompt: [], n: 0 }, 1, 1],
  [{ n: 'two' }, 1, 1],
  [{ n: null }, 1, 1],
  [{ n: 1.5 }, 1, 1],
  ['text', 1, 1],
])('%j asks for %d answers to each prompt, %d in all', (body, each, all) => {
  expect(readChoices(JSON.stringify(body))).toEqual({ each, all })
})

test('a body that is not there, or no JSON, asks for one', () => {
  for (const body of [undefined, '', '{', 'hello']) {
    expect(readChoices(body)).toEqual({ each: 1, all: 1 })
  }
})

test('a row of the dataset may say how many', () => {
  const target = { url: 'http://127.0.0.1/', method: 'POST', headers: {}, body: { n: '{{n}}' } }
  const rows = [{ n: 1 }, { n: 4 }]
  const dataset = { source: 'a.jsonl', path: '/a.jsonl', columns: ['n'], rows }
  const choicesOf = findChoices({ target, dataset })
  expect([0, 1, 0].map((row) => choicesOf({ row }).all)).toEqual([1, 4, 1])
  expect(findChoices({ target: { ...target, body: { n: 2 } } })({})).toEqual({ each: 2, all: 2 })
})
