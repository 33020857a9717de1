import { expect, test } from 'vitest'

import { checkSpec, type LoadOptions } from '../../src/bench-spec/loading.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'
import { limitRegression } from '../../src/run/comparison.ts'

const document = {
  url: 'http://new.example.com/v1/chat',
  headers: { Authorization: 'Bearer sk-candidate-1', 'x-tenant': 'a' },
  body: { model: 'new' },
  slo: ['ttft p95 <= baseline + 10% or 20ms'],
}

function readStored(): { results: string } {
  return { results: 'read' }
}

function check(more: object, options: Partial<LoadOptions<string>> = {}): BenchSpec {
  return checkSpec({ ...document, ...more }, { env: {}, baseDir: '/bench', readStored, ...options })
}

test('a second target is the first one with other parts', () => {
  const { baseline } = check({
    baseline: {
      url: 'http://old.example.com/v0/chat',
      headers: { authorization: 'Bearer sk-baseline-22' },
      body: { model: 'old' },
    },
  })
  expect(baseline).toEqual({
    kind: 'interleaved',
    target: {
      url: 'http://old.example.com/v0/chat',
      method: 'POST',
      headers: { 'x-tenant': 'a', authorization: 'Bearer sk-baseline-22' },
      body: { model: 'old' },
    },
  })
})

test('a base without a path gets the path of the candidate', () => {
  const { baseline } = check({ baseline: { url: 'http://old.example.com' } })
  expect(baseline).toMatchObject({
    target: { url: 'http://old.example.com/v1/chat', body: { model: 'new' } },
  })
})

test('a second mock has the options of the first one but for its own', () => {
  const { baseline } = check({
    url: '/v1/chat',
    mock: { ttft: '50ms', itl: '5ms' },
    baseline: { mock: { ttft: '40ms' } },
  })
  expect(baseline).toMatchObject({
    target: { url: '/v1/chat' },
    mock: { ttft: '40ms', itl: '5ms' },
  })
})

function checkMock(options: object): { path: string; message: string }[] {
  return 'ttft' in options ? [{ path: 'ttft', message: 'is too slow.' }] : []
}

test('the options of a second mock are checked like those of the first', () => {
  const spec = { url: '/v1', mock: true, baseline: { mock: { ttft: '1h' } } }
  expect(() => check(spec, { checkMock })).toThrow('baseline.mock.ttft: is too slow.')
})

test('a file is read once, relative to the spec, and what is wrong with it is an issue', () => {
  const paths: string[] = []
  const baseline = { file: 'baselines/chat.json' }
  const spec = check(
    { baseline },
    {
      readStored(path) {
        paths.push(path)
        return { results: 'read' }
      },
    },
  )
  expect(paths).toEqual(['/bench/baselines/chat.json'])
  expect(spec.baseline).toEqual({ kind: 'file', source: 'baselines/chat.json', results: 'read' })
  expect(() => check({ baseline }, { readStored: () => ({ problem: 'is no JSON.' }) })).toThrow(
    'baseline.file: baselines/chat.json is no JSON.',
  )
})

test('flags and SLOGATE_BASELINE replace the baseline of the spec, as those of the url do', () => {
  const baseline = { url: 'http://old.example.com', headers: { 'x-tenant': 'b' } }
  const byVariable = check({ baseline }, { env: { SLOGATE_BASELINE: 'http://10.0.0.1:9' } })
  expect(byVariable.baseline).toMatchObject({
    target: { url: 'http://10.0.0.1:9/v1/chat', headers: { 'x-tenant': 'b' } },
  })
  const env = { SLOGATE_BASELINE: 'http://10.0.0.1:9' }
  const byFlag = check({ baseline }, { env, overrides: { baseline: '/tmp/results.json' } })
  expect(byFlag.baseline).toMatchObject({ kind: 'file', source: '/tmp/results.json' })
  expect(() => check({}, { overrides: { baseline: 'ftp://host' } })).toThrow(
    'must be an http or https URL',
  )
})

test('another target takes a second mock away, and says what an SLO then lacks', () => {
  const spec = { url: '/v1/chat', mock: true, baseline: { mock: { ttft: '40ms' } } }
  const overrides = { url: 'http://new.example.com' }
  expect(() => check(spec, { overrides })).toThrow('compares with a baseline, and there is none')
  const both = check(spec, { overrides: { ...overrides, baseline: 'http://old.example.com' } })
  expect(both.baseline).toMatchObject({ target: { url: 'http://old.example.com/v1/chat' } })
})

