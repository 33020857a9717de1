import { expect, test } from 'vitest'

import type { Results } from '../../src/results/results.ts'
import { type BenchRun, runBench } from '../../src/run/bench.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'
import { refusingUrl } from '../_server.ts'
import { ownStatuses } from './_limits.ts'
import { createProject } from './_project.ts'

const limit = { timeout: 120_000 }

const chat = {
  url: '/v1/chat/completions',
  body: { messages: [{ role: 'user', content: 'hi' }], stream: true, max_tokens: 4 },
  stream_format: 'openai-chat',
  concurrency: 10,
}

function runSpec(document: object): Promise<BenchRun> {
  return runBench(checkSpec({ ...chat, ...document }, { env: {}, baseDir: '.' }))
}

test('stops when a FAIL is certain, and lets what is in flight end', limit, async () => {
  const { results, records } = await runSpec({
    requests: 1000,
    mock: { profile: 'vllm', ttft: '60ms', itl: '1ms' },
    abort: 'certain',
    slo: ['ttft p99 <= 30ms', 'success_rate >= 99%', 'requests_per_second >= 1/s'],
  })
  const { end, summary, verdict } = results
  expect(end).toEqual({ kind: 'curtailed', why: 'its outcome was certain' })
  // Before that, all the others being good could still show that it was a bad hour.
  expect(summary.requests.total).toBeGreaterThan(200)
  expect(summary.requests.total).toBeLessThan(1000)
  expect(records.every(({ outcome }) => outcome === 'completed')).toBe(true)
  expect(verdict).toMatchObject({ status: 'FAIL', exit_code: 1 })
  expect(verdict.slos.map(({ status }) => status)).toEqual(['FAIL', 'INCONCLUSIVE', 'INCONCLUSIVE'])
  expect(verdict.slos[0]?.why).toContain('a FAIL whatever the other')
})

test('sends everything where nothing is certain before the end', limit, async () => {
  const { results } = await runSpec({
    requests: 60,
    mock: { profile: 'vllm', ttft: '20ms', itl: '1ms' },
    abort: 'certain',
    slo: ['ttft p50 <= 15s'],
  })
  expect(results.end.kind).toBe('finished')
  expect(results.summary.requests.total).toBe(60)
  expect(ownStatuses(results)).toEqual(['PASS'])
})

test(
  'gives up a target that fails more often than allowed, with what was measured',
  limit,
  async () => {
    const project = createProject({
      'ill.yaml': JSON.stringify({
        ...chat,
        requests: 5000,
        mock: {
          profile: 'vllm',
          ttft: '20ms',
          faults: [{ kind: 'http-error', status: 503, when: { every: 2 } }],
        },
        max_error_rate: '10%',
        slo: ['success_rate >= 99%', 'ttft p95 <= 10s'],
      }),
    })
    const { code, text } = await project.slogate(['run', '-c', 'ill.yaml', '--quiet'])
    expect(code).toBe(4)
    const results = JSON.parse(project.read('.vitest/slogate/ill/results.json')) as Results
    expect(results.end).toMatchObject({
      kind: 'unhealthy',
      illness: { kind: 'errors', limit: 0.1 },
      why: expect.stringMatching(/^\d+ of \d+ requests failed, max_error_rate is 10%$/),
    })
    const { total, completed, failed, cancelled } = results.summary.requests
    expect(total).toBeLessThan(5000)
    expect(cancelled).toBe(0)
    expect(Math.min(completed, failed)).toBeGreaterThan(0)
    expect(results.verdict.slos.map(({ status }) => status)).toEqual(['ERROR', 'ERROR'])
    expect(results.summary.ttft_ms?.count).toBe(completed)
    expect(text).toContain('The run was stopped, the target being unhealthy')
    expect(project.read('.vitest/slogate/ill/junit.xml')).toContain('type="Target"')
  },
)

test('does not knock 100 000 times at a closed door', limit, async () => {
  const { results } = await runSpec({
    url: await refusingUrl(),
    requests: 100_000,
    slo: ['ttft p95 <= 1s'],
  })
  expect(results.end).toEqual({
    kind: 'unhealthy',
    illness: { kind: 'no-connection', requests: 20 },
    why: 'the first 20 requests found no connection',
  })
  expect(results.summary.requests.total).toBeLessThan(100_000)
  expect(results.verdict).toMatchObject({ status: 'ERROR', exit_code: 4 })
})

test('adds rounds to a run that is undecided, on the same connections', limit, async () => {
  // One in ten fails, which is as many as may: no number of requests decides that soon.
  const { results, records } = await runSpec({
    requests: 50,
    rounds: 5,
    mock: {
      profile: 'vllm',
      ttft: '20ms',
      itl: '1ms',
      faults: [{ kind: 'http-error', when: { every: 10 } }],
    },
    gate: { max_extra_rounds: 2 },
    slo: ['success_rate >= 90%'],
  })
  const { verdict, summary, end } = results
  expect(end.kind).toBe('finished')
  expect(verdict.looks).toEqual({ planned: 3, taken: 3, confidence: 0.983333 })
  expect(verdict.status).toBe('INCONCLUSIVE')
  expect(summary.requests.total).toBe(70)
  const rounds = new Set(records.flatMap((r) => (r.phase === 'measured' ? [r.round] : [])))
  expect(rounds).toEqual(new Set([0, 1, 2, 3, 4, 5, 6]))
  expect(records.filter(({ reused }) => !reused)).toHaveLength(10)
  // Which of the two it is, the machine decides.
  expect(results.diagnostics.map(({ id }) => id).join()).toMatch(/concurrency-(not-)?held/)
})

test('adds no round to a run that is decided', limit, async () => {
  const { results } = await runSpec({
    requests: 60,
    mock: { profile: 'vllm', ttft: '20ms', itl: '1ms' },
    gate: { max_extra_rounds: 5 },
    slo: ['success_rate >= 80%', { assert: 'ttft p99 <= 15s', level: 'warn' }],
  })
  expect(ownStatuses(results)).toContain('PASS')
  expect(results.verdict).toMatchObject({
    looks: { planned: 6, taken: 1, confidence: 0.991667 },
  })
  expect(results.summary.requests.total).toBe(60)
})
