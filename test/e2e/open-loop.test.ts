import { expect, test } from 'vitest'

import { measure } from '../../src/metrics/measure.ts'
import { type BenchRun, runBench } from '../../src/run/bench.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'

const limit = { timeout: 120_000 }

const chat = {
  url: '/v1/chat/completions',
  body: { messages: [{ role: 'user', content: 'hi' }], stream: true, max_tokens: 1 },
  stream_format: 'openai-chat',
  gate: { policy: 'point' },
  requests: 100,
  warmup: 0,
}

function runSpec(document: object): Promise<BenchRun> {
  return runBench(checkSpec({ ...chat, ...document }, { env: {}, baseDir: '.' }))
}

test(
  'a server that stands still for two seconds passes a closed loop, and fails from when requests were due',
  limit,
  async () => {
    const mock = { profile: 'vllm', ttft: '40ms', stalls: { every: '1s', for: '2s' } }
    const [closed, open] = await Promise.all([
      runSpec({ mock, concurrency: 2, slo: ['ttft p50 <= 500ms'] }),
      runSpec({
        mock,
        rate: '40/s',
        arrival: 'constant',
        max_concurrency: 4,
        slo: ['ttft p50 <= 500ms', 'scheduled_ttft p50 <= 500ms'],
      }),
    ])
    // A busy machine may make a PASS doubtful.
    expect(closed.results.verdict.slos[0]?.observed).toBeLessThan(500)
    expect(closed.results.verdict.status).not.toBe('FAIL')
    expect(closed.results.summary).toMatchObject({ sent_rate: null, scheduled_ttft_ms: null })
    const { load, summary, verdict, diagnostics } = open.results
    const [own, scheduled] = verdict.slos
    // Where too many had to wait to the end the rate was not sent, which makes a PASS doubtful.
    expect(own?.observed).toBeLessThan(500)
    expect(own?.status).not.toBe('FAIL')
    expect(scheduled?.status).toBe('FAIL')
    expect(verdict.status).toBe('FAIL')
    expect(load).toMatchObject({
      kind: 'open',
      rate_per_second: 40,
      burstiness: null,
      max_concurrency: 4,
    })
    expect(summary.requests).toMatchObject({ total: 100, completed: 100 })
    expect(summary.sent_rate?.due_per_second).toBeCloseTo(40, 3)
    // Of those that were due meanwhile all but the four in flight had to wait.
    expect(summary.sent_rate?.held_back).toBeGreaterThan(40)
    expect(summary.scheduled_ttft_ms?.max).toBeGreaterThan(1500)
    expect(diagnostics.map(({ id }) => id)).toContain('requests-held-back')
    const held = open.records.filter(({ heldBack }) => heldBack === true)
    expect(held).toHaveLength(summary.sent_rate?.held_back ?? 0)
  },
)

test(
  'Poisson arrivals wait at a single server until those before them are served',
  limit,
  async () => {
    const service = 10
    const { records } = await runSpec({
      mock: { profile: 'vllm', ttft: `${service}ms`, tokens: 1, queue: { running: 1 } },
      rate: '50/s',
    })
    // In the order of service, which is that of arrival: what is sent late may come behind others.
    const measured = records.filter(({ phase }) => phase === 'measured')
    const sorted = [...measured].sort(
      (a, b) => (a.marks.firstToken ?? 0) - (b.marks.firstToken ?? 0),
    )
    expect(sorted.map(({ outcome }) => outcome)).toEqual(
      Array.from({ length: 100 }, () => 'completed'),
    )
    // Lindley: who comes to a busy server begins when the one before it has been served.
    let served = -Infinity
    for (const record of sorted) {
      const { scheduled } = record.marks
      served = Math.max(served, scheduled) + service
      expect(measure(record, 'scheduled_ttft')).toBeGreaterThan(served - scheduled - 1)
    }
  },
)
