import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

import { expect, test } from 'vitest'

import { admit, allowOrigin } from '../../src/serve/admission.ts'
import { refuse } from './_request.ts'

const host = '127.0.0.1:8080'
const token = 'token-of-the-server-0123456789'

function enter(
  headers: IncomingHttpHeaders,
  {
    method = 'POST',
    hostNames = [] as string[],
    token,
  }: { method?: string; hostNames?: string[]; token?: string } = {},
): void {
  admit({ method, headers } as IncomingMessage, { hostNames, token })
}

const statusOf = (...given: Parameters<typeof enter>): number => refuse(() => enter(...given))[0]

test.for(['localhost:8080', 'LOCALHOST', '127.0.0.1:8080', '[::1]:8080', '192.168.1.5:8080'])(
  'is known as %s',
  (host) => {
    expect(() => enter({ host })).not.toThrow()
  },
)

test('a name that was turned to this machine is refused, one that was given is not [S0.16]', () => {
  expect(statusOf({ host: 'evil.example:8080' })).toBe(421)
  expect(statusOf({ host: 'localhost.evil.example' })).toBe(421)
  expect(() => enter({ host: 'bench.lan' }, { hostNames: ['bench.lan'] })).not.toThrow()
  expect(statusOf({})).toBe(400)
  expect(statusOf({ host: 'a b' })).toBe(400)
})

test('pages of this machine may use it, and read its answers [S0.16]', () => {
  for (const origin of ['http://localhost:3000', 'https://127.0.0.1', 'http://[::1]:5173']) {
    expect(() => enter({ host, origin, 'sec-fetch-site': 'cross-site' })).not.toThrow()
    expect(allowOrigin({ origin })).toMatchObject({ 'access-control-allow-origin': origin })
  }
})

test.for([
  'https://evil.example',
  'null',
  'http://localhost.evil.example',
  'http://127.0.0.1.evil.example',
  'file://localhost',
  'http://192.168.1.5',
])('a page of %s may not, whatever the method [S0.16]', (origin) => {
  for (const method of ['POST', 'GET', 'DELETE', 'OPTIONS']) {
    expect(statusOf({ host, origin }, { method })).toBe(403)
  }
  expect(allowOrigin({ origin })).toEqual({ vary: 'Origin' })
})

test('the origin of the server itself is no other one', () => {
  const given = { host: 'bench.lan:8080', origin: 'http://bench.lan:8080' }
  expect(() => enter(given, { hostNames: ['bench.lan'] })).not.toThrow()
  expect(statusOf({ ...given, origin: 'http://bench.lan' }, { hostNames: ['bench.lan'] })).toBe(403)
})

test('without an origin the browser says where a request comes from; a link may lead here', () => {
  expect(() => enter({ host, 'sec-fetch-site': 'same-origin' })).not.toThrow()
  expect(() => enter({ host, 'sec-fetch-site': 'none' })).not.toThrow()
  expect(statusOf({ host, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' })).toBe(403)
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
  expect(() => enter({ host, ...link, 'sec-fetch-dest': 'document' })).not.toThrow()
  expect(statusOf({ host, ...link, 'sec-fetch-dest': 'iframe' })).toBe(403)
})

test('the token is wanted, as a bearer or as the password of a browser', () => {
  const basic = Buffer.from(`anybody:${token}`).toString('base64')
  for (const authorization of [`Bearer ${token}`, `bearer ${token}`, `Basic ${basic}`]) {
    expect(() => enter({ host, authorization }, { token })).not.toThrow()
  }
  for (const authorization of [undefined, 'Bearer wrong', `Basic ${token}`, token, 'Bearer ']) {
    const headers = authorization === undefined ? { host } : { host, authorization }
    expect(statusOf(headers, { token })).toBe(401)
  }
  // A preflight carries none.
  expect(() => enter({ host }, { method: 'OPTIONS', token })).not.toThrow()
})
