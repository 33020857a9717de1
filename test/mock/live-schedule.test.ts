import { setTimeout } from 'node:timers/promises'

import { expect, onTestFinished, test } from 'vitest'

import type { TruthRecord } from '../../src/mock/metrics/truth.ts'
import type { MockOptions } from '../../src/mock/options/mock-options.ts'
import { startServer } from '../../src/mock/serving/server.ts'
import { simulate } from './_simulation.ts'
import { send } from './client.ts'

const itl = { dist: 'lognormal', mean: 6, cv: 0.4 } as const
const stalls = {
  every: { dist: 'exponential', mean: 60 },
  for: { dist: 'uniform', min: 20, max: 40 },
} as const
const base: MockOptions = { profile: 'vllm', queue: { running: 4, waiting: 3 } }

test.each<[string, MockOptions]>([
  ['fixed', { ttft: { dist: 'uniform', min: 10, max: 50 }, itl }],
  ['linear', { itl, latency: { tier: 'linear', base: 5, per_token: 0.2, slowdown: 3 } }],
  ['fixed with stalls', { ttft: { dist: 'uniform', min: 10, max: 50 }, itl, stalls }],
  ['step', { latency: { tier: 'step', per_request: 1, per_token: 0.1, batch_tokens: 50 } }],
  [
    'step with stalls',
    { latency: { tier: 'step', per_request: 1, per_token: 0.1, batch_tokens: 50 }, stalls },
  ],
])(
  'runs the schedule that the arrivals make, and sends nothing before its time: %s',
  { timeout: 30_000 },
  async (_, timing) => {
    const options = { ...base, ...timing }
    const server = await startServer(options)
    onTestFinished(() => server.close())
    await Promise.all(Array.from({ length: 120 }, (_unused, index) => ask(server.url, index)))
    const { text } = await send(`${server.url}/__mock/truth`)
    const records: TruthRecord[] = JSON.parse(text)
    expect(records).toHaveLength(120)
    const outcomes = Map.groupBy(records, ({ outcome }) => outcome)
    expect(new Set(outcomes.keys())).toEqual(new Set(['client_aborted', 'ok', 'rejected']))

    expect(records.some(({ body_ms, admitted_ms }) => admitted_ms! > body_ms!)).toBe(true)

    // On a busy machine a client may leave before its body is read: then nothing has come.
    const arrived = records
      .filter(({ body_ms }) => body_ms !== null)
      .toSorted((a, b) => a.body_ms! - b.body_ms!)
    const { answers } = simulate(
      arrived.map((record) => ({
        at: record.body_ms!,
        key: record.key,
        // A request that was never admitted is not planned and takes no part in what others get.
        promptTokens: Math.max(1, record.tokens.prompt),
        contents: 12,
        ...(record.outcome === 'client_aborted' ? { leavesAt: record.end_ms! } : {}),
      })),
      options,
    )
    for (const [index, record] of arrived.entries()) {
      const { rejected, admittedAt, contentsAt } = answers[index]!
      expect(rejected).toBe(record.outcome === 'rejected')
      expect(record.admitted_ms).toBe(admittedAt ?? null)
      if (record.outcome === 'ok') expect(record.content_ms).toHaveLength(12)
      let due = record.admitted_ms!
      record.content_ms.forEach((at, place) => {
        due += place === 0 ? record.plan!.ttft_ms! : record.plan!.itl_ms[place - 1]!
        expect(due).toBeCloseTo(contentsAt[place]!, 4)
        expect(at).toBeGreaterThanOrEqual(contentsAt[place]! - 1e-5)
      })
    }
  },
)

/** Comes 4 ms after the one before it; every fifth leaves after 40 ms. */
async function ask(url: string, index: number): Promise<void> {
  await setTimeout(4 * index)
  const prompt = 'x'.repeat(4 * (1 + ((index * 37) % 90)))
  const body = { prompt, stream: true, max_tokens: 12 }
  const signal = index % 5 === 4 ? AbortSignal.timeout(40) : undefined
  await send(`${url}/v1/completions`, { body, ...(signal && { signal }) }).catch(() => {})
}
