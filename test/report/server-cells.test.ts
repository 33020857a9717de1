import { expect, test } from 'vitest'

import { queueCells, serverLines, serverTimeRows } from '../../src/report/server-cells.ts'
import type { ServerDocument } from '../../src/results/results.ts'
import { runs } from './_runs.ts'

const vllm: ServerDocument = runs.server.server!

test('a percentile that is known by its bucket alone is an upper bound', () => {
  const [ttft] = serverTimeRows(vllm)
  expect(ttft).toEqual({
    metric: 'ttft',
    n: '304',
    mean: '390ms',
    p95: '≤ 1.00s',
    clientMean: '393ms',
    clientP95: '586ms',
  })
  const time = vllm.ttft_ms!
  const p95Of = (ttft_ms: typeof time): string | undefined =>
    serverTimeRows({ ...vllm, ttft_ms })[0]?.p95
  expect(p95Of({ ...time, percentiles: 'exact' })).toBe('1.00s')
  expect(p95Of({ ...time, p95: null })).toBe('–')
})

test('what only the server can see has nothing beside it', () => {
  const queue = serverTimeRows(vllm).find(({ metric }) => metric === 'queue')
  expect(queue).toMatchObject({ mean: '213ms', clientMean: '', clientP95: '' })
})

test('lines leave out what is not known', () => {
  const unknown = {
    queue_ms: null,
    prompt_tokens: null,
    prefix_cache: null,
    requests: null,
    timeline: [],
  }
  const output = { ...vllm.output_tokens!, usage: null }
  expect(serverLines({ ...vllm, ...unknown, output_tokens: output })).toEqual([
    ['ttft 390ms (393ms)', 'latency 2.31s (2.31s)'],
    ['output tokens 19\u202f456'],
  ])
  const nothing = { ttft_ms: null, latency_ms: null, output_tokens: null }
  expect(serverLines({ ...vllm, ...unknown, ...nothing })).toEqual([])
})

test('the queue is told by its longest, of the scrapes that knew it', () => {
  expect(queueCells(vllm)).toEqual(['running ≤ 8', 'waiting ≤ 2'])
  const running = vllm.timeline.map((point) => ({ ...point, waiting: null }))
  expect(queueCells({ ...vllm, timeline: running })).toEqual(['running ≤ 8'])
})
