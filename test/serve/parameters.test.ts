import { expect, test } from 'vitest'

import { readAddress, readParameters, toParametersDocument } from '../../src/serve/parameters.ts'
import { asked, limits, refuse } from './_request.ts'

const read = (more: object): unknown => readParameters({ ...asked, ...more }, limits)

test('the seven parameters of the document are read, and 100 requests asked for [S0.2–S0.8] [S0.10]', () => {
  expect(readParameters(asked, limits)).toEqual({
    apiUrl: 'http://localhost:8000/v1',
    parallel: 3,
    model: 'test-model',
    minTokens: 50,
    maxTokens: 100,
    datasets: 'openqa',
    requests: 100,
    apiKey: 'your-api-key',
  })
  expect(read({ number: 7 })).toMatchObject({ requests: 7 })
  expect(readParameters(asked, { ...limits, requests: 20 })).toMatchObject({ requests: 20 })
})

test('an underscore is as good as a hyphen, but not beside it [S0.5] [S0.6]', () => {
  const { 'min-tokens': min_tokens, 'max-tokens': max_tokens, ...rest } = asked
  expect(readParameters({ ...rest, min_tokens, max_tokens }, limits)).toEqual(
    readParameters(asked, limits),
  )
  expect(refuse(() => read({ min_tokens: 50 }))).toEqual([
    400,
    'min_tokens and min-tokens are the same. Give one.',
  ])
})

test('no key, an empty one and null are none [S0.8]', () => {
  for (const api_key of [undefined, '', null]) {
    const { api_key: _, ...rest } = asked
    const given = api_key === undefined ? rest : { ...rest, api_key }
    expect(readParameters(given, limits)).not.toHaveProperty('apiKey')
  }
})

test.for(['api_url', 'parallel', 'model', 'min-tokens', 'max-tokens', 'datasets'] as const)(
  'without %s it is named as missing [S0.15]',
  (name) => {
    const { [name]: _, ...rest } = asked
    expect(refuse(() => readParameters(rest, limits))).toEqual([
      400,
      `Missing required parameter: ${name}`,
    ])
  },
)

test('all that is missing is named at once', () => {
  expect(refuse(() => readParameters({ model: 'm' }, limits))[1]).toBe(
    'Missing required parameters: api_url, parallel, min-tokens, max-tokens, datasets',
  )
})

test.for([
  [{ parallel: '3' }, 'parallel must be a whole number from 1 to 256, got the text "3".'],
  [{ parallel: 0 }, 'parallel must be a whole number from 1 to 256, got 0.'],
  [{ parallel: -1 }, 'parallel must be a whole number from 1 to 256, got -1.'],
  [{ parallel: 1.5 }, 'parallel must be a whole number from 1 to 256, got 1.5.'],
  [{ parallel: NaN }, 'parallel must be a whole number from 1 to 256, got NaN.'],
  [{ parallel: null }, 'parallel must be a whole number from 1 to 256, got null.'],
  [
    { parallel: 257 },
    'parallel must be a whole number from 1 to 256, got 257. --max-concurrency sets the most.',
  ],
  [
    { number: 10_001 },
    'number must be a whole number from 1 to 10000, got 10001. --max-requests sets the most.',
  ],
  [{ number: [] }, 'number must be a whole number from 1 to 10000, got a list.'],
  [{ 'min-tokens': -1 }, 'min-tokens must be a whole number from 0 to 1000000, got -1.'],
  [{ 'min-tokens': 101 }, 'min-tokens must be at most max-tokens, got 101 and 100.'],
  [{ 'max-tokens': 0 }, 'max-tokens must be a whole number from 1 to 1000000, got 0.'],
  [{ model: 7 }, 'model must be a text that is not empty, got 7.'],
  [{ model: ' ' }, 'model must be a text that is not empty, got the text " ".'],
  [{ model: {} }, 'model must be a text that is not empty, got an object.'],
  [{ model: 'm'.repeat(257) }, 'model must have at most 256 characters, got 257.'],
  [{ model: 'a\nb' }, 'model must be one line of text without {{.'],
  [{ model: '{{question}}' }, 'model must be one line of text without {{.'],
  [{ api_url: true }, 'api_url must be a text that is not empty, got true.'],
  [{ parralel: 3 }, /^Unknown parameter: "parralel"\. Did you mean "parallel"\? Known are /],
  [JSON.parse('{"__proto__": 1}'), /^Unknown parameter: "__proto__"\./],
] as const)('%j is refused, with what was expected [S0.3] [S0.15]', ([more, message]) => {
  const body = { ...asked } as Record<string, unknown>
  for (const [key, value] of Object.entries(more)) {
    Object.defineProperty(body, key, { value, enumerable: true })
  }
  const [status, words] = refuse(() => readParameters(body, limits))
  expect(status).toBe(400)
  if (typeof message === 'string') expect(words).toBe(message)
  else expect(words).toMatch(message)
})

test.for([
  [null, 'null'],
  [[], 'a list'],
  ['{}', 'the text "{}"'],
  [7, '7'],
] as const)('a body that is %j is no object', ([body, what]) => {
  expect(refuse(() => readParameters(body, limits))).toEqual([
    400,
    `The body must be a JSON object, got ${what}.`,
  ])
})

test.for([
  ['a key with spaces'],
  ['key\r\nX-Evil: 1'],
  ['schlüssel-schlüssel'],
  [['key-in-a-list']],
])('what is said of the key %j does not repeat it [S0.8]', ([api_key]) => {
  const [status, words] = refuse(() => read({ api_key }))
  expect([status, words.startsWith('api_key must be ')]).toEqual([400, true])
  expect(words).not.toContain(String(api_key).slice(0, 5))
})

test('the parameters are told without the key [S0.8] [S0.21]', () => {
  const { api_key: _, ...rest } = asked
  expect(toParametersDocument(readParameters(asked, limits))).toEqual({ ...rest, number: 100 })
})

test('an address is read by itself, and nothing beside it', () => {
  expect(readAddress({ api_url: 'http://localhost:8000' })).toEqual({
    apiUrl: 'http://localhost:8000',
  })
  expect(refuse(() => readAddress({}))).toEqual([400, 'Missing required parameter: api_url'])
  expect(refuse(() => readAddress({ api_url: 'x', model: 'm' }))[1]).toContain('"model"')
})
