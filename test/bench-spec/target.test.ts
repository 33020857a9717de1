import { expect, test } from 'vitest'

import { checkHeaders, rebaseUrl } from '../../src/bench-spec/target.ts'

test.each([
  ['http://a:1/v1/chat?x={{y}}', 'https://b', 'https://b/v1/chat?x={{y}}'],
  ['/v1/chat', 'http://127.0.0.1:8000/', 'http://127.0.0.1:8000/v1/chat'],
  ['http://a/v1/chat', 'http://b/gateway/', 'http://b/gateway/v1/chat'],
  ['http://a/v1/chat', 'http://b/v1', 'http://b/v1/chat'],
  ['http://a/v1/chat', 'http://b/v1/chat', 'http://b/v1/chat'],
  ['http://a/v10/chat', 'http://b/v1', 'http://b/v1/v10/chat'],
  ['http://a', 'http://b', 'http://b/'],
  ['http://a?q=1', 'http://b', 'http://b/?q=1'],
  ['http://user:pw@a/x', 'http://b', 'http://b/x'],
  ['http://a/x', 'http://user:pw@b', 'http://user:pw@b/x'],
])('moves %s to %s', (url, base, moved) => {
  expect(rebaseUrl(url, base)).toBe(moved)
})

function complainOf(headers: Record<string, string>): string[] {
  const target = { url: '', method: 'POST', headers }
  return checkHeaders(target, [], () => undefined).map(({ message }) => message)
}

test('connection: close is asked for by a key of its own, other headers of the client by none', () => {
  expect(complainOf({ Connection: 'Close' })).toEqual([
    'is set by the client. Write keep_alive: false in its place.',
  ])
  expect(complainOf({ connection: 'keep-alive' })).toEqual(['is set by the client. Remove it.'])
  expect(complainOf({ 'Keep-Alive': 'timeout=5' })).toEqual(['is set by the client. Remove it.'])
})
