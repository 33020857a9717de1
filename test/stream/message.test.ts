import { expect, test } from 'vitest'

import { errorMessage, findMessage } from '../../src/stream/message.ts'

test.each([
  ['{"error":"服务繁忙，请稍后重试","queue_size":10}', '服务繁忙，请稍后重试'],
  ['{"error":{"message":"no such model","type":"NotFoundError","code":404}}', 'no such model'],
  ['{"code":"too_many_requests","message":"slow down","status":429}', 'slow down'],
  ['{"detail":"Not Found"}', 'Not Found'],
  ['{"detail":[{"loc":["body","x"],"msg":"field required"}]}', 'body.x: field required'],
  [
    '{"detail":[{"loc":["body","messages",0],"msg":"missing"},{"loc":[],"msg":"extra"},{"x":1}]}',
    'body.messages.0: missing; extra',
  ],
  ['{"errors":[],"error":[{"message":"one"},{"message":"two"}]}', 'one; two'],
  ['{"detail":{"message":"nested"}}', 'nested'],
  ['[{"error":{"code":500,"message":"in an array"}}]', 'in an array'],
  ['{"error":{"message":""},"message":"outer"}', 'outer'],
])('the server’s words are found in %s [S3.12] [T21]', (body, message) => {
  expect(errorMessage(body)).toBe(message)
})

test.each([
  '',
  'not json',
  '"text"',
  'null',
  '7',
  '[]',
  '{}',
  '{"error":null}',
  '{"error":{"code":1}}',
])('there are none in %j', (body) => {
  expect(errorMessage(body)).toBeUndefined()
})

test('a message comes whole and as it is, for secrets to be found in it', () => {
  const error = `a\n${'b'.repeat(3000)}`
  expect(errorMessage(JSON.stringify({ error }))).toBe(error)
})

test('a list of errors is named up to its hundredth', () => {
  const detail = Array.from({ length: 5000 }, (_, index) => ({ msg: `e${index}` }))
  const words = errorMessage(JSON.stringify({ detail }))
  expect(words).toMatch(/^e0; e1; .*; e99$/)
})

function wrap(open: string, close: string): string {
  return `{"error":${open.repeat(1e5)}"deep"${close.repeat(1e5)}}`
}

test('a message that is wrapped a hundred thousand times is none', () => {
  expect(errorMessage(wrap('[', ']'))).toBeUndefined()
  expect(errorMessage(wrap('{"error":', '}'))).toBeUndefined()
  expect(findMessage(JSON.parse(wrap('[', ']')))).toBeUndefined()
})