test('secrets of the second target are secrets', () => {
  const { secrets, warnings } = check({
    baseline: {
      url: 'http://u:pass-word-9@old/?api_key=k-0123456',
      headers: { 'x-api-key': 'k-7654321' },
    },
  })
  expect(secrets.map(({ value }) => value)).toEqual(
    expect.arrayContaining(['pass-word-9', 'k-0123456', 'k-7654321', 'sk-candidate-1']),
  )
  expect(warnings.join()).toContain('baseline.headers.x-api-key: holds a secret in plain text')
})

test('alternating rounds are up to 10, of a wave at least, and an even number', () => {
  const rounds = (more: object) => check({ baseline: { url: 'http://old' }, ...more }).load.rounds
  expect(rounds({ requests: 300 })).toBe(10)
  expect(rounds({ requests: 75 })).toBe(6)
  expect(rounds({ requests: 300, concurrency: 50 })).toBe(6)
  expect(rounds({ requests: 30 })).toBe(2)
  expect(rounds({ requests: 10 })).toBe(1)
  expect(rounds({ requests: 300, rounds: 8 })).toBe(8)
  expect(check({ baseline: { file: 'x' } }).load.rounds).toBe(5)
})

test('an odd number of alternating rounds is refused, wherever it and the baseline come from', () => {
  const odd = 'must be an even number where a baseline alternates, got 7'
  const interleaved = { baseline: { url: 'http://old' }, requests: 300 }
  expect(() => check({ ...interleaved, rounds: 7 })).toThrow(`rounds: ${odd}`)
  expect(() => check({ ...interleaved, rounds: 10 }, { overrides: { rounds: 7 } })).toThrow(
    `--rounds: ${odd}`,
  )
  expect(() => check(interleaved, { env: { SLOGATE_ROUNDS: '7' } })).toThrow(
    `SLOGATE_ROUNDS: ${odd}`,
  )
  // As by `compare`, and by --baseline.
  const overrides = { baseline: 'http://old' }
  expect(() => check({ rounds: 7 }, { overrides })).toThrow(`rounds: ${odd}`)
  expect(() => check({ ...interleaved, requests: 7, rounds: 7 })).toThrow('Ask for 6')
  expect(check({ baseline: { file: 'x' }, rounds: 7 }).load.rounds).toBe(7)
})

test('warns of a baseline that nothing is compared with, and of rounds below the concurrency', () => {
  const idle = check({ baseline: { url: 'http://old' }, slo: ['ttft p95 <= 1s'] })
  expect(idle.warnings.join()).toContain('baseline: no SLO compares with it')
  const thin = check({ baseline: { url: 'http://old' }, requests: 50, rounds: 10 })
  expect(thin.warnings.join()).toContain(
    'the 5 requests of a round never reach a concurrency of 10',
  )
})

test('limits from elsewhere are SLOs like those of the document, which go before them', () => {
  const limits = limitRegression(10)
  const added = limits.map(({ id }) => id)
  const document = { baseline: { url: 'http://old' }, slo: ['ttft p95 <= 1s'] }
  const { slos, warnings, load } = check(document, { limits })
  expect(slos.map(({ id }) => id)).toEqual(['ttft p95 <= 1s', ...added])
  expect(warnings.join()).not.toContain('SLO')
  // As many as they need, not the document's own alone.
  expect(load.requests).toBeGreaterThan(check(document).load.requests ?? Infinity)
  const none = check({ ...document, slo: [] }, { limits })
  expect(none.warnings.join()).not.toContain('SLO')
  const own = check({ ...document, slo: ['ttft p95 <= baseline + 5%'] }, { limits })
  const others = added.filter((id) => !id.startsWith('ttft p95'))
  expect(own.slos.map(({ id }) => id)).toEqual(['ttft p95 <= baseline + 5%', ...others])
})

test('a comparison is looked at once', () => {
  const gate = { max_extra_rounds: 2 }
  expect(() => check({ baseline: { url: 'http://old' }, gate })).toThrow(
    'gate.max_extra_rounds: are not possible with a baseline, which is compared once.',
  )
})
