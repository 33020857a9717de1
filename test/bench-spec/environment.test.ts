import { expect, test } from 'vitest'

import { findVariables, interpolate, type Interpolated } from '../../src/bench-spec/environment.ts'
import { benchSchema } from '../../src/bench-spec/schema.ts'

function fill(document: unknown, env: Record<string, string> = {}): Interpolated {
  return interpolate(document, env, benchSchema, () => undefined)
}

test('puts variables and defaults in place, in values only [T18]', () => {
  const document = { '${A}': ['x ${A}-${B:-b} ${C:-}', { y: '${EMPTY:-z}' }], n: 1 }
  expect(fill(document, { A: 'a', EMPTY: '' }).value).toEqual({
    '${A}': ['x a-b ', { y: 'z' }],
    n: 1,
  })
})

test('$${ is a literal ${, and what a variable holds is not read again', () => {
  expect(fill(['$${A} ${A}'], { A: '${B} $${C}' }).value).toEqual(['${A} ${B} $${C}'])
})

test('a lone reference becomes the number or truth value that the key wants', () => {
  const env = { N: '12', HALF: '0.5', NO: 'false', WORD: 'many' }
  const document = {
    concurrency: '${N}',
    requests: '${WORD}',
    timeout: '${HALF}',
    warmup: '${NO}',
    gate: { confidence: '${HALF}' },
    name: '${N}',
    seed: '1${N}',
    body: { max_tokens: '${N}' },
  }
  expect(fill(document, env).value).toEqual({
    concurrency: 12,
    requests: 'many',
    timeout: 0.5,
    warmup: false,
    gate: { confidence: 0.5 },
    name: '12',
    seed: '112',
    body: { max_tokens: '12' },
  })
})

test('what came from the environment is a secret, unless it is short or the default', () => {
  const { secrets } = fill(['${LONG}', '${SHORT}', '${UNSET:-a-default}'], {
    LONG: 'abcdef',
    SHORT: 'abcde',
  })
  expect(secrets).toEqual([{ value: 'abcdef', label: '${LONG}' }])
})

test('unset variables are issues, inherited properties are no variables', () => {
  const { issues } = fill({ a: { b: '${UNSET}' }, c: '${toString}' })
  expect(issues.map(({ path, message }) => [path, message.split('.')[0]])).toEqual([
    [['a', 'b'], 'the environment variable UNSET is not set'],
    [['c'], 'the environment variable toString is not set'],
  ])
})

const environment = {
  HOME: '/home/somebody-1234567890',
  NODE_ENV: 'production',
  PWD: '/srv/project-12345678901234567890',
  MODEL: 'qwen',
  BASE_URL: 'https://api.example.com/v1/of/2026',
  SHORT_KEY: 'abc',
  API_KEY: 'an api key',
  DB_PASSWORD: 'hunter22\n',
  OPENAI: 'sk-proj-0123456789abcdef',
  ABSENT_TOKEN: 'not-in-the-document',
  UNSET_TOKEN: undefined,
}

test('variables whose values a program has put into its document are secrets by name or by look', () => {
  const document = {
    url: 'https://api.example.com/v1/of/2026?in=production',
    headers: { 'x-tenant': 'sk-proj-0123456789abcdef', 'x-home': '/home/somebody-1234567890' },
    body: { model: 'qwen', messages: [{ content: 'abc an api key, hunter22' }] },
    baseline: { url: '/srv/project-12345678901234567890' },
  }
  expect(findVariables(document, environment)).toEqual([
    { value: 'an api key', label: '${API_KEY}' },
    { value: 'hunter22', label: '${DB_PASSWORD}' },
    { value: 'sk-proj-0123456789abcdef', label: '${OPENAI}' },
  ])
  expect(findVariables(undefined, environment)).toEqual([])
})
