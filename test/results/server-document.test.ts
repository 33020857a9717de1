import { expect, test } from 'vitest'

import type { ServerSummary } from '../../src/metrics/server-summary.ts'
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

test('parts of the mean latency stand in the finding, and the sentence says the same', () => {
  const breakdown = { latency: 190.00004, firstToken: 100.00006, decode: 94, outside: -4.00002 }
  expect(toServer({ ...summary, breakdown }, sentences)).toMatchObject({
    finding: {
      kind: 'breakdown',
      latency_ms: 190,
      queue_ms: null,
      prefill_ms: null,
      first_token_ms: 100.0001,
      decode_ms: 94,
      outside_ms: -4,
    },
    message:
      'Of 190ms mean latency queueing and prefill take 53%, decode 49%, network and client 0%.',
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
