import { expect, test } from 'vitest'

import { SpecError } from '../../src/bench-spec/issue.ts'
import { checkSpec } from '../../src/bench-spec/loading.ts'
import type { Overrides } from '../../src/bench-spec/overrides.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'

const document = {
  url: '/v1/chat?stream=1',
  mock: true,
  concurrency: 2,
  total_requests: 20,
  gate: { policy: 'release', confidence: 0.9 },
}

function check(
  overrides: Overrides,
  env: Record<string, string> = {},
  spec: unknown = document,
): BenchSpec {
  return checkSpec(spec, { env, overrides, baseDir: '/' })
}

test('flags go before SLOGATE variables, these before the spec, the spec before defaults [S1.4]', () => {
  const env = { SLOGATE_CONCURRENCY: '4', SLOGATE_REQUESTS: '40', SLOGATE_POLICY: 'point' }
  expect(check({}).load).toMatchObject({ concurrency: 2, requests: 20, seed: 1 })
  expect(check({}, env).load).toMatchObject({ concurrency: 4, requests: 40 })
  const { load, gate } = check({ concurrency: 8, policy: 'pr' }, env)
  expect(load).toMatchObject({ concurrency: 8, requests: 40 })
  expect(gate).toEqual({
    policy: 'pr',
    confidence: 0.9,
    failures: 'as-infinite',
    maxExtraRounds: 0,
  })
})

test('takes every setting that can be overridden', () => {
  const spec = check({
    duration: '3s',
    timeout: 5,
    warmup: false,
    rounds: 2,
    seed: 7,
    confidence: 0.99,
  })
  expect(spec.timeouts.total).toBe(5000)
  expect(spec.load).toMatchObject({ duration: 3000, warmup: 0, rounds: 2, seed: 7 })
  expect(spec.gate.confidence).toBe(0.99)
})

test('a URL moves the target and switches the mock off', () => {
  const spec = check({ url: 'https://staging.example.com' })
  expect(spec.target.url).toBe('https://staging.example.com/v1/chat?stream=1')
  expect(spec).not.toHaveProperty('mock')
  expect(check({}, { SLOGATE_URL: 'http://10.0.0.1:9' }).target.url).toBe(
    'http://10.0.0.1:9/v1/chat?stream=1',
  )
})

test('a URL alone is a spec of its own [S1.15] [S1.18]', () => {
  const { target } = check({ url: 'http://127.0.0.1:9/stream' }, {}, {})
  expect(target).toMatchObject({ url: 'http://127.0.0.1:9/stream', body: { stream: true } })
})

test('names the flag or the variable that is wrong', () => {
  const env = { SLOGATE_REQUESTS: 'many', SLOGATE_POLICY: 'relase' }
  const overrides = { concurrency: 0, url: 'localhost:8000' }
  let message = ''
  try {
    check(overrides, env)
  } catch (error) {
    message = error instanceof SpecError ? error.message : ''
  }
  expect(message.split('\n')).toEqual([
    '--url: must be an http or https URL, got the scheme "localhost:". Write for example http://127.0.0.1:8000/v1/chat/completions.',
    '--concurrency: must be a whole number of at least 1, got 0. For example concurrency: 10.',
    'SLOGATE_REQUESTS: must be a whole number of at least 1, got "many". For example requests: 300.',
    'SLOGATE_POLICY: must be one of pr, release, point, got "relase". Did you mean "release"?',
  ])
})

test('an override does not hide a URL that is none', () => {
  const overrides = { url: 'http://127.0.0.1:9' }
  expect(() => check(overrides, {}, { url: 'example.com/chat' })).toThrow(
    'url: must be an absolute URL, got "example.com/chat"',
  )
})

test('a rate from outside replaces the concurrency of the spec, and the other way round', () => {
  const { load } = check({ rate: '5/s', maxConcurrency: 9 }, { SLOGATE_ARRIVAL: 'constant' })
  expect(load).toMatchObject({ kind: 'open', rate: 5, arrival: { kind: 'constant' } })
  expect(load).toMatchObject({ maxConcurrency: 9 })
  const { concurrency: _, ...rest } = document
  const open = { ...rest, rate: '5/s', arrival: 'constant', max_concurrency: 9 }
  expect(check({}, { SLOGATE_CONCURRENCY: '3' }, open).load).toMatchObject({
    kind: 'closed',
    concurrency: 3,
  })
  expect(() => check({ rate: '5/s', concurrency: 3 })).toThrow('--concurrency: cannot be had')
  expect(() => check({ rate: '5' })).toThrow('--rate: must be a rate above 0')
  expect(() => check({ maxConcurrency: 3 })).toThrow('--max-concurrency: needs a rate')
})
