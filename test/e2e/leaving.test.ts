import { expect, onTestFinished, test } from 'vitest'

import { leaves } from '../../src/bench-spec/leaving.ts'
import { traceIdOf } from '../../src/bench-spec/tracing.ts'
import { type MockHandle, type MockOptions, startMock } from '../../src/mock/index.ts'
import { renderRequest } from '../../src/results/requests.ts'
import { runBench } from '../../src/run/bench.ts'
import { checkSpec } from '../../src/run/checked-spec.ts'

const tokens = 40

const document = {
  body: {
    messages: [{ role: 'user', content: 'count to three' }],
    stream: true,
    max_tokens: tokens,
    stream_options: { include_usage: true },
  },
  stream_format: 'openai-chat',
  warmup: false,
  trace_context: true,
  request_id_header: 'x-request-id',
  slo: ['success_rate >= 50%'],
}

async function start(options: MockOptions): Promise<MockHandle> {
  const mock = await startMock({ profile: 'vllm', ...options })
  onTestFinished(() => mock.stop())
  return mock
}

test('what left is what the server saw leave, request by request, by the ids that both have', async () => {
  // An answer takes two seconds, so that who leaves with its first token is missed long before its end.
  const mock = await start({ ttft: '20ms', itl: '50ms' })
  const url = `${mock.url}/v1/chat/completions`
  const asked = {
    concurrency: 45,
    requests: 55,
    think_time: '20ms',
    load: { processes: 2 },
    cancel: { share: '20%', after: 'first_token' },
    server_metrics: true,
  }
  const spec = checkSpec({ url, ...document, ...asked }, { env: {}, baseDir: '.' })
  const { results, records, recordings } = await runBench(spec, { recorded: 2 })
  const truth = await mock.truth()

  const left = records.filter(({ outcome }) => outcome === 'left')
  expect(left.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 55 }, (_, index) => index).filter((index) =>
      leaves(spec.load, { phase: 'measured', index }),
    ),
  )
  expect(results.summary.requests).toMatchObject({
    total: 55,
    left: 11,
    leaving: 11,
    completed: 44,
  })
  expect(results.summary).toMatchObject({ success_rate: 1, ttft_ms: { count: 55 } })
  expect(results.summary.latency_ms?.count).toBe(44)

  const run = results.tracing?.run_id ?? ''
  expect(run).toMatch(/^[0-9a-f]{16}$/)
  expect(truth).toHaveLength(55)
  for (const record of records) {
    const { trace_id: id } = JSON.parse(renderRequest(record, 0, { tracing: { run } })) as {
      trace_id: string
    }
    const seen = truth.find(({ request_id: asked }) => asked === id)
    expect(seen?.traceparent).toMatch(new RegExp(`^00-${id}-[0-9a-f]{16}-01$`))
    if (record.outcome === 'left') {
      expect(seen).toMatchObject({ outcome: 'client_aborted', done_ms: null })
      // It stops generating: of the seconds that the answer would take most is left out.
      expect(seen?.tokens.completion).toBeGreaterThanOrEqual(record.tokenTimes.length)
      expect(seen?.tokens.completion).toBeLessThan(tokens)
    } else {
      expect(seen).toMatchObject({ outcome: 'ok', tokens: { completion: tokens } })
    }
  }
  // Who leaves closes its connection, so that its slot opens another.
  for (const own of Map.groupBy(truth, ({ conn }) => conn).values()) {
    expect(own.slice(0, -1).some(({ outcome }) => outcome === 'client_aborted')).toBe(false)
  }
  expect(results.diagnostics).toContainEqual(
    expect.objectContaining({ id: 'leaving-noticed', left: 11, noticed: 11, finished: 0 }),
  )
  const ids = results.diagnostics.map(({ id }) => id)
  expect(ids).toContain('users-thought')
  expect(ids).not.toContain('sockets-not-reused')
  expect(ids.filter((id) => id.startsWith('concurrency'))).toEqual([])
  for (const { recording } of recordings ?? []) {
    const id = traceIdOf(
      { run },
      { target: 'candidate', phase: 'measured', index: recording.index },
    )
    expect(recording.request.headers).toMatchObject({ 'x-request-id': id })
  }
  expect(recordings).toHaveLength(2)
})

test('the same ones leave of a baseline that alternates, with ids of their own', async () => {
  const [mock, other] = await Promise.all([
    start({ ttft: '5ms', itl: '10ms' }),
    start({ ttft: '5ms', itl: '10ms' }),
  ])
  const asked = {
    url: `${mock.url}/v1/chat/completions`,
    baseline: { url: other.url },
    concurrency: 10,
    requests: 20,
    rounds: 2,
    cancel: { share: '30%', after: '100ms' },
    slo: ['success_rate >= baseline - 50%'],
  }
  const spec = checkSpec({ ...document, ...asked }, { env: {}, baseDir: '.' })
  const { results, records, baseline = [] } = await runBench(spec)
  const leaving = (side: typeof records) =>
    side
      .filter((each) => each.leaves === true)
      .map(({ index }) => index)
      .toSorted((a, b) => a - b)
  expect(leaving(records)).toHaveLength(6)
  expect(leaving(baseline)).toEqual(leaving(records))
  expect(results.summary.requests).toMatchObject({ total: 20, leaving: 6 })
  expect(results.baseline?.summary.requests).toMatchObject({ total: 20, leaving: 6 })
  const seen = [...(await mock.truth()), ...(await other.truth())]
  expect(new Set(seen.map(({ request_id: id }) => id)).size).toBe(40)
  const own = records.filter(({ outcome }) => outcome === 'left').length
  const aborted = (await mock.truth()).filter(({ outcome }) => outcome === 'client_aborted').length
  expect(aborted).toBe(own)
})
