import { expect, test } from 'vitest'

import { checkSpec } from '../../src/run/checked-spec.ts'
import { compareTargets, limitRegression } from '../../src/run/comparison.ts'

const limited = ['ttft p50', 'ttft p95', 'latency p95', 'requests_per_second', 'success_rate']
const shown = [...limited, 'latency p50', 'chunk_gap p95', 'output_tokens_per_second']

test(
  'two targets are asked in turns, and the limits are judged beside the SLOs of the spec',
  { timeout: 60_000 },
  async () => {
    const spec = checkSpec(
      {
        url: '/v1/chat/completions',
        body: { messages: [{ role: 'user', content: 'hi' }], stream: true, max_tokens: 2 },
        concurrency: 5,
        requests: 20,
        mock: { profile: 'vllm', ttft: '2ms', itl: '1ms' },
        baseline: { mock: { ttft: '1ms' } },
        slo: ['ttft p50 <= baseline + 80%', 'ttft p95 <= 10s'],
      },
      { env: {}, baseDir: '.', limits: limitRegression(10) },
    )
    const { comparison, bench } = await compareTargets(spec, {})
    expect(bench.records).toHaveLength(25)
    expect(bench.baseline).toHaveLength(25)
    expect(comparison.comparable).toBe(true)
    expect(comparison.baseline).not.toBe(comparison.candidate)
    // The spec's own first, then the limits that it does not ask about itself, then the rest.
    const judged = comparison.statistics.filter(({ status }) => status !== null)
    expect(judged.map(({ name }) => name)).toEqual(limited)
    expect(judged[0]?.allowed).toBe(0.8)
    expect(judged[1]?.allowed).toBe(0.1)
    expect(comparison.statistics.map(({ name }) => name).toSorted()).toEqual(shown.toSorted())
    expect(comparison.statistics.find(({ name }) => name === 'success_rate')).toMatchObject({
      baseline: 1,
      candidate: 1,
      change: 0,
    })
    expect(comparison.verdict.status).toBe(bench.results.verdict.status)
    expect(bench.results.verdict.slos).toHaveLength(6)
  },
)
