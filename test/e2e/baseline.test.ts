import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

import { expect, test } from 'vitest'

import { startMock } from '../../src/mock/index.ts'
import type { Results } from '../../src/results/results.ts'
import { wasLimited } from './_limits.ts'
import { config, createProject } from './_project.ts'

const limit = { timeout: 120_000 }

/** 200 requests to each of two mocks, of which the first one's time to the first token is `ttft`. */
function regressionSpec(ttft: string, slo: string): string {
  return [
    'url: /v1/chat/completions',
    'body: { messages: [{ role: user, content: hi }], stream: true, max_tokens: 3 }',
    'stream_format: openai-chat',
    'concurrency: 20',
    'requests: 200',
    `mock: { profile: vllm, ttft: ${ttft}, itl: 1ms }`,
    'baseline: { mock: { ttft: 200ms } }',
    `slo: ["${slo}", "ttft p50 <= 1s"]`,
    '',
  ].join('\n')
}

function read(folder: string, path: string): Results {
  return JSON.parse(readFileSync(join(folder, path, 'results.json'), 'utf8')) as Results
}

test(
  '15 % more of ttft is a FAIL against an alternating baseline, no change is none',
  limit,
  async () => {
    const slo = 'ttft p50 <= baseline + 5%'
    const project = createProject({
      'slower.yaml': regressionSpec('230ms', slo),
      'same.yaml': regressionSpec('200ms', slo),
    })
    const slower = await project.slogate(['run', '-c', 'slower.yaml', '--out', 'out', '--quiet'])
    expect(slower.text).toContain('(alternating)')
    const results = read(project.folder, 'out/slower')
    const { verdict, baseline, summary } = results
    const [relative, absolute] = verdict.slos
    expect(relative).toMatchObject({ method: 'ratio', relative: { rounds: 10, allowed: 0.05 } })
    expect(absolute?.n).toBe(200)
    // Where other work takes the cores away, the load process says so, and little can be told.
    if (wasLimited(results)) {
      expect(relative?.status).not.toBe('PASS')
    } else {
      expect(relative?.status).toBe('FAIL')
      expect(relative?.relative?.low).toBeGreaterThan(0.05)
      expect(slower.code).toBe(1)
    }
    const explained = await project.slogate(['explain', 'out/slower', slo])
    expect(explained.text).toContain('computed anew, every figure agrees')
    expect(baseline).toMatchObject({ kind: 'interleaved', comparable: true, differences: [] })
    for (const { requests } of [summary, baseline?.summary ?? summary]) {
      expect(requests).toMatchObject({ total: 200, completed: 200, warmup: 20 })
    }

    await project.slogate(['run', '-c', 'same.yaml', '--out', 'out', '--quiet'])
    expect(read(project.folder, 'out/same').verdict.slos[0]?.status).not.toBe('FAIL')
  },
)

interface Request {
  target: 'candidate' | 'baseline'
  phase: string
  round: number
  marks_ms: { called: number; ended: number }
}

