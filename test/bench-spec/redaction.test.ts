import { expect, test } from 'vitest'

import { createRedactor, maskSecrets, redactDeep } from '../../src/bench-spec/redaction.ts'
import { findSecrets } from '../../src/bench-spec/secret.ts'
import { createRandom } from '../verdict/random.ts'
import { encodings, keys, occurs, pieces } from './_secrets.ts'

test('replaces a secret however it is written, the longest first', () => {
  const value = 'a/b"c+d=='
  const { redact } = createRedactor([
    { value, label: '[long]' },
    { value: 'a/b"c+', label: '[short]' },
  ])
  const forms = [
    value,
    encodeURIComponent(value),
    JSON.stringify(value),
    btoa(value),
    Buffer.from(value).toString('base64url'),
  ]
  expect(forms.map(redact)).toEqual(['[long]', '[long]', '"[long]"', '[long]', '[long]'])
  expect(redact('x a/b"c+ y')).toBe('x [short] y')
})

test('a password is found in the header that it is sent in', () => {
  const { redact } = createRedactor(findSecrets({ url: 'http://me:open-sesame@a/' }))
  expect(redact(`Basic ${btoa('me:open-sesame')}`)).toBe('Basic [password]')
})

test('characters of patterns and of replacements mean themselves', () => {
  expect(createRedactor([{ value: '$&.*[x]', label: '$&' }]).redact('- $&.*[x] -')).toBe('- $& -')
  expect(createRedactor([]).redact('text')).toBe('text')
})

test('reaches into arrays and objects and leaves the rest as it is', () => {
  const times = new Float64Array([1, 2])
  const value = { a: ['my secret1', 5, null], times }
  const redacted = redactDeep(value, createRedactor([{ value: 'secret1', label: '*' }]).redact)
  expect(redacted).toEqual({ a: ['my *', 5, null], times })
  expect(redacted.times).toBe(times)
  expect(value.a[0]).toBe('my secret1')
})

const names = Object.keys(encodings)

test.each(Object.entries(keys))(
  'of a key that is %s nothing is left, in any encoding and in any two of them',
  (_, value) => {
    const { redact } = createRedactor([{ value, label: '[KEY]' }])
    const whole = new Set(pieces(value))
    const leaks = names.flatMap((outer) =>
      names.flatMap((inner) => {
        if (!occurs(outer, inner)) return []
        const written = encodings[outer]?.(encodings[inner]?.(value) ?? '') ?? ''
        const text = redact(`{"a": "before ${written}", "b": 1}`)
        const leaked = text.includes(written) || [...whole].some((piece) => text.includes(piece))
        const kept = text.startsWith('{"a": "before ') && text.endsWith('", "b": 1}')
        return leaked || !kept || !text.includes('[KEY]') ? [`${outer} of ${inner}: ${text}`] : []
      }),
    )
    expect(leaks).toEqual([])
  },
)

test('a text that is cut anywhere ends before a secret or behind its label', () => {
  const next = createRandom(1)
  // The others write something of their own around it.
  const bare = names.filter((name) => !/after|lines|user/.test(name))
  for (const value of Object.values(keys)) {
    const { redactStart } = createRedactor([{ value, label: '[KEY]' }])
    for (let round = 0; round < 40; round++) {
      const written = encodings[bare[Math.floor(next() * bare.length)] ?? '']?.(value.trim()) ?? ''
      const text = `${'a'.repeat(50)} ${written} ${'b'.repeat(50)}`
      const limit = Math.floor(next() * text.length)
      const shown = redactStart(text, limit)
      expect(shown).toMatch(/^a{1,50} ?(?:\[KEY\](?: +b{0,50})?)?$|^$/)
      expect(shown.includes('[KEY]')).toBe(limit > 51)
    }
  }
})

test('what is around two secrets, and between them, stays', () => {
  const { redact } = createRedactor([
    { value: 'first-key', label: '[1]' },
    { value: 'second-key', label: '[2]' },
  ])
  expect(redact('a=first-key&b=second-key; first-keysecond-key.')).toBe('a=[1]&b=[2]; [1][2].')
  expect(redact('%7B%22a%22%3A%22first-key%22%7D')).toBe('%7B%22a%22%3A%22[1]%22%7D')
})

test('stars keep every other character in its place, over lines too', () => {
  const secrets = [{ value: 'a long\nsecret', label: '[S]' }]
  const source = 'key: "a long\\nsecret"\nnext: |\n  a long\n  secret\nlast: 1\n'
  expect(maskSecrets(source, secrets)).toBe(
    'key: "**************"\nnext: |\n  ******\n********\nlast: 1\n',
  )
})

test('a short word within others is no secret', () => {
  const { redact } = createRedactor([
    { value: '1', label: '[1]' },
    { value: ' \n ', label: '[ ]' },
  ])
  expect(redact('took 11 of 100 ms')).toBe('took 11 of 100 ms')
})

test('many secrets that begin alike are found in a text that repeats their beginning', () => {
  const start = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.'
  const secrets = Array.from({ length: 3000 }, (_, index) => ({
    value: `${start}${String(index * 7919).padStart(40, 'x')}`,
    label: `[${index}]`,
  }))
  const { redact } = createRedactor(secrets)
  const text = start.repeat(1000)
  expect(redact(`${text}${secrets[2999]?.value} ${btoa(secrets[5]?.value ?? '')}`)).toBe(
    `${text}[2999] [5]`,
  )
})
