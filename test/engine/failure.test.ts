import { expect, test } from 'vitest'

import { classifyError, describeStatus } from '../../src/engine/failure.ts'

const unanswered = { dispatched: true, answered: false, reused: false }

function withCode(code: string, message: string, name = 'Error'): Error {
  return Object.assign(new Error(message), { code, name })
}

test.each([
  ['ECONNREFUSED', false, 'connect'],
  ['ENOTFOUND', false, 'connect'],
  ['UND_ERR_CONNECT_TIMEOUT', false, 'connect'],
  ['ECONNRESET', true, 'reset'],
  ['UND_ERR_SOCKET', true, 'reset'],
  ['HPE_INVALID_EOF_STATE', true, 'reset'],
  ['UND_ERR_HEADERS_OVERFLOW', true, 'protocol'],
  ['CERT_HAS_EXPIRED', false, 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', false, 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', false, 'tls'],
  ['UND_ERR_INVALID_ARG', false, 'protocol'],
] as const)('%s (dispatched: %s) is counted as %s', (code, dispatched, kind) => {
  expect(classifyError(withCode(code, 'words'), { ...unanswered, dispatched }).kind).toBe(kind)
})

test('bytes that are not HTTP are a protocol failure', () => {
  const error = withCode('HPE_INVALID_CONSTANT', 'Expected HTTP/', 'HTTPParserError')
  expect(classifyError(error, unanswered)).toEqual({
    kind: 'protocol',
    message: 'not HTTP: Expected HTTP/',
  })
})

test('a reset on a connection that was kept alive says so, unless the answer had begun', () => {
  const error = withCode('UND_ERR_SOCKET', 'other side closed')
  expect(classifyError(error, { ...unanswered, reused: true }).message).toBe(
    'connection broken: other side closed (kept alive by an earlier request)',
  )
  expect(classifyError(error, { dispatched: true, answered: true, reused: true }).message).toBe(
    'connection broken: other side closed',
  )
})

test('the attempts of one connection over several addresses are told by the first', () => {
  const error = new AggregateError([withCode('ECONNREFUSED', 'connect ECONNREFUSED ::1:9')])
  expect(classifyError(error, { ...unanswered, dispatched: false })).toEqual({
    kind: 'connect',
    message: 'connect ECONNREFUSED ::1:9',
  })
})

test.each([
  ['{"error":{"message":"no such model","type":"NotFoundError"}}', 'HTTP 404: no such model'],
  ['{"error":"服务繁忙，请稍后重试","queue_size":10}', 'HTTP 404: 服务繁忙，请稍后重试'],
  ['{"code":"too_many","message":"slow down","status":429}', 'HTTP 404: slow down'],
  ['plain words', 'HTTP 404: plain words'],
  ['', 'HTTP 404'],
])('an error status carries the words of the body %s [S3.12] [T21]', (body, message) => {
  expect(describeStatus(404, body, {})).toEqual({ kind: 'http_status', message })
})

test('a redirect says where it points, a rate limit for how long [S1.52]', () => {
  expect(describeStatus(307, '', { location: '/other' }).message).toBe(
    'HTTP 307 (redirect to /other)',
  )
  expect(describeStatus(429, '', { 'retry-after': '3' }).message).toBe('HTTP 429 (retry after 3)')
})

test('a redirect says where to before the words of its page', () => {
  const page =
    '<html>\r\n<head><title>301 Moved Permanently</title></head>\r\n<body>\r\n<center><h1>301 Moved Permanently</h1></center>\r\n<hr><center>nginx</center>\r\n</body></html>'
  expect(describeStatus(301, page, { location: 'https://a.test/v1' }).message).toBe(
    'HTTP 301 (redirect to https://a.test/v1): 301 Moved Permanently; nginx',
  )
})

test('a list of thousands of characters is kept whole', () => {
  const message = Array.from({ length: 80 }, (_, index) => `field ${index} is missing`).join(', ')
  expect(describeStatus(400, JSON.stringify({ message }), {}).message).toBe(`HTTP 400: ${message}`)
})

test('an answer in HTTP/2 is called so', () => {
  const data = '\0\0\u0006\u0004\0\0\0\0\0\0\u0003\0\0\0d'
  const error = Object.assign(withCode('undefined', 'Expected HTTP/', 'HTTPParserError'), { data })
  expect(classifyError(error, unanswered)).toEqual({
    kind: 'protocol',
    message:
      'the server speaks HTTP/2 without TLS (h2c), slogate HTTP/1.1: give an address that answers HTTP/1.1',
  })
})
