import { expect, test } from 'vitest'

import { findSecrets } from '../../src/bench-spec/secret.ts'

test('knows secrets by the names of headers and query parameters [S1.48] [T18]', () => {
  const headers = {
    authorization: 'Bearer abcdef1',
    'Proxy-Authorization': 'Basic abcdef2',
    'X-API-Key': 'abcdef3',
    'api-key': 'abcdef4',
    Cookie: 'abcdef5',
    'X-Auth-Token': 'abcdef6',
    'X-Client-Secret': 'abcdef7',
    'X-Request-Id': 'abcdef8',
  }
  const url =
    'https://user:p%40sswd@a/b?access_token=abc%2Fdef&key=abcdefg&sig=abcdefh&design=abcdefi#key=abcdefj'
  expect(findSecrets({ headers, url }).map(({ value, label }) => `${label} ${value}`)).toEqual([
    '[authorization] Bearer abcdef1',
    '[authorization] abcdef1',
    '[proxy-authorization] Basic abcdef2',
    '[proxy-authorization] abcdef2',
    '[x-api-key] abcdef3',
    '[api-key] abcdef4',
    '[cookie] abcdef5',
    '[x-auth-token] abcdef6',
    '[x-client-secret] abcdef7',
    '[password] user:p%40sswd',
    '[password] user:p@sswd',
    '[password] p%40sswd',
    '[password] p@sswd',
    '[access_token] abc%2Fdef',
    '[access_token] abc/def',
    '[key] abcdefg',
    '[key] abcdefg',
    '[sig] abcdefh',
    '[sig] abcdefh',
  ])
})

test('knows what a Basic authorization and a cookie hold, also by itself', () => {
  const authorization = `Basic ${btoa('somebody:open-sesame')}`
  const cookie = 'theme=dark; session=abc=def123; id=987654321'
  expect(findSecrets({ headers: { authorization, cookie } }).map(({ value }) => value)).toEqual([
    authorization,
    btoa('somebody:open-sesame'),
    'somebody:open-sesame',
    'open-sesame',
    cookie,
    'abc=def123',
    '987654321',
  ])
})

test('placeholder keys and values that are still open are no secrets', () => {
  const headers = { Authorization: 'Bearer EMPTY', Cookie: '${COOKIE}', 'X-Token': '{{token}}' }
  expect(findSecrets({ headers, url: 'http://a/?key=${KEY}' })).toEqual([])
  expect(findSecrets({ headers: 5, url: null })).toEqual([])
  expect(findSecrets(undefined)).toEqual([])
})
