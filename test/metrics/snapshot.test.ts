import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { readQwenSnapshot } from '../../src/metrics/qwen-snapshot.ts'
import type { Snapshot } from '../../src/metrics/snapshot.ts'
import { readVllmSnapshot } from '../../src/metrics/vllm-snapshot.ts'

function page(name: string): string {
  return readFileSync(new URL(`../../fixtures/server-metrics/${name}`, import.meta.url), 'utf8')
}

/** Numbers without the last digits, in which products of seconds err. */
function toMs(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(6)) : value
}

/** Of each time: count, sum in ms, the last bucket. */
function shape(snapshot: Snapshot | undefined) {
  return Object.entries(snapshot?.times ?? {}).map(([name, time]) =>
    time.kind === 'totals'
      ? [name, time.count, Math.round(time.sum), time.buckets.at(-1)]
      : [name, time.count, time.mean],
  )
}

test('reads the families of vLLM V1, all engines together, and no request that was given up', () => {
  const snapshot = readVllmSnapshot(page('vllm-v1.txt'))
  expect(snapshot).toMatchObject({
    source: 'vllm',
    running: 5,
    waiting: 4,
    finished: 6,
    promptTokens: 590,
    outputTokens: 390,
    cacheQueries: 1000,
    cacheHits: 624,
  })
  const last = { bound: Infinity, count: 6 }
  expect(shape(snapshot)).toEqual([
    ['ttft', 6, 1400, last],
    ['latency', 6, 5700, last],
    ['queue', 6, 740, last],
    ['prefill', 6, 660, last],
    ['decode', 6, 4300, last],
    ['tokenGap', 3, 59, { bound: Infinity, count: 3 }],
  ])
  const { ttft } = snapshot!.times
  expect(ttft?.kind === 'totals' && ttft.buckets.slice(5, 9)).toEqual([
    { bound: 60, count: 2 },
    { bound: 80, count: 2 },
    { bound: 100, count: 3 },
    { bound: 250, count: 4 },
  ])
})

test('reads the families of older versions under their names of then', () => {
  const snapshot = readVllmSnapshot(page('vllm-v0.txt'))
  expect(snapshot).toMatchObject({
    running: 1,
    waiting: 0,
    finished: 3,
    promptTokens: 34,
    outputTokens: 48,
  })
  expect(shape(snapshot)).toEqual([
    ['ttft', 3, 150, { bound: Infinity, count: 3 }],
    ['latency', 3, 1350, { bound: Infinity, count: 3 }],
    ['tokenGap', 3, 80, { bound: Infinity, count: 3 }],
  ])
})

test('what a server of vLLM does not tell is missing, not zero', () => {
  expect(readVllmSnapshot('vllm:num_requests_running{engine="0"} 2.0\n')).toEqual({
    source: 'vllm',
    running: 2,
    times: {},
  })
  const odd = [
    'vllm:num_requests_running NaN',
    'vllm:num_requests_waiting -1',
    'vllm:request_success_total 1.5',
    'vllm:time_to_first_token_seconds_count 2',
    'vllm:time_to_first_token_seconds_sum NaN',
    'vllm:e2e_request_latency_seconds_count 2',
    'vllm:e2e_request_latency_seconds_sum 3',
    'vllm:e2e_request_latency_seconds_bucket{le="x"} 2',
  ]
  expect(readVllmSnapshot(odd.join('\n'))).toEqual({
    source: 'vllm',
    times: { latency: { kind: 'totals', count: 2, sum: 3000, buckets: [] } },
  })
})

test.each(['', 'OK', 'vllm_num_running_requests 1', 'vllm:broken{', '<html>vllm:</html>'])(
  'is not vLLM: %j',
  (text) => {
    expect(readVllmSnapshot(text)).toBeUndefined()
  },
)

test('reads the JSON tree of a qwen-vllm server [S4.25]', () => {
  const snapshot = readQwenSnapshot(page('qwen-vllm.json'))
  expect(JSON.parse(JSON.stringify(snapshot), toMs)).toEqual({
    source: 'qwen-vllm',
    running: 3,
    waiting: 2,
    finished: 3,
    promptTokens: 312,
    outputTokens: 43,
    times: {
      ttft: { kind: 'latest', count: 3, mean: 691.3, p50: 614.2, p95: 939.6, p99: 939.6 },
      latency: { kind: 'latest', count: 3, mean: 4608.5, p50: 4094.5, p95: 6263.9, p99: 6263.9 },
    },
  })
})

test('a tree without a request, or in another unit, has no times', () => {
  const tree = JSON.parse(page('qwen-vllm.json'))
  const fresh = { ...tree, slo: { ...tree.slo, sample_size: 0 } }
  expect(readQwenSnapshot(JSON.stringify(fresh))?.times).toEqual({})
  const empty = { ...tree, latency: { ...tree.latency, p95: null } }
  expect(Object.keys(readQwenSnapshot(JSON.stringify(empty))!.times)).toEqual(['ttft'])
  const other = { ...tree, latency: { ...tree.latency, unit: 'ms' } }
  expect(Object.keys(readQwenSnapshot(JSON.stringify(other))!.times)).toEqual(['ttft'])
})

test.each([
  '',
  '{',
  'null',
  '[]',
  '{"requests":[]}',
  '{"requests":{"successful":"3"}}',
  '{"requests":{"successful":-3}}',
  '{"requests":{"successful":1e400}}',
  '{"requests":{"__proto__":{"successful":3}}}',
])('is no qwen-vllm tree: %s', (text) => {
  expect(readQwenSnapshot(text)).toBeUndefined()
})
