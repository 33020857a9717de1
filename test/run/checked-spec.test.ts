import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test, vi } from 'vitest'

import { SpecError } from '../../src/bench-spec/issue.ts'
import { checkSpec, loadSpec } from '../../src/run/checked-spec.ts'
import { secret } from '../../src/run/marked-secrets.ts'

test('options of the mock are checked with the spec, each on its own line', () => {
  const cwd = mkdtempSync(join(tmpdir(), 'slogate-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  writeFileSync(
    join(cwd, 'chat.yaml'),
    [
      'url: /v1/chat/completions',
      'mock:',
      '  tfft: 40ms',
      '  itl: soon',
      '  ttft: { exact_quantiles: { p50: 40ms } }',
      'slo: [success_rat >= 90%]',
    ].join('\n'),
  )
  const load = () => loadSpec('chat.yaml', { env: {}, cwd })
  expect(load).toThrow(SpecError)
  expect(load).toThrow(/chat\.yaml:3:3: mock\.tfft: .*Did you mean ttft\?/)
  expect(load).toThrow(/chat\.yaml:4:\d+: mock\.itl: expected a duration.*got "soon"/)
  expect(load).toThrow(/chat\.yaml:5:\d+: mock\.ttft/)
  expect(load).toThrow(/chat\.yaml:6:\d+: slo\[0\]: unknown metric "success_rat"/)
})

test('options of the mock in an object are checked as well', () => {
  const document = { url: '/v1', mock: { profile: 'fast' }, slo: [] }
  expect(() => checkSpec(document, { env: {}, baseDir: '.' })).toThrow(/mock\.profile: .*"fast"/)
})

test('an object knows as secrets what was marked, and what comes from a variable with a telling name', () => {
  const env = { STAGING_KEY: 'sk-of-staging-01', EDITOR: 'vi' }
  const document = {
    url: 'http://127.0.0.1:1/v1',
    headers: { authorization: `Bearer ${env.STAGING_KEY}`, 'x-other': secret('marked by hand') },
    body: { user: env.STAGING_KEY, editor: env.EDITOR, short: secret('abc'), none: secret('') },
  }
  const { secrets, warnings } = checkSpec(document, { env, baseDir: '.' })
  expect(secrets).toEqual(
    expect.arrayContaining([
      { value: 'sk-of-staging-01', label: '${STAGING_KEY}' },
      { value: 'marked by hand', label: '[secret]' },
    ]),
  )
  expect(secrets.map(({ value }) => value)).not.toContain('abc')
  expect(warnings.join()).not.toContain('plain text')
})

test('an object by itself takes its variables and files from where the process is', () => {
  vi.stubEnv('CHECKED_SPEC_KEY', 'sk-of-this-process')
  vi.stubEnv('SLOGATE_CONCURRENCY', '3')
  onTestFinished(() => void vi.unstubAllEnvs())
  const document = {
    url: 'http://127.0.0.1:1/v1',
    headers: { authorization: 'Bearer ${CHECKED_SPEC_KEY}' },
    body: '{{content}}',
    data_source: { type: 'csv', file: 'bench/prompts.csv' },
    slo: ['ttft p95 <= 1s'],
  }
  const { name, target, load, dataset, secrets } = checkSpec(document)
  expect([name, load]).toMatchObject(['bench', { kind: 'closed', concurrency: 3 }])
  expect(target.headers).toMatchObject({ authorization: 'Bearer sk-of-this-process' })
  expect(dataset?.path).toBe(join(process.cwd(), 'bench/prompts.csv'))
  expect(secrets.map(({ value }) => value)).toContain('sk-of-this-process')
  expect(checkSpec(document)).toEqual(
    checkSpec(document, { env: process.env, baseDir: process.cwd() }),
  )
  expect(() => checkSpec({})).toThrow(SpecError)
})

test('a file by itself is read with the variables of the process', () => {
  vi.stubEnv('SLOGATE_REQUESTS', '77')
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(loadSpec('bench/raw.bench.yaml').load.requests).toBe(77)
})
