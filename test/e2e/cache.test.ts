import { expect, onTestFinished, test } from 'vitest'

import { type MockHandle, startMock } from '../../src/mock/index.ts'
import { runBench } from '../../src/run/bench.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'

/** About 400 tokens, of which the whole blocks of 16 can be cached. */
const prompt = 'Say in a word what this is about, and nothing else. '.repeat(31)
const perToken = 0.1
const base = 5

async function start(): Promise<MockHandle> {
  const latency = { tier: 'linear', base, per_token: perToken }
  const mock = await startMock({ profile: 'vllm', prefix_cache: true, latency, usage: 'always' })
  onTestFinished(() => mock.stop())
  return mock
}

/** Few prompts through 60 requests, as a release. */
async function run(mock: MockHandle, cache?: 'bust' | 'allowed' | { shared: number }) {
  const requests = { requests: 60, warmup: 6, concurrency: 6, server_metrics: true }
  const spec = {
    url: `${mock.url}/v1/chat/completions`,
    body: {
      messages: [{ role: 'user', content: `{{topic}}: ${prompt}` }],
      stream: true,
      max_tokens: 2,
    },
    data_source: { type: 'csv', file: 'topics.csv' },
    // Of what a lighter load does not flatter, so that the cache alone is in question.
    slo: ['success_rate >= 90%', 'requests_per_second >= 0.01/s'],
    gate: { policy: 'release' },
    ...requests,
    ...(cache !== undefined && { cache }),
  }
  const { results, records } = await runBench(
    checkSpec(spec, { baseDir: new URL('../../fixtures/datasets/', import.meta.url).pathname }),
  )
  const sent = (await mock.truth()).map(({ tokens }) => tokens)
  return { results, records, sent }
}

type Run = Awaited<ReturnType<typeof run>>

function countTokens({ records, sent }: Run) {
  return {
    told: records.map(({ cachedTokens }) => cachedTokens ?? 0).sort(ascending),
    taken: sent.map(({ cached }) => cached).sort(ascending),
  }
}

function ascending(a: number, b: number): number {
  return a - b
}

function firstTokens({ records }: Run): number[] {
  return records.map(({ marks }) => (marks.firstToken ?? Infinity) - (marks.dispatched ?? 0))
}

function doubtsOf({ results }: Run): unknown[] {
  return results.verdict.slos.flatMap(({ turns }) =>
    turns.flatMap((turn) => (turn.kind === 'doubt' ? [turn.doubt.kind] : [])),
  )
}

test('the cache of a server is seen, and nothing of it with a marker at the head of each prompt', async () => {
  const repeating = await run(await start())
  const mock = await start()
  const busted = await run(mock, 'bust')

  // What the answers say is what the mock took from its cache, request by request.
  for (const each of [repeating, busted]) {
    const { told, taken } = countTokens(each)
    expect(told).toEqual(taken)
    expect(told).toHaveLength(66)
  }
  // It counts what was sent since the measured phase began.
  const [found, none] = [repeating, busted].map(({ results }) => results.server?.prefix_cache)
  expect(found?.hits).toBeGreaterThanOrEqual(repeating.results.summary.prompts.cached_tokens ?? 0)
  expect(none).toMatchObject({ hits: 0 })
  const { prompts } = repeating.results.summary
  expect(prompts).toMatchObject({ counted: 60, told: 60 })
  expect(prompts.cached_share).toBeGreaterThan(0.9)
  expect(busted.results.summary.prompts).toMatchObject({
    counted: 60,
    told: 0,
    cached_tokens: null,
  })

  // A marker is as long in each prompt; without a cache each token of it takes its time.
  const [plain, marked] = [repeating, busted].map(({ sent }) =>
    sent.map(({ prompt: all }) => all).sort(ascending),
  )
  expect(marked).toEqual(plain?.map((length) => length + 4))
  const least = base + perToken * Math.min(...(marked ?? []))
  expect(Math.min(...firstTokens(busted))).toBeGreaterThanOrEqual(least)
  expect(Math.min(...firstTokens(repeating))).toBeLessThan(Math.min(...firstTokens(busted)))

  expect(repeating.results.verdict).toMatchObject({ status: 'INCONCLUSIVE', exit_code: 2 })
  expect(doubtsOf(repeating)).toEqual(['prompts-repeat'])
  expect(busted.results.verdict).toMatchObject({ status: 'PASS', exit_code: 0 })
  expect(busted.results.diagnostics.map(({ id }) => id)).not.toContain('prompts-repeat')

  // The same seed sends the same once more, and the server still knows it.
  const again = await run(mock, 'bust')
  expect(doubtsOf(again)).toEqual(['prompts-cached'])
  expect(again.results.diagnostics).toMatchObject(
    expect.arrayContaining([expect.objectContaining({ id: 'prompts-cached', marked: true })]),
  )
})

test('of a common beginning the server finds its whole blocks, and nothing behind it', async () => {
  const shared = await run(await start(), { shared: 100 })
  const { told, taken } = countTokens(shared)
  expect(told).toEqual(taken)
  const [first, second, ...others] = told
  expect([first, second]).toEqual([0, others[0]])
  // A block with the last shared words and the first digits of a marker may be that of two requests.
  expect((others.at(-1) ?? 0) - (second ?? 0)).toBeLessThanOrEqual(16)
  expect(second).toBeGreaterThan(64)
  expect(shared.results.verdict.status).toBe('PASS')
})
