import { copyFileSync } from 'node:fs'
import { join } from 'node:path'

import { expect, test } from 'vitest'

import type { Results } from '../../src/results/results.ts'
import { createProject, repository } from './_project.ts'

const trace = join(repository, 'fixtures/datasets/trace-mooncake.jsonl')

function spec(source: string, more: readonly string[] = []): string {
  return [
    'url: /v1/chat/completions',
    'body:',
    '  messages: [{ role: user, content: "{{prompt}}" }]',
    '  max_tokens: "{{output_tokens}}"',
    '  stream: true',
    '  stream_options: { include_usage: true }',
    `data_source: ${source}`,
    'mock: { profile: vllm, ttft: 2ms, itl: 0ms, prefix_cache: true }',
    ...more,
    'slo: [success_rate >= 95%]',
    '',
  ].join('\n')
}

test('a trace is sent when it says, by two processes, to a cache that finds what it implies; and its requests once more', async () => {
  const project = createProject({
    'trace.bench.yaml': spec('{ type: trace, file: trace.jsonl, speed: 8x, limit: 150 }', [
      'load: { processes: 2 }',
    ]),
    'again.bench.yaml': spec(
      '{ type: trace, file: .vitest/slogate/trace/requests.ndjson.gz, window: { to: 1s }, limit: 40 }',
    ),
  })
  copyFileSync(trace, join(project.folder, 'trace.jsonl'))
  const { stdout, stderr } = await project.slogate(['run', '-c', 'trace.bench.yaml'])
  expect(stderr).toMatch(
    /^trace: sends 150 requests, no warm-up, when the mooncake trace says at 8x \(\d+\/s on average\)/,
  )
  expect(stdout).toMatch(/ mooncake trace 8x {2}n=150 /)
  expect(stdout).toMatch(
    /\n {3}arrival error p50 [\d.]+m?s, p99 [\d.]+m?s, max [\d.]+m?s {3}speed [\d.]+x of 8x {3}cached [\d.]+% of [\d.]+%\n/,
  )
  const folder = '.vitest/slogate/trace'
  const { load, summary, dataset } = JSON.parse(
    project.read(join(folder, 'results.json')),
  ) as Results
  expect(summary.requests).toMatchObject({ total: 150, completed: 150 })
  expect(dataset).toMatchObject({ rows: 150, columns: ['prompt', 'input_tokens', 'output_tokens'] })
  const asked = load.kind === 'open' ? (load.trace?.cached_share ?? 0) : 0
  expect(asked).toBeGreaterThan(0.3)
  // What is sent late may come before what it has in common with is known.
  expect(Math.abs((summary.prompts.cached_share ?? 0) - asked)).toBeLessThan(0.05)

  const again = await project.slogate(['run', '-c', 'again.bench.yaml'])
  expect(again.stdout).toMatch(/ requests trace 1x {2}n=40 /)
  expect(again.stdout).toMatch(/\n {3}arrival error .* speed [\d.]+x of 1x\n/)
})
