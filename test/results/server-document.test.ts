import { expect, test } from 'vitest'

import type { ServerSummary } from '../../src/metrics/server-summary.ts'
import type { ServerTime } from '../../src/metrics/server-time.ts'
import { sentences } from '../../src/report/sentence/sentences.ts'
import { toServer } from '../../src/results/server-document.ts'

const summary: ServerSummary = {
  source: 'vllm',
  url: 'http://127.0.0.1:8000/metrics',
  interval: 1000,
  scrapes: 5,
  failed: 0,
  covers: { from: 1.23456, to: 5002, warmup: 0 },
  restarted: false,
  requests: { server: 20, client: 20, agrees: true },
  times: {},
  timeline: [],
}

function toTime(mean: number, seen: number): ServerTime {
  const client = { count: 20, mean: seen, p50: seen, p95: seen, p99: seen }
  return { count: 20, mean, percentiles: 'none', client }
}

/** Mean ttft and latency of the server; the client's are 105 and 190 ms. */
function timed(ttft: number, latency: number): ServerSummary {
  return { ...summary, times: { ttft: toTime(ttft, 105), latency: toTime(latency, 190) } }
}

test('times that cannot be parts of one another stand in the finding', () => {
  expect(toServer(timed(100, 194.00004), sentences)).toMatchObject({
    finding: {
      kind: 'impossible',
      part: { of: 'server', time: 'latency', mean_ms: 194 },
      whole: { of: 'client', time: 'latency', mean_ms: 190 },
    },
    message: expect.stringContaining('cannot be told'),
  })
  expect(toServer(timed(21.00004, 180), sentences).finding).toEqual({
    kind: 'held-back',
    server_ms: 21,
    client_ms: 105,
  })
})

test('parts of the mean latency stand in the finding, and the sentence says the same', () => {
  expect(toServer(timed(100.00006, 180), sentences)).toMatchObject({
    finding: {
      kind: 'breakdown',
      latency_ms: 190,
      queue_ms: null,
      prefill_ms: null,
      first_token_ms: 100.0001,
      decode_ms: 79.9999,
      outside_ms: 10,
    },
    message:
      'Of 190ms mean latency queueing and prefill take 53%, decode 42%, network and client 5%.',
  })
})

test('why there are none stands in the finding, and the sentence says the same', () => {
  const requests = { server: 10, client: 20, agrees: false }
  expect(toServer({ ...summary, requests }, sentences)).toMatchObject({
    requests,
    finding: { kind: 'partial', server: 10, client: 20 },
    message: expect.stringContaining('its metrics are of another server'),
  })
  expect(toServer(summary, sentences).finding).toEqual({ kind: 'untold' })
})
