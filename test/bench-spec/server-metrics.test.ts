import { expect, test } from 'vitest'

import { SpecError } from '../../src/bench-spec/issue.ts'
import { checkSpec } from '../../src/bench-spec/loading.ts'
import type { BenchSpec } from '../../src/bench-spec/spec.ts'

function check(server_metrics: unknown, env: Record<string, string> = {}): BenchSpec {
  return checkSpec({ url: 'http://127.0.0.1/v1', server_metrics }, { env, baseDir: '.' })
}

test.each([
  [undefined, undefined],
  [false, undefined],
  [true, { interval: 1000 }],
  ['/metrics', { url: '/metrics', interval: 1000 }],
  ['https://10.0.0.7:8000/metrics', { url: 'https://10.0.0.7:8000/metrics', interval: 1000 }],
  [{}, { interval: 1000 }],
  [
    { url: '/m', interval: '250ms' },
    { url: '/m', interval: 250 },
  ],
  [{ interval: 2 }, { interval: 2000 }],
])('server_metrics: %j', (given, expected) => {
  expect(check(given).serverMetrics).toEqual(expected)
})

test.each([
  ['metrics', 'server_metrics: must be a path or an http or https URL, got "metrics"'],
  [
    '//host/metrics',
    'server_metrics: must be a path or an http or https URL, got "//host/metrics"',
  ],
  ['file:///etc/passwd', 'server_metrics: must be a path or an http or https URL'],
  ['/{{content}}', 'server_metrics: is read once for all rows and cannot hold {{column}}'],
  [{ url: 'x' }, 'server_metrics.url: must be a path'],
  [{ interval: '99ms' }, 'server_metrics.interval: must be 100ms or more, got 99ms'],
  [{ interval: '1' }, 'server_metrics.interval'],
  [{ urls: '/metrics' }, 'server_metrics.urls'],
  [1, 'server_metrics'],
])('server_metrics: %j is an error before the run', (given, message) => {
  expect(() => check(given)).toThrow(SpecError)
  expect(() => check(given)).toThrow(message)
})

test('takes variables, and keeps secrets of its own', () => {
  expect(check('${ON}', { ON: 'true' }).serverMetrics).toEqual({ interval: 1000 })
  const url = 'http://me:passw0rd@10.0.0.7/metrics?token=abcdef1'
  const found = [check(url), check({ url })].map(({ secrets, warnings }) => ({ secrets, warnings }))
  for (const { secrets, warnings } of found) {
    expect(secrets.map(({ value }) => value)).toEqual(['me:passw0rd', 'passw0rd', 'abcdef1'])
    expect(
      warnings.filter((text) => text.startsWith('server_metrics: holds a secret')),
    ).toHaveLength(1)
  }
  const { serverMetrics, secrets } = check('http://10.0.0.7/${KEY}', { KEY: 'k-0123456' })
  expect(serverMetrics?.url).toBe('http://10.0.0.7/k-0123456')
  expect(secrets).toContainEqual({ value: 'k-0123456', label: '${KEY}' })
})
