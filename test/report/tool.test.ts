import { expect, test } from 'vitest'

import type { RequestRecord } from '../../src/engine/record.ts'
import { compareWith } from '../../src/report/tool/tool-table.ts'
import { tools } from '../../src/report/tool/tools.ts'
import { readPage, readTable } from '../_pages.ts'
import { cancelled, completed, failed, times } from '../metrics/records.ts'
import { judgeRecords } from './_judged.ts'

/**
 * Role chunk at 5 ms; content at 100 (1 token), 140 (3 tokens), 180 (1 token); usage and [DONE] at
 * 182; 5 tokens.
 */
function worked(index = 0): RequestRecord {
  const at = 1000 * index
  return {
    ...completed({
      index,
      at,
      ttft: 100,
      gap: 40,
      events: 3,
      tokens: 5,
      marks: { firstEvent: at + 5, completed: at + 182, ended: at + 182 },
    }),
  }
}

function valuesOf(tool: string, metric: string, record = worked()): number[] {
  const found = tools[tool]?.metrics.find(({ name }) => name === metric)
  if (found === undefined) throw new Error(`${tool} has no ${metric}`)
  return found.values(record).map(({ value }) => value)
}

function meanOf(tool: string, metric: string): number {
  const values = valuesOf(tool, metric)
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function quantilesOf(tool: string, metric: string): number[] {
  const sorted = valuesOf(tool, metric)
    .toSorted((a, b) => a - b)
    .map((value) => ({ value, weight: 1 }))
  return [0.5, 0.99].map((p) => tools[tool]?.quantile(sorted, p) ?? Number.NaN)
}

test('vllm: the role is the first token, and its gap to the text is one', () => {
  expect(valuesOf('vllm', 'TTFT')).toEqual([5])
  expect(valuesOf('vllm', 'TPOT')).toEqual([43.75])
  expect(valuesOf('vllm', 'ITL')).toEqual([95, 40, 40])
  expect(meanOf('vllm', 'ITL')).toBeCloseTo(58.33, 2)
  expect(quantilesOf('vllm', 'ITL').map((value) => Number(value.toFixed(1)))).toEqual([40, 93.9])
  expect(valuesOf('vllm', 'E2EL')).toEqual([180])
})

test('aiperf: its ITL is what others call TPOT', () => {
  expect(valuesOf('aiperf', 'Time to First Token')).toEqual([100])
  expect(valuesOf('aiperf', 'Inter Token Latency')).toEqual([20])
  expect(valuesOf('aiperf', 'Inter Chunk Latency')).toEqual([40, 40])
  expect(valuesOf('aiperf', 'Request Latency')).toEqual([180])
})

test('aiperf: a failure is endless in the adjusted rows, which are empty without one', () => {
  expect(reportOf('aiperf', 1)).toMatch(/adj_time_to_first_token +∞ +100ms +100ms +∞ +ttft /)
  expect(reportOf('aiperf', 1)).toMatch(/Time to First Token +100ms +100ms +100ms +100ms +ttft /)
  expect(reportOf('aiperf', 21)).toMatch(/adj_request_latency +∞ +∞ +∞ +∞ +latency /)
  expect(reportOf('aiperf', 0)).toMatch(/adj_inter_token_latency +– +– +– +– +tpot /)
})

/** Of 20 worked requests, of some that failed, and of one of the warm-up. */
function reportOf(name: string, failures: number): string {
  const records = [
    ...times(20, worked),
    ...times(failures, (i) => failed({ index: 20 + i })),
    { ...worked(), phase: 'warmup' as const },
  ]
  const results = judgeRecords(records, { slos: ['ttft p50 <= 1s'] })
  const tool = tools[name]
  if (tool === undefined) throw new Error('no such tool')
  return compareWith(tool, results, records)
}

test('guidellm: its TPOT includes the first token, and tokens are weights', () => {
  expect(valuesOf('guidellm', 'time_to_first_token_ms')).toEqual([100])
  expect(valuesOf('guidellm', 'time_per_output_token_ms')).toEqual([36])
  expect(valuesOf('guidellm', 'inter_token_latency_ms')).toEqual([20])
  expect(valuesOf('guidellm', 'request_latency')).toEqual([182])
  const weights = tools['guidellm']?.metrics.map(({ values }) => values(worked())[0]?.weight)
  expect(weights).toEqual([1, 1, 5, 4, 1])
  // Without a count it takes token events for tokens.
  const { completionTokens: _, ...uncounted } = worked()
  expect(valuesOf('guidellm', 'time_per_output_token_ms', uncounted)).toEqual([60])
})

// `_compile_goodput` of GuideLLM 0.8.1 returns these shares of these requests.
test.each([
  [
    { ttft: 150, tpot: 25, latency: 190 },
    { theirs: '33.3%', ours: '57.1%' },
  ],
  [{ ttft: 150 }, { theirs: '71.4%', ours: '71.4%' }],
])('guidellm: the share that keeps %j', (objectives, { theirs, ours }) => {
  const { completionTokens: _, ...uncounted } = worked()
  const records = [
    worked(),
    completed({ ttft: 160, gap: 10, events: 3, tokens: 5, marks: { ended: 182 } }),
    completed({ ttft: 100, events: 1, tokens: 1, marks: { ended: 102 } }),
    uncounted,
    completed({ ttft: 100, gap: 40, events: 3, tokens: 5, marks: { ended: 195 } }),
    completed({ ttft: 150, gap: 15, events: 3, tokens: 5 }),
    failed(),
    cancelled(),
  ]
  const results = judgeRecords(records, { slos: ['ttft p50 <= 1s'] })
  const text = compareWith(tools['guidellm']!, results, records, objectives)
  expect(text).toMatch(new RegExp(`slo_attainment +${theirs} +goodput +${ours}`))
  expect(text).toContain('ttft ≤ 150ms')
  expect(compareWith(tools['guidellm']!, results, records)).not.toContain('slo_attainment')
})

test('guidellm: a share of no request is not made up', () => {
  const one = completed({ events: 1, tokens: 1 })
  const results = judgeRecords([one], { slos: ['ttft p50 <= 1s'] })
  const text = compareWith(tools['guidellm']!, results, [one], { tpot: 25 })
  expect(text).toMatch(/slo_attainment +– +goodput +100.0%/)
})

test('evalscope: from the first content to the end of the answer', () => {
  expect(valuesOf('evalscope', 'TTFT')).toEqual([100])
  expect(valuesOf('evalscope', 'TPOT')).toEqual([20.5])
  expect(valuesOf('evalscope', 'ITL')).toEqual([40, 40])
  expect(valuesOf('evalscope', 'Latency')).toEqual([182])
  const one = completed({ events: 1, tokens: 1 })
  expect(valuesOf('evalscope', 'TPOT', one)).toEqual([])
  expect(valuesOf('vllm', 'TPOT', one)).toEqual([])
})

test('inference-perf: tokens of a chunk are 0 apart, reasoning is not seen', () => {
  expect(valuesOf('inference-perf', 'time_to_first_token')).toEqual([100])
  expect(valuesOf('inference-perf', 'time_per_output_token')).toEqual([20])
  expect(valuesOf('inference-perf', 'inter_token_latency')).toEqual([40, 40, 0, 0])
  expect(meanOf('inference-perf', 'inter_token_latency')).toBe(20)
  expect(quantilesOf('inference-perf', 'inter_token_latency')).toEqual([20, 40])
  expect(valuesOf('inference-perf', 'normalized_time_per_output_token')).toEqual([36.4])
  const thinking = worked()
  thinking.marks.firstOutput = 140
  expect(valuesOf('inference-perf', 'time_to_first_token', thinking)).toEqual([140])
  expect(valuesOf('inference-perf', 'time_per_output_token', thinking)).toEqual([10])
  const one = completed({ events: 1, tokens: 1 })
  expect(valuesOf('inference-perf', 'time_to_first_token', one)).toEqual([])
})

test('the worked stream of the documentation has these figures', () => {
  const header =
    '| ms | slogate | `vllm` | `aiperf` | `guidellm` | `evalscope` | `inference-perf` |'
  const columns = [
    ['to the first token', 'per output token', 'mean gap', 'whole request'],
    ['100', '20', '40', '180'],
    ...Object.entries({
      vllm: ['TTFT', 'TPOT', 'ITL', 'E2EL'],
      aiperf: [
        'Time to First Token',
        'Inter Token Latency',
        'Inter Chunk Latency',
        'Request Latency',
      ],
      guidellm: [
        'time_to_first_token_ms',
        'time_per_output_token_ms',
        'inter_token_latency_ms',
        'request_latency',
      ],
      evalscope: ['TTFT', 'TPOT', 'ITL', 'Latency'],
      'inference-perf': [
        'time_to_first_token',
        'time_per_output_token',
        'inter_token_latency',
        'request_latency',
      ],
    }).map(([tool, metrics]) =>
      metrics.map((metric) => String(Number(meanOf(tool, metric).toFixed(2)))),
    ),
  ]
  const rows = times(4, (row) => columns.map((column) => column[row]))
  expect(readTable(readPage('docs/metrics.md').text, header)).toEqual(rows)
})

test('slogate itself: the first text, the tokens between, the gaps between texts', () => {
  const { summary } = judgeRecords([worked()], { slos: ['ttft p50 <= 1s'] })
  expect(summary.ttft_ms?.p50).toBe(100)
  expect(summary.tpot_ms?.p50).toBe(20)
  expect(summary.chunk_gap_ms).toMatchObject({ count: 2, p50: 40, max: 40 })
  expect(summary.latency_ms?.p50).toBe(180)
})

test('throughput of a tool ends with the stream, ours with the last token', () => {
  const records = [
    worked(),
    worked(1),
    { ...worked(2), phase: 'warmup' as const },
    failed({ at: 1200 }),
  ]
  const measured = records.filter(({ phase }) => phase === 'measured')
  const rate = (name: string): number | undefined =>
    tools['vllm']?.rates.find((each) => each.name === name)?.rate(measured)
  // From 0 ms to the failure, noticed at 1201 ms.
  expect(rate('Request throughput')).toBeCloseTo(2 / 1.201, 10)
  expect(rate('Output token throughput')).toBeCloseTo(10 / 1.201, 10)
  const { completionTokens: _, ...uncounted } = worked()
  expect(tools['vllm']?.rates[1]?.rate([...measured, uncounted])).toBeUndefined()
})

test.each(Object.keys(tools))('the report of %s', async (name) => {
  const text = reportOf(name, 1)
  expect(text).toContain('requests completed: 20;')
  expect(text).toContain(`version ${tools[name]?.version},`)
  await expect(`${text}\n`).toMatchFileSnapshot(`../../fixtures/expected/as-${name}.txt`)
})

test('what a tool cannot read is said, and what is not known is not made up', () => {
  const { completionTokens: _, ...record } = { ...worked(), dialect: 'dify' }
  const results = judgeRecords([record], { slos: ['ttft p50 <= 1s'] })
  const text = compareWith(tools['vllm']!, results, [record])
  expect(text).toContain('dify: taken event by event like a chat')
  expect(text).toMatch(/TPOT +– +– +– +– +tpot +– +– +– +–/)
  expect(text).not.toContain('NaN')
})
