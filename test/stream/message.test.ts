import { expect, test } from 'vitest'

import { cleanMessage, errorMessage } from '../../src/stream/message.ts'

test('a message becomes one line', () => {
  expect(cleanMessage('  a\r\n\tb\u2028c  \u0000d\u007F ')).toBe('a b c d')
})

test('escape sequences disappear whole', () => {
  expect(cleanMessage('\u001B[1;31mred\u001B[0m \u009B2Jx')).toBe('red x')
  expect(cleanMessage('\u001B]0;title\u0007a\u001B]8;;http://x\u001B\\link\u001B(B')).toBe('alink')
  expect(cleanMessage('end \u001B')).toBe('end')
})

test('marks that turn the direction of text are removed, joiners of emoji are kept', () => {
  expect(cleanMessage('a\u202Egnp.exe 👩‍👩‍👧')).toBe('a gnp.exe 👩‍👩‍👧')
})

test('a message longer than the limit is cut with an ellipsis and never inside of a character', () => {
  expect(cleanMessage('x'.repeat(200), 200)).toBe('x'.repeat(200))
  expect(cleanMessage('x'.repeat(201), 200)).toBe(`${'x'.repeat(199)}…`)
  expect(cleanMessage('ab👋cd', 4)).toBe('ab…')
  expect(cleanMessage('\uD83D')).toBe('\uFFFD')
})

test.each([
  ['{"error":"服务繁忙，请稍后重试","queue_size":10}', '服务繁忙，请稍后重试'],
  ['{"error":{"message":"no such model","type":"NotFoundError","code":404}}', 'no such model'],
  ['{"code":"too_many_requests","message":"slow down","status":429}', 'slow down'],
  ['{"detail":"Not Found"}', 'Not Found'],
  ['{"detail":[{"loc":["body","x"],"msg":"field required"}]}', 'field required'],
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

test('a message that is found is cleaned', () => {
  expect(errorMessage(JSON.stringify({ error: `a\n${'b'.repeat(3000)}` }))).toHaveLength(1000)
})