test(
  'the rounds of two targets never overlap, and what is written says whose each request is',
  limit,
  async () => {
    const project = createProject({
      'vitest.config.ts': config,
      'ab.bench.yaml': [
        'url: /v1/chat/completions',
        'body: { messages: [{ role: user, content: hi }], stream: true, max_tokens: 3 }',
        'concurrency: 10',
        'requests: 40',
        'mock: { profile: vllm, ttft: 500ms, itl: 1ms }',
        'baseline: { mock: { ttft: 50ms } }',
        'slo:',
        '  - ttft p50 <= baseline + 5%',
        '',
      ].join('\n'),
    })
    const { code, text } = await project.vitest(['bench', '--run'])
    expect(code).toBe(1)
    expect(text).toMatch(/SLOViolation: ttft p50 is .+, of the baseline .+: \+\d+/)
    const folder = join(project.folder, '.vitest/slogate/ab')
    const lines = gunzipSync(readFileSync(join(folder, 'requests.ndjson.gz')))
      .toString()
      .trim()
      .split('\n')
    const requests = lines.map((line) => JSON.parse(line) as Request)
    expect(requests).toHaveLength(2 * (40 + 10))
    const turns = [...Map.groupBy(requests, ({ target, round }) => `${target} ${round}`)]
      .map(([name, own]) => ({
        name,
        first: Math.min(...own.map(({ marks_ms }) => marks_ms.called)),
        last: Math.max(...own.map(({ marks_ms }) => marks_ms.ended)),
      }))
      .sort((a, b) => a.first - b.first)
    expect(turns.map(({ name }) => name)).toEqual(
      [
        'candidate -1',
        'baseline -1',
        'candidate 0',
        'baseline 0',
        'baseline 1',
        'candidate 1',
      ].concat(['candidate 2', 'baseline 2', 'baseline 3', 'candidate 3']),
    )
    for (const [i, { last }] of turns.entries())
      expect(turns[i + 1]?.first ?? last).toBeGreaterThanOrEqual(last)
    const junit = readFileSync(join(folder, 'junit.xml'), 'utf8')
    expect(junit).toContain('<property name="change_allowed" value="0.05"/>')
    expect(JSON.parse(readFileSync(join(folder, 'test_results.json'), 'utf8'))).toMatchObject({
      metrics: { length: 40 },
    })
  },
)

test('compares two targets by their URLs, and two results by their files', limit, async () => {
  const [slow, fast] = await Promise.all([
    startMock({ profile: 'vllm', ttft: '800ms', itl: '1ms' }),
    startMock({ profile: 'vllm', ttft: '150ms', itl: '1ms' }),
  ])
  const project = createProject({
    'chat.yaml': regressionSpec('30ms', 'ttft p95 <= baseline + 10% or 1ms').replace(
      'requests: 200',
      'requests: 100',
    ),
  })
  const byUrl = ['compare', '-c', 'chat.yaml', fast.url, slow.url, '--out', 'urls']
  const compared = await project.slogate([...byUrl, '--max-regression', '10%', '--quiet'])
  // The tail of one round is what a busy machine moves: by few rounds it may stay undecided.
  expect(compared.text).toMatch(/[✗?] ttft p95 +[\d.]+m?s +[\d.]+m?s +\+\d+\.\d%/)
  expect(compared.text).toMatch(/[✗?] ttft p50 +[\d.]+m?s +[\d.]+m?s +\+\d+\.\d%/)
  expect(compared.code).toBe(1)
  await Promise.all([slow.stop(), fast.stop()])

  await project.slogate(['run', '-c', 'chat.yaml', '--out', 'again', '--quiet'])
  const files = ['compare', 'again/chat/results.json', 'urls/chat/results.json', '--json']
  const { code, text } = await project.slogate(files)
  const comparison = JSON.parse(text) as { comparable: boolean }
  // The same machine and workload, but the first one's target was a mock of the spec.
  expect(comparison).toMatchObject({
    comparable: false,
    differences: [{ fact: 'target', baseline: 'mock', candidate: 'real' }],
  })
  expect(code).toBe(0)
  expect((await project.slogate([...files, '--policy', 'release'])).code).toBe(2)
  const same = await project.slogate([
    'compare',
    'again/chat/results.json',
    'again/chat/results.json',
    '--max-regression',
    '99%',
  ])
  expect(same).toMatchObject({ code: 0 })
  expect(same.text).toMatch(/ttft p50 .+ \+0\.0% .+ \+99\.0% /)
})

test('a stored baseline that cannot be read keeps the load from being sent', limit, async () => {
  const spec = regressionSpec('20ms', 'ttft p95 <= baseline + 10%')
  const project = createProject({
    'chat.yaml': spec.replace('{ mock: { ttft: 200ms } }', '{ file: old.json }'),
    'old.json': '{ "schema_version": 7 }',
  })
  const { code, text } = await project.slogate(['run', '-c', 'chat.yaml'])
  expect(code).toBe(3)
  expect(text).toContain(
    'chat.yaml:7:19: baseline.file: old.json is no results.json that can be compared with: schema_version: must be 2, got 7',
  )
})
