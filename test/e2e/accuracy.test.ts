import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { checkSpec } from '../../src/bench-spec/loading.ts'
import type { RequestRecord } from '../../src/engine/record.ts'
import { quantile, toSample } from '../../src/metrics/sample.ts'
import { type MockOptions, startMock, type TruthRecord } from '../../src/mock/index.ts'
import { type BenchRun, runBench } from '../../src/run/bench.ts'
import { wasLimited } from './_limits.ts'

const concurrency = 50
const requests = 500

test(
  'agrees with what the mock says it sent, request by request [S1.1] [S1.45] [S0.30]',
  { timeout: 120_000 },
  async () => {
    const { records, truth } = await measureAgainstTruth()
    const measured = records.filter((record) => record.phase === 'measured')
    expect(measured).toHaveLength(requests)
    expect(measured.every((record) => record.outcome === 'completed')).toBe(true)
    expect(truth).toHaveLength(records.length)

    const errors = measured.map((record) => {
      const sent = truth.find((candidate) => candidate.key === `row-${record.row}`)
      return clientTtft(record) - serverTtft(sent)
    })
    const sample = toSample(errors)
    if (sample === undefined) throw new Error('nothing was measured')
    console.log(
      `client ttft − mock's lower bound, ${errors.length} requests at concurrency ${concurrency}: ` +
        `min ${sample[0].toFixed(3)} ms, p50 ${quantile(sample, 0.5).toFixed(3)} ms, p99 ${quantile(sample, 0.99).toFixed(3)} ms`,
    )
    // The client cannot have seen a token before the mock wrote it.
    expect(sample[0]).toBeGreaterThanOrEqual(0)

    for (const record of measured) {
      const sent = truth.find((candidate) => candidate.key === `row-${record.row}`)
      expect(record.tokenTimes).toHaveLength(sent?.content_ms.length ?? -1)
      record.tokenTimes.forEach((at, index) => {
        expect(at).toBeGreaterThanOrEqual(sent?.content_ms[index] ?? Infinity)
      })
      expect(record.completionTokens).toBe(sent?.tokens.completion)
    }
  },
)

test(
  'never exceeds the asked concurrency and holds it between ramp-up and drain, as the mock saw it [S1.1] [S1.44]',
  { timeout: 120_000 },
  async () => {
    const { truth, results } = await measureAgainstTruth()
    const steps = truth
      .flatMap((record) => [
        { at: record.recv_ms, change: 1 },
        { at: record.end_ms ?? Infinity, change: -1 },
      ])
      .toSorted((a, b) => a.at - b.at || a.change - b.change)
    let inFlight = 0
    let peak = 0
    let weighted = 0
    let from: number | undefined
    const lastArrival = Math.max(...truth.map((record) => record.recv_ms))
    steps.forEach(({ at, change }, index) => {
      inFlight += change
      peak = Math.max(peak, inFlight)
      if (inFlight === concurrency) from ??= at
      const next = steps[index + 1]?.at ?? at
      if (from !== undefined && next <= lastArrival) weighted += inFlight * (next - at)
    })
    expect(peak).toBe(concurrency)
    if (from === undefined) throw new Error('full concurrency was never reached')
    const mean = weighted / (lastArrival - from)
    console.log(
      `in flight at the mock between ramp-up and drain: mean ${mean.toFixed(2)}, peak ${peak}`,
    )
    // Between the end of one stream and the arrival of the next lies the way back and forth.
    // Where other work takes the cores away, the load process says so, and the way is longer.
    expect(mean).toBeGreaterThan((wasLimited(results) ? 0.5 : 0.9) * concurrency)
  },
)

test(
  'observes the quantiles that the mock was told to produce, within its own error [S0.30]',
  { timeout: 120_000 },
  async () => {
    const planned = { p50: 40, p90: 60, p95: 80, p99: 120, max: 150 }
    const exact = {
      exact_quantiles: Object.fromEntries(
        Object.entries(planned).map(([name, ms]) => [name, `${ms}ms`]),
      ),
      n: 300,
    }
    const { records, results, truth } = await measureAgainstTruth(
      { ttft: exact },
      { concurrency: 10, requests: 300, warmup: false },
    )
    const errors = records.map((record) => {
      const sent = truth.find((candidate) => candidate.key === `row-${record.row}`)
      return clientTtft(record) - (sent?.plan?.ttft_ms ?? Number.NaN)
    })
    const largest = errors.reduce((a, b) => Math.max(a, b))
    for (const name of ['p50', 'p90', 'p95', 'p99', 'max'] as const) {
      const error = (results.summary.ttft_ms?.[name] ?? Number.NaN) - planned[name]
      console.log(`ttft ${name}: planned ${planned[name]} ms, observed +${error.toFixed(3)} ms`)
      expect(error).toBeGreaterThanOrEqual(0)
      // No quantile can move further than the request that was measured worst.
      expect(error).toBeLessThanOrEqual(largest + 1e-3)
    }
  },
)

async function measureAgainstTruth(
  mockOptions: MockOptions = { ttft: { dist: 'lognormal', mean: '60ms', cv: 0.3 }, itl: '10ms' },
  load: object = { concurrency, requests },
): Promise<BenchRun & { truth: TruthRecord[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'slogate-'))
  const mock = await startMock({ profile: 'vllm', text: 'tricky', ...mockOptions })
  onTestFinished(async () => {
    await mock.stop()
    rmSync(folder, { recursive: true })
  })
  const rows = Array.from({ length: requests + concurrency }, (_, row) => `{"key":"row-${row}"}`)
  writeFileSync(join(folder, 'keys.jsonl'), rows.join('\n'))
  const spec = checkSpec(
    {
      url: `${mock.url}/v1/chat/completions`,
      headers: { 'x-mock-key': '{{key}}' },
      body: {
        messages: [{ role: 'user', content: 'hi' }],
        stream: true,
        stream_options: { include_usage: true },
        max_tokens: 16,
      },
      data_source: { type: 'jsonl', file: 'keys.jsonl' },
      stream_format: 'openai-chat',
      ...load,
    },
    { env: {}, baseDir: folder },
  )
  return { ...(await runBench(spec)), truth: await mock.truth() }
}

function clientTtft({ marks }: RequestRecord): number {
  return (marks.firstToken ?? Number.NaN) - (marks.dispatched ?? Number.NaN)
}

/** What the target took at the least: from the head of the request to just before the first content. */
function serverTtft(truth: TruthRecord | undefined): number {
  return (truth?.before_first_content_ms ?? Number.NaN) - (truth?.recv_ms ?? Number.NaN)
}
