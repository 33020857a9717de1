import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { SpecError } from '../../src/bench-spec/issue.ts'
import { checkSpec, loadSpec } from '../../src/run/checked-spec.ts'

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
